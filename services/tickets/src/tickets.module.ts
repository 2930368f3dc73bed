import { Module } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import {
  BACKGROUND,
  CLOCK,
  DATABASE,
  LOGGER,
  OUTBOX,
  PEOPLE,
  REPUBLISHERS,
  type RepeatedWork,
} from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { GroupingRulesController } from './adapters/http/grouping-rules.controller.js'
import { SettingsController } from './adapters/http/settings.controller.js'
import { TicketsController } from './adapters/http/tickets.controller.js'
import { CountsConsumer } from './adapters/messaging/counts.consumer.js'
import { ExceptionsConsumer } from './adapters/messaging/exceptions.consumer.js'
import { ExternalTicketsConsumer } from './adapters/messaging/external-tickets.consumer.js'
import { TicketsRepublisher } from './adapters/messaging/tickets.republisher.js'
import { GroupingRulesRepository } from './adapters/postgres/grouping-rules.repository.js'
import { KnownUploadsRepository } from './adapters/postgres/known-uploads.repository.js'
import { OwnersRepository } from './adapters/postgres/owners.repository.js'
import { SettingsRepository } from './adapters/postgres/settings.repository.js'
import type { TicketsTables } from './adapters/postgres/tables.js'
import { TicketTableRepository } from './adapters/postgres/ticket-table.repository.js'
import { TicketsRepository } from './adapters/postgres/tickets.repository.js'
import { policySweep } from './adapters/timers/policy.sweep.js'
import { ApplyPolicy } from './application/apply-policy.js'
import { ChooseReviewer } from './application/choose-reviewer.js'
import { FollowException } from './application/follow-exception.js'
import { GroupingRuleService } from './application/grouping-rule.service.js'
import { RequestException } from './application/request-exception.js'
import { SettingsService } from './application/settings.service.js'
import { TakeExternalTicket } from './application/take-external-ticket.js'
import { TakeInCounts } from './application/take-in-counts.js'
import { TicketService } from './application/ticket.service.js'
import { POLICY_SWEEP } from './tokens.js'

type Db = Database<TicketsTables>

const onDatabase = [OwnersRepository, TicketTableRepository, KnownUploadsRepository]
const withEvents = [TicketsRepository, SettingsRepository, GroupingRulesRepository]

@Module({
  controllers: [
    TicketsController,
    SettingsController,
    GroupingRulesController,
    ExceptionsConsumer,
    CountsConsumer,
    ExternalTicketsConsumer,
  ],
  providers: [
    ...onDatabase.map((Repository) => ({
      provide: Repository,
      inject: [DATABASE],
      useFactory: (database: Db) => new Repository(database),
    })),
    ...withEvents.map((Repository) => ({
      provide: Repository,
      inject: [DATABASE, OUTBOX],
      useFactory: (database: Db, outbox: Outbox) => new Repository(database, outbox),
    })),
    {
      provide: TicketService,
      inject: [TicketsRepository, SettingsRepository, PEOPLE, CLOCK],
      useFactory: (tickets: TicketsRepository, settings: SettingsRepository, people: People, clock: Clock) =>
        new TicketService(tickets, settings, people, clock),
    },
    {
      provide: TakeExternalTicket,
      inject: [DATABASE, TicketService, OwnersRepository],
      useFactory: (database: Db, tickets: TicketService, owners: OwnersRepository) =>
        new TakeExternalTicket(database, tickets, owners),
    },
    {
      provide: ChooseReviewer,
      inject: [PEOPLE, TicketsRepository],
      useFactory: (people: People, tickets: TicketsRepository) => new ChooseReviewer(people, tickets),
    },
    {
      provide: RequestException,
      inject: [TicketsRepository, SettingsRepository, KnownUploadsRepository, ChooseReviewer, CLOCK],
      useFactory: (
        tickets: TicketsRepository,
        settings: SettingsRepository,
        uploads: KnownUploadsRepository,
        reviewers: ChooseReviewer,
        clock: Clock,
      ) => new RequestException(tickets, settings, uploads, reviewers, clock),
    },
    {
      provide: FollowException,
      inject: [DATABASE, TicketsRepository, SettingsRepository],
      useFactory: (database: Db, tickets: TicketsRepository, settings: SettingsRepository) =>
        new FollowException(database, tickets, settings),
    },
    {
      provide: TakeInCounts,
      inject: [DATABASE, TicketsRepository, GroupingRulesRepository, SettingsRepository, OwnersRepository, CLOCK],
      useFactory: (
        database: Db,
        tickets: TicketsRepository,
        rules: GroupingRulesRepository,
        settings: SettingsRepository,
        owners: OwnersRepository,
        clock: Clock,
      ) => new TakeInCounts(database, tickets, rules, settings, owners, clock),
    },
    {
      provide: ApplyPolicy,
      inject: [DATABASE, TicketsRepository, SettingsRepository, CLOCK],
      useFactory: (database: Db, tickets: TicketsRepository, settings: SettingsRepository, clock: Clock) =>
        new ApplyPolicy(database, tickets, settings, clock),
    },
    {
      provide: SettingsService,
      inject: [SettingsRepository, PEOPLE, CLOCK],
      useFactory: (settings: SettingsRepository, people: People, clock: Clock) =>
        new SettingsService(settings, people, clock),
    },
    {
      provide: GroupingRuleService,
      inject: [GroupingRulesRepository, PEOPLE, CLOCK],
      useFactory: (rules: GroupingRulesRepository, people: People, clock: Clock) =>
        new GroupingRuleService(rules, people, clock),
    },
    {
      provide: REPUBLISHERS,
      inject: [DATABASE, TicketsRepository, GroupingRulesRepository, CLOCK],
      useFactory: (database: Db, tickets: TicketsRepository, rules: GroupingRulesRepository, clock: Clock) => [
        new TicketsRepublisher(database, tickets, rules, clock),
      ],
    },
    {
      provide: POLICY_SWEEP,
      inject: [ApplyPolicy, LOGGER],
      useFactory: (policy: ApplyPolicy, logger: Logger) => policySweep(policy, logger),
    },
    { provide: BACKGROUND, inject: [POLICY_SWEEP], useFactory: (sweep: RepeatedWork) => [sweep] },
  ],
})
export class TicketsModule {}
