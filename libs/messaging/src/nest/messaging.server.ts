import type { INestApplication } from '@nestjs/common'
import { type CustomTransportStrategy, type MessageHandler, type NestMicroservice, Server } from '@nestjs/microservices'
import { isObservable, lastValueFrom } from 'rxjs'
import type {
  ActiveSubscription,
  BatchContext,
  Carrier,
  Delivery,
  PositionStore,
  Subscription,
  SubscriptionStatus,
} from '../carrier.port.js'
import { backoffMs, DEFAULT_RETRY, sleep } from '../delivery/backoff.js'
import { isSurroundingsFault, PoisonError } from '../faults.js'
import { type MessagingLog, silentLog } from '../log.port.js'
import { type ConsumerOptions, ConsumerOptionsError, readConsumerOptions } from './consumer-options.js'
import { HandlerFaultsFilter } from './handler-faults.filter.js'
import { MessagingContext } from './messaging-context.js'

/** A record that once failed, to be handled once more by the consumer that failed. */
export interface Redrive {
  group: string
  delivery: Delivery
}

export interface RedriveOptions {
  topic: string
  /** What a record of that topic asks for. Whatever it throws makes that record a dead letter. */
  read: (delivery: Delivery) => Redrive
}

export interface MessagingServerOptions {
  carrier: Carrier
  /** The first part of its groups' names. */
  service: string
  /** The event of a record. Whatever it throws makes the record a dead letter, with that reason. */
  decode: (topic: string, delivery: Delivery) => unknown
  /** Where records come back from the dead letters; those for other services' consumers are passed over. */
  redrives?: RedriveOptions
  log?: MessagingLog
  /** Told of every call of a handler, whatever came of it. */
  onCall?: (call: { handler: string; topic: string; seconds: number }) => void
}

interface Handler {
  topic: string
  call: MessageHandler
  options: ConsumerOptions
}

interface Reader {
  subscription: Subscription
  active: ActiveSubscription | null
  waitingFor: string
}

/**
 * Turns `@EventPattern('topic.v1')` and `@Consumes('topic.v1', { … })` methods of controllers into subscriptions of a carrier, one group for
 * each: `<service>.<consumer>`. What a handler throws reaches the carrier, which calls it again, waits, or puts the record aside.
 */
