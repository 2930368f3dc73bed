import type { Type } from '@nestjs/common'
import type { TopicName } from '@reprieve/contracts'
import type { MigrationSet } from '@reprieve/database'
import type { NewEvent } from '@reprieve/outbox'

export type ServiceName = 'directory' | 'rules' | 'exceptions' | 'approvals' | 'scope' | 'notifications'

/** What a service is, to whoever starts it: alone in a process, or beside the others. */
export interface ServiceDefinition {
  name: ServiceName
  /** Its own migrations; the host adds those of the outbox, the people replica and idempotent writes. */
  migrations: MigrationSet
  /**
   * The Nest module with its controllers (HTTP and events) and providers. It can inject what the host provides globally: see `tokens.ts`.
   */
  module: Type
}

/** Reads an owner's tables again, so that every read model made from a topic can be rebuilt. One provider per topic owned, under REPUBLISHERS. */
export interface Republisher<T extends TopicName = TopicName> {
  topic: T
  /** Every aggregate as it is now, in batches; each is published with `replay` set. */
  events(): AsyncIterable<ReadonlyArray<Omit<NewEvent<T>, 'replay' | 'topic'>>>
}
