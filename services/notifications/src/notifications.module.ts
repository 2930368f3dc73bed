import { Module, type Provider } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { type Environment, readConfig } from '@reprieve/config'
import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import { BACKGROUND, CLOCK, DATABASE, ENVIRONMENT, LOGGER, OUTBOX, PEOPLE, RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { z } from 'zod'
import { InstallationSecretSeal, NoSecretSeal } from './adapters/crypto/secret-seal.js'
import { MailTemplatesController } from './adapters/http/mail-templates.controller.js'
import { MailsController } from './adapters/http/mails.controller.js'
import { NotificationsController } from './adapters/http/notifications.controller.js'
import { PreferencesController } from './adapters/http/preferences.controller.js'
import { WebhooksController } from './adapters/http/webhooks.controller.js'
import { MailJobs } from './adapters/jobs/mail-jobs.js'
import { MailWorker } from './adapters/jobs/mail-worker.js'
import { WebhookWorker } from './adapters/jobs/webhook-worker.js'
import { SmtpMailer } from './adapters/mail/smtp-mailer.js'
import { TemplateRenderer } from './adapters/mail/template-renderer.js'
import { ApprovalsConsumer } from './adapters/messaging/approvals.consumer.js'
import { ExceptionsConsumer } from './adapters/messaging/exceptions.consumer.js'
import { TicketsConsumer } from './adapters/messaging/tickets.consumer.js'
import { Housekeeping } from './adapters/postgres/housekeeping.js'
import { MailRepository } from './adapters/postgres/mail.repository.js'
import { MailList } from './adapters/postgres/mail-list.js'
import { NoticeRepository } from './adapters/postgres/notice.repository.js'
import { NoticeList } from './adapters/postgres/notice-list.js'
import { PreferenceRepository } from './adapters/postgres/preference.repository.js'
import { ReminderRepository } from './adapters/postgres/reminder.repository.js'
import type { NotificationsTables } from './adapters/postgres/tables.js'
import { TemplateRepository } from './adapters/postgres/template.repository.js'
import { WebhookRepository } from './adapters/postgres/webhook.repository.js'
import { WebhookDeliveryRepository } from './adapters/postgres/webhook-delivery.repository.js'
import { HttpWebhookSender } from './adapters/webhook/http-webhook-sender.js'
import { DigestSweep } from './application/digest-sweep.js'
import { MailDelivery } from './application/mail-delivery.js'
import { NoticeBook } from './application/notice-book.js'
import { NoticeWriter } from './application/notice-writer.js'
import { OperatorsJournal } from './application/operators-journal.js'
import { ReminderSweep } from './application/reminder-sweep.js'
import type { SecretSeal } from './application/secret-seal.port.js'
import { WebhookService } from './application/webhook.service.js'
import { WebhookDelivery } from './application/webhook-delivery.js'
import { WebhookOutlet } from './application/webhook-outlet.js'
import { notificationsVariables } from './configuration.js'

const CONFIG = Symbol('CONFIG')
const SECRET_SEAL = Symbol('SECRET_SEAL')
type Config = z.output<typeof notificationsVariables>
type Db = Database<NotificationsTables>

const HOUR_MS = 3_600_000
// A reminder or a day's mail is never later than this.
const SWEEP_MS = 1_000

const repositories: Provider[] = [
  MailRepository,
  MailList,
  NoticeList,
  PreferenceRepository,
  ReminderRepository,
  TemplateRepository,
  WebhookRepository,
  WebhookDeliveryRepository,
].map((repository) => ({
  provide: repository,
  inject: [DATABASE],
  useFactory: (database: Db) => new repository(database),
}))

const mail: Provider[] = [
  {
    // Before any event is consumed: taking one in writes jobs.
    provide: MailJobs,
    inject: [DATABASE, LOGGER, CONFIG],
    useFactory: (database: Db, logger: Logger) => MailJobs.open(database, logger),
  },
  {
    provide: TemplateRenderer,
    inject: [CONFIG, TemplateRepository, LOGGER],
    useFactory: (config: Config, store: TemplateRepository, logger: Logger) =>
      new TemplateRenderer({
        publicUrl: config.PUBLIC_URL,
        folder: config.MAIL_TEMPLATES_DIR ?? null,
        store,
        logger,
      }),
  },
  {
    provide: SmtpMailer,
    inject: [CONFIG, CLOCK],
    useFactory: (config: Config, clock: Clock) =>
      new SmtpMailer({ url: config.SMTP_URL, from: config.MAIL_FROM, clock }),
  },
  {
    provide: MailDelivery,
    inject: [MailRepository, PEOPLE, TemplateRenderer, SmtpMailer, CLOCK, LOGGER],
    useFactory: (
      mails: MailRepository,
      people: People,
      renderer: TemplateRenderer,
      mailer: SmtpMailer,
      clock: Clock,
      logger: Logger,
    ) => new MailDelivery({ mails, people, renderer, mailer, clock, logger }),
  },
  {
    provide: MailWorker,
    inject: [MailJobs, MailDelivery, MailRepository, SmtpMailer, CLOCK, LOGGER],
    useFactory: (
      jobs: MailJobs,
      delivery: MailDelivery,
      mails: MailRepository,
      mailer: SmtpMailer,
      clock: Clock,
      logger: Logger,
    ) => new MailWorker({ jobs, delivery, mails, mailer, clock, logger }),
  },
]

const webhooks: Provider[] = [
  {
    provide: OperatorsJournal,
    inject: [OUTBOX],
    useFactory: (outbox: Outbox) => new OperatorsJournal(outbox),
  },
  {
    provide: SECRET_SEAL,
    inject: [CONFIG],
    useFactory: ({ REPRIEVE_KEY_ENCRYPTION_SECRET: secret }: Config): SecretSeal =>
      secret === undefined ? new NoSecretSeal() : new InstallationSecretSeal(secret),
  },
  {
    provide: WebhookService,
    inject: [WebhookRepository, WebhookDeliveryRepository, SECRET_SEAL, OperatorsJournal, CLOCK],
    useFactory: (
      book: WebhookRepository,
      deliveries: WebhookDeliveryRepository,
      seal: SecretSeal,
      journal: OperatorsJournal,
      clock: Clock,
    ) => new WebhookService({ book, deliveries, seal, journal, clock }),
  },
  {
    provide: WebhookOutlet,
    inject: [WebhookDeliveryRepository, CLOCK, CONFIG],
    useFactory: (store: WebhookDeliveryRepository, clock: Clock, config: Config) =>
      new WebhookOutlet({
        store,
        clock,
        publicUrl: config.PUBLIC_URL,
        maxAgeMs: config.NOTICE_MAX_AGE_HOURS * HOUR_MS,
      }),
  },
  {
    provide: WebhookDelivery,
    inject: [DATABASE, WebhookDeliveryRepository, SECRET_SEAL, NoticeWriter, OperatorsJournal, CLOCK, LOGGER, CONFIG],
    useFactory: (
      database: Db,
      store: WebhookDeliveryRepository,
      seal: SecretSeal,
      writer: NoticeWriter,
      journal: OperatorsJournal,
      clock: Clock,
      logger: Logger,
      config: Config,
    ) =>
      new WebhookDelivery({
        database,
        store,
        sender: new HttpWebhookSender(),
        seal,
        writer,
        journal,
        clock,
        logger,
        disableAfterMs: config.WEBHOOK_DISABLE_AFTER_DAYS * 24 * HOUR_MS,
      }),
  },
  {
    provide: WebhookWorker,
    inject: [WebhookDelivery, WebhookOutlet, LOGGER],
    useFactory: (delivery: WebhookDelivery, outlet: WebhookOutlet, logger: Logger) =>
      new WebhookWorker({ delivery, outlet, logger }),
  },
]

@Module({
  controllers: [
    ExceptionsConsumer,
    ApprovalsConsumer,
    TicketsConsumer,
    NotificationsController,
    PreferencesController,
    MailsController,
    MailTemplatesController,
    WebhooksController,
  ],
  providers: [
    {
      provide: CONFIG,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment): Config => readConfig(notificationsVariables, environment),
    },
    ...repositories,
    ...mail,
    ...webhooks,
    {
      provide: NoticeWriter,
      inject: [MailRepository, PreferenceRepository, MailJobs, OUTBOX, CLOCK, LOGGER, CONFIG],
      useFactory: (
        mails: MailRepository,
        preferences: PreferenceRepository,
        queue: MailJobs,
        outbox: Outbox,
        clock: Clock,
        logger: Logger,
        config: Config,
      ) =>
        new NoticeWriter({
          store: new NoticeRepository(),
          mails,
          preferences,
          queue,
          outbox,
          clock,
          logger,
          maxAgeMs: config.NOTICE_MAX_AGE_HOURS * HOUR_MS,
        }),
    },
    {
      provide: NoticeBook,
      inject: [DATABASE, ReminderRepository, NoticeWriter, WebhookOutlet, CLOCK],
      useFactory: (
        database: Db,
        reminders: ReminderRepository,
        writer: NoticeWriter,
        outlet: WebhookOutlet,
        clock: Clock,
      ) => new NoticeBook({ database, store: new NoticeRepository(), reminders, writer, outlet, clock }),
    },
    {
      provide: BACKGROUND,
      inject: [
        MailWorker,
        WebhookWorker,
        DATABASE,
        ReminderRepository,
        MailRepository,
        MailJobs,
        NoticeWriter,
        CLOCK,
        LOGGER,
        CONFIG,
      ],
      useFactory: (
        mailWorker: MailWorker,
        webhookWorker: WebhookWorker,
        database: Db,
        reminders: ReminderRepository,
        mails: MailRepository,
        queue: MailJobs,
        writer: NoticeWriter,
        clock: Clock,
        logger: Logger,
        config: Config,
      ) => {
        const reminding = new ReminderSweep({ database, store: new NoticeRepository(), reminders, writer, clock })
        const digests = new DigestSweep({ database, mails, queue, clock })
        const house = new Housekeeping({ database, clock, keptMs: config.NOTICES_KEPT_DAYS * 24 * HOUR_MS })
        const repeated = (name: string, everyMs: number, work: { run(): Promise<void> }) =>
          new RepeatedWork({ name, everyMs, logger, work: () => work.run() })
        return [
          mailWorker,
          webhookWorker,
          repeated('reminders', SWEEP_MS, reminding),
          repeated('days’ mails', SWEEP_MS, digests),
          repeated('housekeeping', HOUR_MS, house),
        ]
      },
    },
  ],
})
export class NotificationsModule {}