export class MessagingServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('reprieve')
  override readonly propagatesEventHandlerErrors = true
  readonly #options: MessagingServerOptions
  readonly #log: MessagingLog
  readonly #handlers: Handler[] = []
  readonly #closing = new AbortController()
  #app: INestApplication | null = null
  #readers: Reader[] = []
  #joining: Promise<unknown> = Promise.resolve()

  constructor(options: MessagingServerOptions) {
    super()
    this.#options = options
    this.#log = options.log ?? silentLog
  }

  /**
   * Connects it to an application, instead of `connectMicroservice`, which would hide what handlers throw. Handlers are called after
   * `startAllMicroservices`, which initialises the application first.
   */
  mount(app: INestApplication): void {
    this.#app = app
    const microservice = app.connectMicroservice(
      { strategy: this },
      { inheritAppConfig: false, deferInitialization: true },
    ) as NestMicroservice
    // Filters count for handlers that are registered after them.
    microservice.useGlobalFilters(new HandlerFaultsFilter())
    microservice.registerListeners()
    microservice.setIsInitialized(true)
    microservice.setIsInitHookCalled(true)
  }

  /** Several handlers of one topic stay apart: Nest would chain them into one. */
  override addHandler(
    pattern: unknown,
    call: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    if (!isEventHandler) throw new ConsumerOptionsError('@MessagePattern asks for an answer; topics carry events only')
    if (typeof pattern !== 'string')
      throw new ConsumerOptionsError('the pattern of an @EventPattern is the topic’s name')
    this.#handlers.push({ topic: pattern, call, options: readConsumerOptions(pattern, extras) })
  }

  /** Joins the groups in the background, for as long as the carrier is away; `statuses` tells. */
  async listen(done: (fault?: unknown) => void): Promise<void> {
    try {
      await this.#app?.init()
      this.#readers = this.#handlers.map((handler) => this.#reader(handler))
      const { redrives } = this.#options
      if (redrives !== undefined && this.#handlers.length > 0) this.#readers.push(this.#redriver(redrives))
      this.#refuseSameGroup()
    } catch (error) {
      return done(error)
    }
    this.#joining = Promise.all(this.#readers.map((reader) => this.#join(reader)))
    done()
  }

  statuses(): SubscriptionStatus[] {
    return this.#readers.map(
      ({ subscription, active, waitingFor }) =>
        active?.status() ?? {
          group: subscription.group,
          handler: subscription.handler,
          waitingFor,
          partitions: 0,
          lag: 0,
          lagSeconds: 0,
          handled: 0,
          retried: 0,
          deadLettered: 0,
        },
    )
  }

  /**
   * Resolves when batches in flight are finished. The carrier stays open: others may share it. Close it before the application where
   * handlers use what the application's destroy hooks take away.
   */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#joining
    await Promise.all(this.#readers.map(({ active }) => active?.stop()))
  }

  override on(): never {
    throw new Error('a MessagingServer emits nothing: ask for its statuses()')
  }

  override unwrap<T>(): T {
    return this.#options.carrier as T
  }

  #reader(handler: Handler): Reader {
    const { topic, options } = handler
    const group = this.#groupOf(topic, options)
    const positions = this.#positionsOf(handler)
    const subscription: Subscription = {
      group,
      topics: [topic],
      handler: group,
      maxBatch: options.batch ?? 1,
      handle: (batch, context) =>
        options.batch === undefined
          ? this.#handleOne(handler, batch, context)
          : this.#handleBatch(handler, positions, batch, context),
      ...(positions === undefined ? {} : { positions }),
      ...(options.retries === undefined ? {} : { retries: options.retries }),
    }
    return { subscription, active: null, waitingFor: 'it has not joined its group yet' }
  }

  #redriver({ topic, read }: RedriveOptions): Reader {
    const group = `${this.#options.service}.redrives`
    const subscription: Subscription = {
      group,
      topics: [topic],
      handler: group,
      maxBatch: 1,
      handle: async ([asked], context) => {
        if (asked !== undefined) await this.#redrive(asked, read, context)
      },
    }
    return { subscription, active: null, waitingFor: 'it has not joined its group yet' }
  }

  /** What fails here fails as any record does: tried again, then among the dead letters once more. Nothing redrives it by itself. */
  async #redrive(asked: Delivery, read: RedriveOptions['read'], context: BatchContext): Promise<void> {
    let redrive: Redrive
    try {
      redrive = read(asked)
    } catch (error) {
      throw new PoisonError(reasonOf(error), { cause: error })
    }
    const { group, delivery } = redrive
    const { service } = this.#options
    if (!group.startsWith(`${service}.`)) return
    const handler = this.#handlers.find(({ topic, options }) => this.#groupOf(topic, options) === group)
    if (handler === undefined) throw new PoisonError(`${service} has no consumer ${group} any more`)
    if (handler.options.positions !== undefined) {
      throw new PoisonError(`${group} keeps positions of its own: it takes records from their topic only`)
    }
    const once: BatchContext = { ...context, deadLetter: (_, reason) => context.deadLetter(asked, reason) }
    if (handler.options.batch === undefined) await this.#handleOne(handler, [delivery], once)
    else await this.#handleBatch(handler, undefined, [delivery], once)
  }

  #positionsOf({ topic, options }: Handler): PositionStore | undefined {
    if (options.positions === undefined) return undefined
    if (this.#app === null) {
      throw new ConsumerOptionsError(`the positions of ${topic} need a mounted server: see MessagingServer.mount`)
    }
    return this.#app.get<PositionStore>(options.positions, { strict: false })
  }

  #refuseSameGroup(): void {
    const groups = new Set<string>()
    for (const { subscription } of this.#readers) {
      if (groups.has(subscription.group)) {
        throw new ConsumerOptionsError(
          `two handlers are ${subscription.group}: give one of them another name, as in @Consumes('topic.v1', { consumer: 'name' })`,
        )
      }
      groups.add(subscription.group)
    }
  }

  async #join(reader: Reader): Promise<void> {
    for (let faults = 0; !this.#closing.signal.aborted; faults++) {
      try {
        reader.active = await this.#options.carrier.subscribe(reader.subscription)
        return
      } catch (error) {
        const { name, message } = error as Error
        reader.waitingFor = `${name}: ${message}`
        const fields = { group: reader.subscription.group, fault: reader.waitingFor }
        if (faults === 0) this.#log.warn(fields, 'a group cannot be joined yet')
        if (!isSurroundingsFault(error)) return this.#log.error(fields, 'a group cannot be joined')
      }
      await sleep(backoffMs(DEFAULT_RETRY.surroundings, faults), this.#closing.signal)
    }
  }

  async #handleOne(handler: Handler, batch: readonly Delivery[], context: BatchContext): Promise<void> {
    const [delivery] = batch
    if (delivery === undefined) return
    let event: unknown
    try {
      event = this.#options.decode(handler.topic, delivery)
    } catch (error) {
      throw new PoisonError(reasonOf(error), { cause: error })
    }
    await this.#invoke(handler, event, new MessagingContext([batch, context]))
  }

  async #handleBatch(
    handler: Handler,
    positions: PositionStore | undefined,
    batch: readonly Delivery[],
    context: BatchContext,
  ): Promise<void> {
    const events: unknown[] = []
    const deliveries: Delivery[] = []
    for (const delivery of batch) {
      try {
        events.push(this.#options.decode(handler.topic, delivery))
        deliveries.push(delivery)
      } catch (error) {
        await context.deadLetter(delivery, `PoisonError: ${reasonOf(error)}`)
      }
    }
    if (deliveries.length > 0) return this.#invoke(handler, events, new MessagingContext([deliveries, context]))
    // Nobody else tells the store that these are done with.
    const [first] = batch
    if (first !== undefined)
      await positions?.save(first.topic, first.partition, { from: context.from, next: context.next })
  }

  async #invoke({ topic, call, options }: Handler, payload: unknown, context: MessagingContext): Promise<void> {
    const started = performance.now()
    try {
      const result: unknown = await call(payload, context)
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined })
    } finally {
      this.#options.onCall?.({
        handler: this.#groupOf(topic, options),
        topic,
        seconds: (performance.now() - started) / 1_000,
      })
    }
  }

  #groupOf(topic: string, options: ConsumerOptions): string {
    return `${this.#options.service}.${options.consumer ?? topic}`
  }
}

function reasonOf(error: unknown): string {
  return `the record cannot be decoded: ${error instanceof Error ? error.message : String(error)}`
}
