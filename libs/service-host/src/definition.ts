import type { MessageShape } from '@bufbuild/protobuf'
import type { Type } from '@nestjs/common'
import type { TOPICS, TopicName } from '@reprieve/contracts'
import type { MigrationSet } from '@reprieve/database'
import type { SubscriptionStatus } from '@reprieve/messaging'
import type { NewEvent } from '@reprieve/outbox'
import type { z } from 'zod'

/** Every service with a database. A topic has one of them as its owner, and nobody else publishes on it. */
export const SERVICE_NAMES = [
  'directory',
  'rules',
  'exceptions',
  'approvals',
  'scope',
  'tickets',
  'notifications',
  'audit',
] as const

export type ServiceName = (typeof SERVICE_NAMES)[number]

/** What a service is, to whoever starts it: alone in a process, or beside the others. */
export interface ServiceDefinition {
  name: ServiceName
  /** Its own migrations; the host adds those of the outbox, the people replica and idempotent writes. */
  migrations: MigrationSet
  /** The Nest module with its controllers (HTTP and events) and providers. It can inject what the host provides: see `tokens.ts`. */
  module: Type
  /** What it reads from its environment beside what every service does, so that a process tells every fault at once. */
  variables?: z.ZodObject
}

/** Reads an owner's tables again, so that every read model made from a topic can be rebuilt. One for each topic of aggregates. */
export interface Republisher<T extends TopicName = TopicName> {
  topic: T
  /** Every aggregate as it is now, in batches; each is published with `replay` set. */
  events(): AsyncIterable<ReadonlyArray<Omit<NewEvent<T>, 'replay' | 'topic'>>>
}

/** One topic that a restored service reads whole. */
export interface RecollectedTopic<T extends TopicName = TopicName> {
  topic: T
  /** Takes one of its events in unless it is known. Those of one key come in order, and all of them again after a fault. */
  take(event: MessageShape<(typeof TOPICS)[T]['message']>): Promise<void>
}

/**
 * How a service whose database was restored takes in again what it published after the backup, before it does anything else. It tells
 * nobody of it (`SilentOutbox`): afterwards all that it owns is published anew.
 */
export interface Recollection {
  /** Each is read to its end before the next one. */
  topics: readonly RecollectedTopic[]
  /** All of them were read. */
  finish(): Promise<void>
}

/** One thing that was examined. */
export interface Check {
  what: string
  status: 'ok' | 'warn' | 'fail'
  found: string
  /** What to do; null where nothing is to be done. */
  advice: string | null
}

/** Work that goes on beside requests and events: sweeps, jobs. It is started last, and stopped once the requests in flight are answered. */
export interface BackgroundWork {
  start(): Promise<void> | void
  /** The service is about to stop: whatever it keeps requests open for ends now, since they would be waited for. */
  ending?(): void
  /** Ends what is in flight, within seconds. */
  stop(): Promise<void>
  /** Why this service cannot do its work now, for readiness; null when it can. */
  trouble?(): Promise<string | null> | string | null
  /** What is wrong though the service can do its work (mail waits, say), a sentence; null when nothing is. */
  warning?(): string | null
  /** Subscriptions that it keeps beside those of the module's consumers. */
  statuses?(): readonly SubscriptionStatus[]
  /** What it finds when somebody asks how it is, within seconds. */
  checks?(): Promise<readonly Check[]>
}
