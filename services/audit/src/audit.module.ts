import { Module } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { type Environment, readConfig } from '@reprieve/config'
import type { Database } from '@reprieve/database'
import { type Carrier, DEAD_LETTER_RETENTION_MS } from '@reprieve/messaging'
import type { Outbox } from '@reprieve/outbox'
import { PeoplePrincipals } from '@reprieve/people'
import {
  BACKGROUND,
  type BackgroundWork,
  CARRIER,
  CLOCK,
  DATABASE,
  ENVIRONMENT,
  LOGGER,
  OUTBOX,
  REPUBLISHERS,
  RepeatedWork,
} from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { AuditController } from './adapters/http/audit.controller.js'
import { DeadLettersController } from './adapters/http/dead-letters.controller.js'
import { LiveController } from './adapters/http/live.controller.js'
import { DeadLettersSubscription } from './adapters/messaging/dead-letters.subscription.js'
import { TopicsConsumer } from './adapters/messaging/topics.consumer.js'
import { DeadLetterRepository } from './adapters/postgres/dead-letter.repository.js'
import { IntakeRepository } from './adapters/postgres/intake.repository.js'
import { JournalReader } from './adapters/postgres/journal.reader.js'
import { JournalRepository } from './adapters/postgres/journal.repository.js'
import { LiveRepository } from './adapters/postgres/live.repository.js'
import { RetentionRepository } from './adapters/postgres/retention.repository.js'
import type { AuditTables } from './adapters/postgres/tables.js'
import { INTAKE, SETTINGS, TAKEN_IN } from './adapters/tokens.js'
import { DeadLetterService } from './application/dead-letter.service.js'
import { keepHouse } from './application/housekeeping.js'
import { JournalWriter } from './application/journal-writer.js'
import { LiveFeed } from './application/live-feed.js'
import { type AuditSettings, auditVariables } from './configuration.js'

type Db = Database<AuditTables>

const WRITING = Symbol('WRITING')
const TELLING = Symbol('TELLING')

const HOUR_MS = 3_600_000
// What this process takes in or writes itself wakes the next step at once; this is for what another process left.
const LOOK_EVERY_MS = 200

@Module({
  controllers: [TopicsConsumer, AuditController, LiveController, DeadLettersController],
  providers: [
    {
      provide: SETTINGS,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment): AuditSettings => readConfig(auditVariables, environment),
    },
    {
      provide: PeoplePrincipals,
      inject: [DATABASE, CLOCK],
      useFactory: (database: Db, clock: Clock) => new PeoplePrincipals(database, clock),
    },
    { provide: INTAKE, inject: [DATABASE], useFactory: (database: Db) => new IntakeRepository(database) },
    {
      provide: DeadLetterRepository,
      inject: [DATABASE],
      useFactory: (database: Db) => new DeadLetterRepository(database),
    },
    {
      provide: DeadLetterService,
      inject: [DeadLetterRepository, INTAKE, OUTBOX, CLOCK],
      useFactory: (letters: DeadLetterRepository, intake: IntakeRepository, outbox: Outbox, clock: Clock) =>
        new DeadLetterService(letters, intake, outbox, clock),
    },
    {
      provide: DeadLettersSubscription,
      inject: [CARRIER, DeadLetterRepository, LOGGER],
      useFactory: (carrier: Carrier, letters: DeadLetterRepository, logger: Logger) =>
        new DeadLettersSubscription(carrier, letters, logger),
    },
    { provide: JournalReader, inject: [DATABASE], useFactory: (database: Db) => new JournalReader(database) },
    {
      provide: LiveFeed,
      inject: [DATABASE, PeoplePrincipals, CLOCK, LOGGER, SETTINGS],
      useFactory: (database: Db, principals: PeoplePrincipals, clock: Clock, logger: Logger, settings: AuditSettings) =>
        new LiveFeed({
          store: new LiveRepository(database),
          principals,
          clock,
          logger,
          mostConnections: settings.LIVE_CONNECTIONS,
          mostOfOnePerson: settings.LIVE_CONNECTIONS_PER_PERSON,
        }),
    },
    {
      provide: TELLING,
      inject: [LiveFeed, LOGGER],
      useFactory: (feed: LiveFeed, logger: Logger) =>
        new RepeatedWork({ name: 'live updates', everyMs: LOOK_EVERY_MS, work: () => feed.look(), logger }),
    },
    {
      provide: WRITING,
      inject: [DATABASE, CLOCK, LOGGER, TELLING],
      useFactory: (database: Db, clock: Clock, logger: Logger, telling: RepeatedWork) => {
        const writer = new JournalWriter(database, new JournalRepository(), clock, () => telling.wake())
        return new RepeatedWork({ name: 'the journal', everyMs: LOOK_EVERY_MS, work: () => writer.writeAll(), logger })
      },
    },
    { provide: TAKEN_IN, inject: [WRITING], useFactory: (writing: RepeatedWork) => () => writing.wake() },
    {
      provide: BACKGROUND,
      inject: [
        WRITING,
        TELLING,
        LiveFeed,
        DeadLettersSubscription,
        DeadLetterRepository,
        DATABASE,
        CLOCK,
        LOGGER,
        SETTINGS,
      ],
      useFactory: (
        writing: RepeatedWork,
        telling: RepeatedWork,
        feed: LiveFeed,
        taking: DeadLettersSubscription,
        letters: DeadLetterRepository,
        database: Db,
        clock: Clock,
        logger: Logger,
        settings: AuditSettings,
      ): readonly BackgroundWork[] => {
        const retention = new RetentionRepository(database)
        const days = settings.AUDIT_RETENTION_DAYS
        const keeping = {
          entriesMs: days === undefined ? null : days * 24 * HOUR_MS,
          liveEventsMs: settings.LIVE_EVENT_HOURS * HOUR_MS,
        }
        const work = async () => {
          await keepHouse(retention, clock, keeping)
          const before = new Date(clock.now().getTime() - DEAD_LETTER_RETENTION_MS)
          while ((await letters.forget(before)) > 0);
        }
        return [
          {
            // Where it fails now, the first look does it, and tells if that fails, too.
            start: () => feed.begin().catch(() => {}),
            // Streams are requests in flight.
            ending: () => feed.stop(),
            stop: async () => {},
          },
          writing,
          telling,
          taking,
          new RepeatedWork({ name: 'retention', everyMs: HOUR_MS, work, logger }),
        ]
      },
    },
    // It publishes nothing of its own.
    { provide: REPUBLISHERS, useValue: [] },
  ],
})
export class AuditModule {}
