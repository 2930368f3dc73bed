import { setTimeout as sleep } from 'node:timers/promises'
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { generateSigningKey, signToken } from '@reprieve/auth'
import { type Clock, systemClock } from '@reprieve/clock'
import { approvals, directory, exceptions, TOPICS, type TopicName } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { type RunningService, startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import { createDatabase, type SmtpTestServer, startSmtpServer, type TestDatabase } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import type { NotificationsTables } from '../src/adapters/postgres/tables.js'
import { notificationsService } from '../src/index.js'

export const RITA = { id: '0190b6a2-0000-7000-8000-000000000001', name: 'Rita Requester' }
export const ANNA = { id: '0190b6a2-0000-7000-8000-000000000002', name: 'Anna First' }
export const BEN = { id: '0190b6a2-0000-7000-8000-000000000003', name: 'Ben Second' }
export const CLEO = { id: '0190b6a2-0000-7000-8000-000000000004', name: 'Cleo Third' }
/** Whose role may manage the installation. */
export const OLGA = { id: '0190b6a2-0000-7000-8000-000000000005', name: 'Olga Operator' }
const PEOPLE = [RITA, ANNA, BEN, CLEO, OLGA]

export const addressOf = ({ name }: { name: string }): string => `${name.split(' ')[0]?.toLowerCase()}@x.example`

type Body<T extends TopicName> = MessageInitShape<(typeof TOPICS)[T]['message']>

/** The service as it runs, on real PostgreSQL, with a real mail server, and events by the in-process carrier. */
export class Harness {
  readonly smtp: SmtpTestServer
  readonly own: TestDatabase
  readonly #messages: TestDatabase
  readonly carrier: InProcessCarrier
  readonly lines: string[] = []
  /** Of every process that is started from now on. */
  clock: Clock = systemClock
  #opened: Database<NotificationsTables> | null = null
  readonly #services: RunningService[] = []
  readonly #key: Awaited<ReturnType<typeof generateSigningKey>>['key']

  private constructor(
    smtp: SmtpTestServer,
    own: TestDatabase,
    messages: TestDatabase,
    carrier: InProcessCarrier,
    key: Awaited<ReturnType<typeof generateSigningKey>>['key'],
  ) {
    this.smtp = smtp
    this.own = own
    this.#messages = messages
    this.carrier = carrier
    this.#key = key
  }

  static async open(): Promise<Harness> {
    const [smtp, own, messages] = await Promise.all([
      startSmtpServer(),
      createDatabase(),
      createDatabase(messagingMigrations),
    ])
    const carrier = await InProcessCarrier.open({ url: messages.url })
    const { key } = await generateSigningKey()
    return new Harness(smtp, own, messages, carrier, key)
  }

  async start(
    environment: Record<string, string> = {},
    carrier = this.carrier,
    clock: Clock = this.clock,
  ): Promise<RunningService> {
    const service = await startService(notificationsService, {
      databaseUrl: this.own.url,
      carrier,
      clock,
      logger: createLogger({
        service: 'notifications',
        level: 'info',
        destination: { write: (line) => void this.lines.push(line) },
      }),
      environment: {
        SMTP_URL: this.smtp.url,
        MAIL_FROM: 'Reprieve <reprieve@mail.example>',
        PUBLIC_URL: 'https://reprieve.example/',
        ...environment,
      },
      checkAnswers: true,
    })
    this.#services.push(service)
    return service
  }

  async stop(service: RunningService): Promise<void> {
    this.#services.splice(this.#services.indexOf(service), 1)
    await service.close()
  }

  async close(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.close()))
    await this.carrier.close()
    await this.smtp.stop()
    await Promise.all([this.own.drop(), this.#messages.drop()])
  }

  db() {
    this.#opened ??= this.own.open<NotificationsTables>()
    return this.#opened.db
  }

  async publish<T extends TopicName>(topic: T, key: string, body: Body<T>, headers: Record<string, string> = {}) {
    const schema = TOPICS[topic].message
    const value = toBinary(schema, create(schema, body as MessageInitShape<typeof schema>))
    await this.carrier.publish([{ topic, key, value, headers }])
  }

  /** Tells of the people, and of the key that `token` signs with. */
  async tellOfPeople(changes: Record<string, { name?: string; active?: boolean; email?: string }> = {}): Promise<void> {
    await this.publish('directory.v1', 'member', {
      meta: meta(uuidv7(), 1),
      subject: { case: 'role', value: { name: 'member', permissions: [] } },
    })
    await this.publish('directory.v1', 'operator', {
      meta: meta(uuidv7(), 1),
      subject: { case: 'role', value: { name: 'operator', permissions: ['operations.manage'] } },
    })
    await this.publish('directory.v1', this.#key.kid, {
      meta: meta(uuidv7(), 1),
      subject: {
        case: 'signingKey',
        value: { kid: this.#key.kid, publicJwk: JSON.stringify(this.#key.publicJwk) },
      },
    })
    for (const person of PEOPLE) await this.tellOf(person, changes[person.id])
  }

  async tellOf(
    person: { id: string; name: string },
    { name = person.name, active = true, email = addressOf(person) } = {},
    version = 1,
  ): Promise<void> {
    await this.publish('directory.v1', person.id, {
      meta: meta(person.id, version),
      subject: {
        case: 'user',
        value: {
          id: person.id,
          name,
          email,
          active,
          role: person.id === OLGA.id ? 'operator' : 'member',
          kind: directory.UserKind.PERSON,
        },
      },
    })
  }

  /** Resolves when all that was told of these exceptions has been taken in, and every mail of it is sent or never will be. */
  async settle(...stories: ExceptionStory[]): Promise<void> {
    const db = this.db()
    for (const story of stories) await story.mark()
    await until(async () => {
      for (const { id, versions } of stories) {
        const exception = await db.selectFrom('exception').select('version').where('id', '=', id).executeTakeFirst()
        const approval = await db
          .selectFrom('approval')
          .select('version')
          .where('exception_id', '=', id)
          .executeTakeFirst()
        if ((exception?.version ?? 0) < versions.exception || (approval?.version ?? 0) < versions.approval) return false
      }
      const pending = db
        .selectFrom('mail')
        .select('id')
        .where('status', 'in', ['waiting', 'sending'])
        .where((mail) => mail.or([mail('digest', '=', false), mail('queued', '=', true)]))
      return (await pending.executeTakeFirst()) === undefined
    })
  }

  async token({ id }: { id: string }): Promise<string> {
    return signToken(this.#key, {
      kind: 'session',
      tokenId: uuidv7(),
      userId: id,
      issuedAt: this.clock.now(),
      expiresAt: new Date(this.clock.now().getTime() + 365 * 86_400_000),
      permissions: null,
    })
  }
}

