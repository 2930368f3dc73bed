import 'reflect-metadata'
import { fromBinary } from '@bufbuild/protobuf'
import { type Clock, ManualClock } from '@reprieve/clock'
import { directory } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { type RunningService, startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import { createDatabase } from '@reprieve/testing'
import type { DirectoryTables } from '../src/adapters/postgres/tables.js'
import { directoryService } from '../src/index.js'

export const ADMIN_EMAIL = 'admin@reprieve.example'
export const ADMIN_PASSWORD = 'a long enough phrase'

export interface Reply {
  status: number
  headers: Headers
  // The tests say what they expect of it.
  // biome-ignore lint/suspicious/noExplicitAny: a body of any route
  body: any
}

export interface Call {
  token?: string | undefined
  body?: unknown
  headers?: Record<string, string>
}

export type Api = (request: string, call?: Call) => Promise<Reply>

/** `api('PATCH /users/1', { token, body })` */
export const apiAt =
  (url: string): Api =>
  async (request, { token, body, headers = {} } = {}) => {
    const [method = 'GET', path = '/'] = request.split(' ')
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }

export interface RunningDirectory {
  api: Api
  clock: ManualClock
  database: Database<DirectoryTables>
  /** A second process of the same service. */
  startAnother(environment?: Record<string, string>): Promise<{ api: Api; close(): Promise<void> }>
  signIn(email?: string, password?: string): Promise<string>
  /** Events published so far, oldest first: for `expect.poll`. */
  published: readonly directory.DirectoryEvent[]
  close(): Promise<void>
}

/** The directory as it runs: real HTTP, PostgreSQL and carrier; the time stands still unless it is moved. */
export async function runDirectory(environment: Record<string, string> = {}): Promise<RunningDirectory> {
  const [own, messages] = await Promise.all([createDatabase(), createDatabase(messagingMigrations)])
  const clock = new ManualClock(new Date('2026-03-01T12:00:00Z'))
  const carrier = await InProcessCarrier.open({ url: messages.url })
  const logger = createLogger({ service: 'directory', level: 'silent' })
  const start = (extra: Record<string, string>): Promise<RunningService> =>
    startService(directoryService, {
      databaseUrl: own.url,
      carrier,
      logger,
      clock: clock as Clock,
      environment: {
        REPRIEVE_ADMIN_EMAIL: ADMIN_EMAIL,
        REPRIEVE_ADMIN_PASSWORD: ADMIN_PASSWORD,
        ...environment,
        ...extra,
      },
      checkAnswers: true,
    })
  const running: RunningService[] = []
  const published: directory.DirectoryEvent[] = []
  const drop = async () => {
    await Promise.all(running.map((service) => service.close()))
    await carrier.close()
    await Promise.all([own.drop(), messages.drop()])
  }
  try {
    const service = await start({})
    running.push(service)
    await carrier.subscribe({
      group: 'test',
      topics: ['directory.v1'],
      handler: 'test',
      maxBatch: 100,
      async handle(batch) {
        published.push(...batch.map(({ value }) => fromBinary(directory.DirectoryEventSchema, value)))
      },
    })
    const api = apiAt(service.url)
    return {
      api,
      clock,
      database: own.open<DirectoryTables>(),
      async startAnother(extra = {}) {
        const another = await start(extra)
        running.push(another)
        return {
          api: apiAt(another.url),
          async close() {
            running.splice(running.indexOf(another), 1)
            await another.close()
          },
        }
      },
      async signIn(email = ADMIN_EMAIL, password = ADMIN_PASSWORD) {
        const { status, body } = await api('POST /session', { body: { email, password } })
        if (status !== 200) throw new Error(`could not sign in: ${JSON.stringify(body)}`)
        return body.accessToken
      },
      published,
      close: drop,
    }
  } catch (error) {
    await drop()
    throw error
  }
}
