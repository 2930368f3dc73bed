// A process that works on the queue of mails and can be killed. It says "ready" on its standard output once it does.
import { systemClock } from '@reprieve/clock'
import { Secret } from '@reprieve/config'
import { Database } from '@reprieve/database'
import { People } from '@reprieve/people'
import { createLogger } from '@reprieve/telemetry'
import { MailJobs } from '../dist/adapters/jobs/mail-jobs.js'
import { MailWorker } from '../dist/adapters/jobs/mail-worker.js'
import { SmtpMailer } from '../dist/adapters/mail/smtp-mailer.js'
import { TemplateRenderer } from '../dist/adapters/mail/template-renderer.js'
import { MailRepository } from '../dist/adapters/postgres/mail.repository.js'
import { TemplateRepository } from '../dist/adapters/postgres/template.repository.js'
import { MailDelivery } from '../dist/application/mail-delivery.js'

const [databaseUrl, smtpUrl] = process.argv.slice(2)
const database = new Database({ url: databaseUrl, applicationName: 'mail-process' })
const logger = createLogger({ service: 'mail-process', destination: process.stderr, pretty: false })
const from = { name: '', address: 'reprieve@mail.example', domain: 'mail.example' }
const mailer = new SmtpMailer({ url: new Secret(smtpUrl), from, clock: systemClock })
const mails = new MailRepository(database)
const jobs = await MailJobs.open(database, logger, { heartbeatSeconds: 10, retryDelay: 1 })
const delivery = new MailDelivery({
  mails,
  people: new People(database),
  renderer: new TemplateRenderer({
    publicUrl: 'https://reprieve.example',
    folder: null,
    store: new TemplateRepository(database),
    logger,
  }),
  mailer,
  clock: systemClock,
  logger,
  claimMs: 5_000,
})
await new MailWorker({ jobs, delivery, mails, mailer, clock: systemClock, logger }).start()
process.stdout.write('ready\n')