/** Calls a service as somebody. */
export async function call(
  harness: Harness,
  service: RunningService,
  who: { id: string },
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Called> {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await harness.token(who)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: text === '' ? null : JSON.parse(text),
  }
}

export interface Called {
  status: number
  etag: string
  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what a test is about
  body: any
}

export const until = async (condition: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> => {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not happen in time')
    await sleep(20)
  }
}

export const meta = (
  subjectId: string,
  n: number,
  more: { at?: Date; writtenAt?: Date; replay?: boolean; actor?: { id: string; name: string } } = {},
) => ({
  eventId: uuidv7(more.writtenAt === undefined ? {} : { msecs: more.writtenAt.getTime() }),
  occurredAt: timestampFromDate(more.at ?? new Date()),
  subjectId,
  version: { incarnation: 1n, n: BigInt(n) },
  replay: more.replay ?? false,
  ...(more.actor === undefined ? {} : { actor: { userId: more.actor.id, name: more.actor.name } }),
})

const STATUS: Readonly<Partial<Record<keyof typeof exceptions.Transition, exceptions.Status>>> = {
  SUBMITTED: exceptions.Status.PENDING_APPROVAL,
  ACTIVATED: exceptions.Status.ACTIVE,
  DENIED: exceptions.Status.DENIED,
  EXPIRED: exceptions.Status.EXPIRED,
  DEACTIVATED: exceptions.Status.DEACTIVATED,
  WITHDRAWN: exceptions.Status.WITHDRAWN,
  LAPSED: exceptions.Status.EXPIRED,
}

type ActMade = {
  type: keyof typeof approvals.Transition
  by?: typeof RITA
  step?: number
  to?: typeof RITA
  reason?: string
  at?: Date
}

/** One exception's events, as its owners would publish them. */
export class ExceptionStory {
  readonly id = uuidv7()
  readonly #harness: Harness
  readonly #name: string
  readonly #approvers: Array<typeof RITA>
  readonly #acts: ActMade[] = []
  #currentStep = 0
  #status = approvals.Status.WAITING
  #version = 0
  #opened = false
  #exceptionStatus = exceptions.Status.UNSPECIFIED
  #expiresAt: Date | null = null
  #appliedSince: Date | null = null

  constructor(harness: Harness, approvers: Array<typeof RITA>, name = 'Old TLS on the mainframe') {
    this.#harness = harness
    this.#approvers = [...approvers]
    this.#name = name
  }

