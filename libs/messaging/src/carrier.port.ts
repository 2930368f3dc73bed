/** A topic as it is declared in code and checked or created at start. */
export interface TopicDeclaration {
  name: string
  partitions: number
  /** Milliseconds, or `compacted`: the newest record of each key is kept for ever. */
  retentionMs: number | 'compacted'
}

export interface OutgoingMessage {
  topic: string
  /** Records of one key stay in order. */
  key: string
  /** At most 1 MiB with key and headers; `MessageTooLargeError` otherwise, and nothing of the call is published. */
  value: Uint8Array
  headers?: Readonly<Record<string, string>>
}

export interface Delivery {
  topic: string
  partition: number
  offset: bigint
  key: string
  value: Uint8Array
  headers: Readonly<Record<string, string>>
  publishedAt: Date
}

export interface BatchContext {
  /**
   * Aborted when this member has lost the partition, or when a stop has waited for its grace period: the batch will be delivered
   * again, here or elsewhere. A stop by itself does not abort: it waits for the batch in flight.
   */
  signal: AbortSignal
  /** Counts assignments of partitions to this member. It says nothing about other members: writers are fenced by `from`. */
  generation: number
  /**
   * What the position store holds before this batch. A handler with a store writes `next` in the transaction that holds what the
   * batch did, only where the store still holds `from`, and throws `PositionConflictError` where it does not: then another member has
   * taken the partition over, and the carrier reads from the stored position again.
   */
  from: bigint
  /** The offset after the last record of this batch. */
  next: bigint
  /** Puts one record of this batch aside with its cause; the batch goes on. Resolves once the record is safely in `<topic>.dlq`. */
  deadLetter(delivery: Delivery, reason: string): Promise<void>
}

/**
 * Positions kept by the consumer, in the transaction that holds what the records did. Where it is given, the carrier
 * starts from it after every assignment, and its own positions only tell others how far the group is.
 */
export interface PositionStore {
  /** The next offset to read of each partition; a partition that is absent starts at the beginning. */
  load(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>
  /**
   * Moves one position from `from` to `next` by itself: called after a record went to the dead letters, which no handler's transaction
   * tells of. Throws `PositionConflictError` where the store does not hold `from` (an absent partition holds 0).
   */
  save(topic: string, partition: number, move: { from: bigint; next: bigint }): Promise<void>
}

export interface Subscription {
  /** Members of one group share the partitions; each group sees every record. A new group starts at the beginning. */
  group: string
  topics: readonly string[]
  /** Named in dead letters, logs and metrics. */
  handler: string
  /** Most records in one call; 1 for handlers of single events. A batch holds records of one partition, in order. */
  maxBatch: number
  /**
   * Called again with the same records after a failure: a fault of the surroundings (see `isSurroundingsFault`) for as long as it
   * lasts, any other `retries` times with jittered backoff, a `PoisonError` not at all. Then a batch of more than one is handed over in
   * halves, down to single records, and a record that still fails by itself goes to `<topic>.dlq`. Records of a topic `….dlq` have
   * nowhere to go: their handler is called again for as long as it fails.
   */
  handle(batch: readonly Delivery[], context: BatchContext): Promise<void>
  positions?: PositionStore
  /** 5 where absent: about 3 s with the carriers' own backoff. */
  retries?: number
}

export interface ActiveSubscription {
  /** Resolves when the batch in flight is finished and its position is kept. */
  stop(): Promise<void>
  status(): SubscriptionStatus
}

export interface SubscriptionStatus {
  group: string
  handler: string
  /** Null while it reads; otherwise why it waits: a fault of the surroundings, or that it has not joined its group yet. */
  waitingFor: string | null
  /** Partitions assigned to this member now. */
  partitions: number
  /** Records not yet handled, over this member's partitions, as far as known. */
  lag: number
  /** How long ago the record that is next to be handled was published, at most over this member's partitions; 0 where none waits. */
  lagSeconds: number
  handled: number
  retried: number
  deadLettered: number
}

export interface Publisher {
  /**
   * Resolves once every message is kept safely. Rejects if one is not (some of them may have been published): with
   * `MessageTooLargeError` or `UnknownTopicError` before anything was sent, or with a fault of the surroundings.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<void>
}

/** Where the records of a partition begin and end at one moment; where there are none both are the same. */
export interface Extent {
  /** The offset of the first record. */
  first: bigint
  /** The offset after the last one. */
  end: bigint
}

/** What carries events between services: Kafka, or PostgreSQL within one process. Services know this port only. */
export interface Carrier extends Publisher {
  readonly kind: 'kafka' | 'in-process'
  /** Creates what is missing and checks what is there (partitions may not differ); adds `<name>.dlq` for each. */
  ensureTopics(topics: readonly TopicDeclaration[]): Promise<void>
  /** How many partitions topics have now; those that are not there are left out. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What each partition of a topic holds now. Rejects with `UnknownTopicError`, or with a fault of the surroundings. */
  extents(topic: string): Promise<ReadonlyMap<number, Extent>>
  /** Joins the group. Rejects with `UnknownTopicError`, or with a fault of the surroundings; once joined, faults are waited out. */
  subscribe(subscription: Subscription): Promise<ActiveSubscription>
  /** Null when it can publish and read; otherwise why not, for readiness. */
  trouble(): Promise<string | null>
  /** Stops every subscription as `stop` does, then lets go of its connections. */
  close(): Promise<void>
}
