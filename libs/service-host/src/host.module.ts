import { type DynamicModule, Module, type Type } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import type { Environment } from '@reprieve/config'
import type { Database } from '@reprieve/database'
import type { WriteTransactions } from '@reprieve/http-kit'
import type { Carrier } from '@reprieve/messaging'
import type { Outbox, OutboxTables } from '@reprieve/outbox'
import { type People, PeopleConsumer, PeopleReplica, type PeopleTables } from '@reprieve/people'
import type { Logger } from '@reprieve/telemetry'
import { CARRIER, CLOCK, DATABASE, ENVIRONMENT, LOGGER, OUTBOX, PEOPLE, WRITES } from './tokens.js'

export type HostTables = OutboxTables & PeopleTables

export interface HostParts {
  database: Database<HostTables>
  clock: Clock
  outbox: Outbox
  carrier: Carrier
  logger: Logger
  environment: Environment
  writes: WriteTransactions<HostTables>
  people: People
  replica: PeopleReplica
}

@Module({})
class HostModule {}

/** What every service's module can inject, and the consumer that keeps the replica of the directory. */
export function hostModule(parts: HostParts): DynamicModule {
  const provided: Array<[symbol | Type, unknown]> = [
    [DATABASE, parts.database],
    [CLOCK, parts.clock],
    [OUTBOX, parts.outbox],
    [CARRIER, parts.carrier],
    [LOGGER, parts.logger],
    [ENVIRONMENT, parts.environment],
    [WRITES, parts.writes],
    [PEOPLE, parts.people],
    [PeopleReplica, parts.replica],
  ]
  return {
    module: HostModule,
    global: true,
    controllers: [PeopleConsumer],
    providers: provided.map(([provide, useValue]) => ({ provide, useValue })),
    exports: provided.map(([provide]) => provide),
  }
}
