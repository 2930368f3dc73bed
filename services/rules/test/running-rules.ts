import 'reflect-metadata'
import { create, fromBinary, type MessageInitShape } from '@bufbuild/protobuf'
import { BUILT_IN_ROLES, generateSigningKey, signToken } from '@reprieve/auth'
import { systemClock } from '@reprieve/clock'
import { directory, rules } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { PeopleReplica } from '@reprieve/people'
import { type RunningService, startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import { createDatabase } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import type { RulesTables } from '../src/adapters/postgres/tables.js'
import { rulesService } from '../src/index.js'

export interface Reply {
  status: number
  headers: Headers
  // The tests say what they expect of it.
  // biome-ignore lint/suspicious/noExplicitAny: a body of any route
  body: any
}

export interface Person {
  id: string
  name: string
  token: string
}

export interface RunningRules {
  /** `api('PUT /rules/1', person, body, headers)` */
  api(request: string, as: Person | null, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  database: Database<RulesTables>
  /** As if the directory had told of it. */
  heard(subject: Subject, n?: number): Promise<void>
  person(name: string, role: string): Promise<Person>
  group(name: string, members: readonly Person[]): Promise<string>
  role(name: string, permissions: readonly string[]): Promise<void>
  /** Events published so far, oldest first: for `expect.poll`. */
  published: readonly rules.RuleEvent[]
  close(): Promise<void>
}

type Subject = NonNullable<MessageInitShape<typeof directory.DirectoryEventSchema>['subject']>

/** The rules service as it runs: real HTTP, PostgreSQL and carrier; the directory is played by the test. */
export async function runRules(): Promise<RunningRules> {
  const [own, messages] = await Promise.all([createDatabase(), createDatabase(messagingMigrations)])
  const carrier = await InProcessCarrier.open({ url: messages.url })
  const published: rules.RuleEvent[] = []
  let service: RunningService | undefined
  const close = async () => {
    await service?.close()
    await carrier.close()
    await Promise.all([own.drop(), messages.drop()])
  }
  try {
    const { url } = await start()
    const database = own.open<RulesTables>()
    const replica = new PeopleReplica(database as never, systemClock)
    const { key } = await generateSigningKey()
    const heard = async (subject: Subject, n = 1) =>
      await replica.apply(
        create(directory.DirectoryEventSchema, { subject, meta: { version: { incarnation: 1n, n: BigInt(n) } } }),
      )
    const role = async (name: string, permissions: readonly string[]) =>
      await heard({ case: 'role', value: { name, permissions: [...permissions] } })
    await heard({ case: 'signingKey', value: { kid: key.kid, publicJwk: JSON.stringify(key.publicJwk) } })
    for (const [name, permissions] of Object.entries(BUILT_IN_ROLES)) await role(name, permissions)
    return {
      database,
      heard,
      role,
      published,
      close,
      async api(request, as, body, headers = {}) {
        const [method = 'GET', path = '/'] = request.split(' ')
        const response = await fetch(`${url}${path}`, {
          method,
          headers: {
            ...(as === null ? {} : { authorization: `Bearer ${as.token}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        const text = await response.text()
        return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
      },
      async person(name, itsRole) {
        const id = uuidv7()
        await heard(userSubject({ id, name, role: itsRole }))
        const token = await signToken(key, {
          kind: 'session',
          tokenId: uuidv7(),
          userId: id,
          issuedAt: new Date(),
          expiresAt: new Date(Date.now() + 3_600_000),
          permissions: null,
        })
        return { id, name, token }
      },
      async group(name, members) {
        const id = uuidv7()
        await heard({ case: 'group', value: { id, name, memberIds: members.map((member) => member.id) } })
        return id
      },
    }
  } catch (error) {
    await close()
    throw error
  }

  async function start() {
    service = await startService(rulesService, {
      databaseUrl: own.url,
      carrier,
      logger: createLogger({ service: 'rules', level: 'silent' }),
      environment: {},
      checkAnswers: true,
    })
    await carrier.subscribe({
      group: 'test',
      topics: ['rules.v1'],
      handler: 'test',
      maxBatch: 100,
      async handle(batch) {
        published.push(...batch.map(({ value }) => fromBinary(rules.RuleEventSchema, value)))
      },
    })
    return service
  }
}

export const userSubject = (user: { id: string; name: string; role: string; active?: boolean }): Subject => ({
  case: 'user',
  value: { email: `${user.id}@example.com`, active: true, kind: directory.UserKind.PERSON, ...user },
})
