export type Status = 'pending' | 'active' | 'ended'

/** What a query sees of an instance: one value its scanner tells, the ids of its vulnerability (bits), one fact from a feed. */
export interface View {
  readonly value: number
  readonly ids: number
  readonly fact: boolean
}

export interface ExceptionScript {
  readonly query: (view: View, time: number) => boolean
  readonly timeRelative?: boolean
  /** What its owner tells of it, in order. */
  readonly told: readonly Status[]
  /** Its end by the clock, known from the start. */
  readonly until?: number
}

/** A record of the topic: one scanner's word on one vulnerability, on the asset where it is. */
export interface TopicRecord {
  readonly of: number
  readonly value: number
}

/** What may happen, and how often. Two instances, two exceptions, two processes; jobs run in the second one. */
export interface Scenario {
  readonly name: string
  /** The asset of each instance. */
  readonly assets: readonly [number, number]
  /** What each has at the beginning; null where it is not stored yet. */
  readonly stored: readonly [number | null, number | null]
  /** By partition. */
  readonly records: readonly (readonly TopicRecord[])[]
  readonly exceptions: readonly ExceptionScript[]
  /** How often a partition goes to another process although the first one lives, and does not know it. */
  readonly rebalances?: number
  readonly crashes?: number
  /** The latest time there is. Each process' clock goes on when it likes. */
  readonly latest?: number
  /** The second vulnerability turns out to be the first one. */
  readonly merges?: boolean
  /** A feed tells something of the first vulnerability. */
  readonly feeds?: boolean
  readonly reconciles?: boolean
  /** How often a process that has lost its partition of exceptions takes an old event once more. */
  readonly redeliveries?: number
  /**
   * Every step by itself. Otherwise entering the gate is one with what comes next, and locking with matching: entering and locking
   * only keep others out, so that more can happen without them, not less.
   */
  readonly fine?: boolean
}
