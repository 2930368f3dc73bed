import { BaseRpcContext } from '@nestjs/microservices'
import type { BatchContext, Delivery } from '../carrier.port.js'

/** What a handler can know beside its payload: `@Ctx() context: MessagingContext`. */
export class MessagingContext extends BaseRpcContext<[readonly Delivery[], BatchContext]> {
  /** The records behind the payload's events, in the same order. */
  get deliveries(): readonly Delivery[] {
    return this.args[0]
  }

  /** The record of a handler of single events. */
  get delivery(): Delivery {
    const [first] = this.args[0]
    if (first === undefined) throw new RangeError('a handler is never called without a record')
    return first
  }

  get batch(): BatchContext {
    return this.args[1]
  }
}