  /** A change of the exception itself. */
  async tell(
    transition: keyof typeof exceptions.Transition,
    more: {
      at?: Date
      writtenAt?: Date
      replay?: boolean
      actor?: typeof RITA
      reason?: string
      headers?: Record<string, string>
      version?: number
      expiresAt?: Date
    } = {},
  ): Promise<void> {
    const version = more.version ?? this.#version + 1
    this.#version = Math.max(version, this.#version)
    const at = more.at ?? new Date()
    this.#exceptionStatus = STATUS[transition] ?? this.#exceptionStatus
    this.#expiresAt = more.expiresAt ?? this.#expiresAt
    if (transition === 'ACTIVATED') this.#appliedSince = at
    const ended = ['DENIED', 'EXPIRED', 'DEACTIVATED', 'WITHDRAWN', 'LAPSED'].includes(transition)
    const body: Body<'exceptions.v1'> = {
      meta: meta(this.id, version, more),
      body: {
        case: 'change',
        value: {
          transition: exceptions.Transition[transition],
          exception: {
            id: this.id,
            kind: exceptions.Kind.QUERY,
            name: this.#name,
            justification: 'Replaced in spring.',
            approvalType:
              this.#approvers.length === 0 ? exceptions.ApprovalType.AUTO_PILOT : exceptions.ApprovalType.APPROVERS,
            requestedBy: RITA,
            requestedAt: timestampFromDate(at),
            expiration: { end: { case: 'days', value: 30 } },
            status: this.#exceptionStatus,
            ...(this.#appliedSince === null ? {} : { appliedSince: timestampFromDate(this.#appliedSince) }),
            ...(this.#expiresAt === null ? {} : { expiresAt: timestampFromDate(this.#expiresAt) }),
            steps: this.#approvers.map((approver) => ({ approver })),
            ...(ended
              ? {
                  ended: {
                    at: timestampFromDate(at),
                    reason: more.reason ?? '',
                    ...(more.actor === undefined ? {} : { by: more.actor }),
                  },
                }
              : {}),
          },
        },
      },
    }
    await this.#harness.publish('exceptions.v1', this.id, body, more.headers)
  }

  async open(more: { replay?: boolean; at?: Date; headers?: Record<string, string> } = {}): Promise<void> {
    await this.#tellApproval('OPENED', more)
  }

  async act(act: ActMade, more: { replay?: boolean; headers?: Record<string, string> } = {}): Promise<void> {
    this.#acts.push(act)
    if (act.type === 'STEP_APPROVED' || act.type === 'APPROVED') this.#currentStep++
    if (act.type === 'APPROVED') this.#status = approvals.Status.APPROVED
    if (act.type === 'DENIED') this.#status = approvals.Status.DENIED
    if (act.type === 'WITHDRAWN') this.#status = approvals.Status.WITHDRAWN
    if (act.type === 'LAPSED') this.#status = approvals.Status.LAPSED
    if (act.type === 'HANDED_OVER' && act.to !== undefined && act.step !== undefined) this.#approvers[act.step] = act.to
    await this.#tellApproval(act.type, more)
  }

  /** Tells something that nobody is told of, on each topic that has told of this: what came before it on the same key is done when it is. */
  async mark(): Promise<void> {
    if (this.#version > 0) await this.tell('AMENDED')
    if (this.#opened) await this.act({ type: 'UNSPECIFIED' })
  }

  get versions(): { exception: number; approval: number } {
    return { exception: this.#version, approval: this.#opened ? this.#acts.length + 1 : 0 }
  }

  /** The newest version again. */
  async again(more: { replay?: boolean } = {}): Promise<void> {
    await this.#tellApproval(this.#acts.at(-1)?.type ?? 'OPENED', more)
  }

  async #tellApproval(
    transition: keyof typeof approvals.Transition,
    more: { replay?: boolean; at?: Date; headers?: Record<string, string> },
  ): Promise<void> {
    this.#opened = true
    const body: Body<'approvals.v1'> = {
      meta: meta(this.id, this.#acts.length + 1, more),
      transition: approvals.Transition[transition],
      approval: {
        exceptionId: this.id,
        status: this.#status,
        steps: this.#approvers.map((approver) => ({ approver })),
        currentStep: this.#currentStep,
        acts: this.#acts.map(({ type, at = new Date(), by, step, to, reason = '' }) => ({
          transition: approvals.Transition[type],
          at: timestampFromDate(at),
          reason,
          ...(by === undefined ? {} : { by }),
          ...(step === undefined ? {} : { step }),
          ...(to === undefined ? {} : { to }),
        })),
      },
    }
    await this.#harness.publish('approvals.v1', this.id, body, more.headers)
  }
}
