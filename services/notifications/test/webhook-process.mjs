// A process that works on the deliveries to webhooks and can be killed. It says "ready" on its standard output once it does.
import { systemClock } from '@reprieve/clock'
import { Database } from '@reprieve/database'
import { createLogger } from '@reprieve/telemetry'
import { NoSecretSeal } from '../dist/adapters/crypto/secret-seal.js'
import { WebhookWorker } from '../dist/adapters/jobs/webhook-worker.js'
import { WebhookDeliveryRepository } from '../dist/adapters/postgres/webhook-delivery.repository.js'
import { HttpWebhookSender } from '../dist/adapters/webhook/http-webhook-sender.js'
import { WebhookDelivery } from '../dist/application/webhook-delivery.js'
import { WebhookOutlet } from '../dist/application/webhook-outlet.js'

const [databaseUrl] = process.argv.slice(2)
const database = new Database({ url: databaseUrl, applicationName: 'webhook-process' })
const logger = createLogger({ service: 'webhook-process', destination: process.stderr, pretty: false })
const store = new WebhookDeliveryRepository(database)
const clock = systemClock
const delivery = new WebhookDelivery({
  database,
  store,
  sender: new HttpWebhookSender(),
  seal: new NoSecretSeal(),
  writer: { write: async () => {}, wake: () => {} },
  journal: { webhook: async () => {} },
  clock,
  logger,
  disableAfterMs: 86_400_000,
  claimMs: 2_000,
})
const outlet = new WebhookOutlet({ store, clock, publicUrl: 'https://reprieve.example', maxAgeMs: 3_600_000 })
await new WebhookWorker({ delivery, outlet, logger }).start()
process.stdout.write('ready\n')
