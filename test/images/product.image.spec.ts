import { SERVICE_NAMES } from '@reprieve/service-host'
import {
  createDatabase,
  freePort,
  type SmtpTestServer,
  sharedKafka,
  startSmtpServer,
  type TestDatabase,
} from '@reprieve/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mainJob } from '../support/acceptance.js'
import { eventually } from '../support/api.js'
import { ADMIN } from '../support/distributed.js'
import { PASSWORD } from '../support/standalone.js'
import { Container, run } from './containers.js'

const brokers = await sharedKafka()
const START_MS = 180_000

describe.skipIf(brokers === null)('every service in a container of the image, with nothing that it may', () => {
  const databases = new Map<string, TestDatabase>()
  const containers = new Map<string, Container>()
  const ports = new Map<string, number>()
  let smtp: SmtpTestServer
  const urlOf = (name: string) => `http://127.0.0.1:${ports.get(name)}`
  const probe = async (name: string, path: string) =>
    (await fetch(`${urlOf(name)}/health/${path}`).catch(() => null))?.status ?? 0

  /** Told with what the container said where it does not come to it. */
  const answers = async (name: string, path: string) => {
    const ask = async () => ({ status: await probe(name, path), said: containers.get(name)?.output })
    await eventually(ask, ({ status }) => status === 200, START_MS)
  }

  beforeAll(async () => {
    smtp = await startSmtpServer()
    for (const name of [...SERVICE_NAMES, 'gateway']) ports.set(name, await freePort())
    for (const name of SERVICE_NAMES) {
      databases.set(name, await createDatabase())
      const environment = {
        HOST: '127.0.0.1',
        PORT: String(ports.get(name)),
        DATABASE_URL: databases.get(name)?.url ?? '',
        MIGRATE: 'off',
        KAFKA_BROKERS: (brokers ?? []).join(','),
        PUBLIC_URL: urlOf('gateway'),
        SMTP_URL: smtp.url,
        MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
        REPRIEVE_ADMIN_EMAIL: ADMIN,
        REPRIEVE_ADMIN_PASSWORD: PASSWORD,
        LOG_LEVEL: 'warn',
      }
      containers.set(name, await Container.start([name], { network: true, environment }))
    }
    const environment = {
      HOST: '127.0.0.1',
      PORT: String(ports.get('gateway')),
      ...Object.fromEntries(SERVICE_NAMES.map((name) => [`${name.toUpperCase()}_URL`, urlOf(name)])),
    }
    containers.set('gateway', await Container.start(['gateway'], { network: true, environment }))
  }, START_MS)

  afterAll(async () => {
    await Promise.all([...containers.values()].map((container) => container.stop(1)))
    await smtp?.stop()
    await Promise.all([...databases.values()].map((database) => database.drop()))
  }, START_MS)

  it(
    'lives, but takes no requests, until its database was migrated',
    async () => {
      for (const name of SERVICE_NAMES) {
        await answers(name, 'startup')
        expect([name, await probe(name, 'live'), await probe(name, 'ready')]).toEqual([name, 200, 503])
      }
    },
    START_MS,
  )

  it(
    'works once one job has migrated all databases',
    async () => {
      const environment = Object.fromEntries(
        [...databases].map(([name, { url }]) => [`${name.toUpperCase()}_DATABASE_URL`, url]),
      )
      expect(await run(['migrate'], { network: true, environment })).toMatchObject({ code: 0 })
      for (const name of containers.keys()) {
        await answers(name, 'ready')
      }
      await eventually(
        async () => (await fetch(`${urlOf('gateway')}/readyz`)).json(),
        (found) => (found as { ready: boolean }).ready,
        START_MS,
      )
      expect(await containers.get('scope')?.exec('reprieve', 'health')).toEqual({ code: 0, output: '' })
    },
    START_MS,
  )

  mainJob(() => ({
    url: urlOf('gateway'),
    adminEmail: ADMIN,
    password: PASSWORD,
    mails: async () => smtp.mails().map(({ to, parsed }) => ({ to: to.join(), subject: parsed.subject ?? '' })),
  }))

  it(
    'stops in order when it is told to',
    async () => {
      for (const [name, container] of [...containers].reverse()) {
        containers.delete(name)
        expect([name, await container.stop(), container.output.includes('could not stop in time')]).toEqual([
          name,
          0,
          false,
        ])
      }
    },
    START_MS,
  )
})
