import type { InjectionToken } from '@nestjs/common'

/** Second argument of `@Consumes('topic.v1', { … })`, and of `@EventPattern`. */
export interface ConsumerOptions {
  /**
   * Part of the group's name, and so of what is kept: a changed name reads the topic from its beginning. The topic's name where absent.
   * Handlers of one service on one topic need different ones: each has a position of its own and sees every event.
   */
  consumer?: string
  /** Most events in one call. Where it is given, the payload is a list. */
  batch?: number
  /** Token of a `PositionStore` in the application's modules. */
  positions?: InjectionToken
  retries?: number
}

// Beyond this a batch is work for minutes, and nothing is gained.
const MOST_BATCH = 10_000
const MOST_RETRIES = 100
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/

export class ConsumerOptionsError extends Error {
  override readonly name = 'ConsumerOptionsError'
}

/** @throws ConsumerOptionsError */
export function readConsumerOptions(topic: string, extras: Readonly<Record<string, unknown>>): ConsumerOptions {
  const { consumer, batch, retries } = extras as ConsumerOptions
  if (consumer !== undefined && !NAME.test(consumer)) {
    throw new ConsumerOptionsError(`a consumer of ${topic} is named "${consumer}"; a name matches ${NAME}`)
  }
  if (batch !== undefined && !(Number.isInteger(batch) && batch >= 1 && batch <= MOST_BATCH)) {
    throw new ConsumerOptionsError(`a handler of ${topic} takes batches of ${batch}; 1 to ${MOST_BATCH} are possible`)
  }
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= MOST_RETRIES)) {
    throw new ConsumerOptionsError(
      `a handler of ${topic} asks for ${retries} retries; 0 to ${MOST_RETRIES} are possible`,
    )
  }
  return extras as ConsumerOptions
}
