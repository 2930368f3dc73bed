import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { ManualClock } from '@reprieve/clock'
import { approvals, exceptions } from '@reprieve/contracts'
import { ServiceUnderTest, type TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { approvalsService } from '../src/index.js'

const { Status } = exceptions

export interface Asked {
  id?: string
  by?: TestPerson
  /** One a step. */
  approvers?: TestPerson[]
  /** By step: ids of users or groups. */
  candidates?: string[][]
  endsAt?: Date
  name?: string
  /** From a ticket: one step, with its reviewer. */
  fromTicket?: boolean
  requestedAt?: Date
}

/** The approvals service with a company around it: Ray requests, Ann, Ben and Cem approve, Max manages the rules. */
export class World {
  readonly service: ServiceUnderTest
  readonly clock: ManualClock
  readonly people: Record<'ray' | 'ann' | 'ben' | 'cem' | 'max' | 'zoe', TestPerson>
  readonly #asked = new Map<string, { exception: ReturnType<World['exceptionOf']>; version: number }>()

  #doneTickets = 0

  private constructor(service: ServiceUnderTest, clock: ManualClock, people: World['people']) {
    this.service = service
    this.clock = clock
    this.people = people
  }

  static async start(clock: ManualClock): Promise<World> {
    const service = await ServiceUnderTest.start(approvalsService, { clock })
    await service.role('manager', 'rules.manage', 'exceptions.read')
    const people = {
      ray: await service.person('Ray'),
      ann: await service.person('Ann'),
      ben: await service.person('Ben'),
      cem: await service.person('Cem'),
      max: await service.person('Max', { role: 'manager' }),
      zoe: await service.person('Zoe'),
    }
    return new World(service, clock, people)
  }

  close(): Promise<void> {
    return this.service.close()
  }

  exceptionOf(asked: Asked) {
    const { ray, ann, cem } = this.people
    const { by = ray, approvers = asked.fromTicket === true ? [ann] : [ann, cem], endsAt, name = 'Old log4j' } = asked
    return {
      id: asked.id ?? uuidv7(),
      name,
      status: Status.PENDING_APPROVAL,
      evidenceIds: [] as string[],
      requestedBy: { id: by.id, name: by.name },
      requestedAt: timestampFromDate(asked.requestedAt ?? this.clock.now()),
      approvalType: approvalTypeOf(asked, approvers),
      steps: approvers.map(({ id, name: approver }, index) => ({
        approver: { id, name: approver },
        candidateIds: asked.candidates?.[index] ?? [id],
      })),
      ...(endsAt === undefined ? {} : { expiresAt: timestampFromDate(endsAt) }),
    }
  }

  /** What `exceptions` tells when somebody asks. By default Ray does, and waits for Ann, then Cem. */
  async submit(asked: Asked = {}): Promise<string> {
    const exception = this.exceptionOf(asked)
    const { id } = exception
    this.#asked.set(id, { exception, version: 1 })
    await this.#tell(id, exceptions.Transition.SUBMITTED)
    return id
  }

  /** As `submit`, and waits until it has arrived. */
  async waiting(asked: Asked = {}): Promise<string> {
    const id = await this.submit(asked)
    await this.told(id, 1)
    return id
  }

  /** What `exceptions` tells later. */
  async becomes(id: string, status: exceptions.Status): Promise<void> {
    const known = this.#asked.get(id)
    if (known === undefined) throw new Error('ask first')
    known.exception.status = status
    await this.#amended(id, known)
  }

  /** Files that the requester adds. */
  async hasFiles(id: string, evidenceIds: string[]): Promise<void> {
    const known = this.#asked.get(id)
    if (known === undefined) throw new Error('ask first')
    known.exception.evidenceIds = evidenceIds
    await this.#amended(id, known)
  }

  async #amended(id: string, known: { version: number }): Promise<void> {
    known.version++
    await this.#tell(id, exceptions.Transition.AMENDED)
    const { db } = this.service.database.open<{ known_exception: { id: string; version: number } }>()
    for (;;) {
      const row = await db.selectFrom('known_exception').select('version').where('id', '=', id).executeTakeFirst()
      if (row?.version === known.version) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** What `tickets` tells of the ticket that it was asked from. */
  async ticketDone(exceptionId: string, at: Date = this.clock.now()): Promise<void> {
    const request = { exceptionId, ticketDoneAt: timestampFromDate(at) }
    await this.service.publish('tickets.v1', {
      subjectId: exceptionId,
      version: ++this.#doneTickets,
      body: { subject: { case: 'ticket', value: { ticket: { id: uuidv7(), request } } } },
    })
  }

  async reach(exceptionId: string, instances: number, version = 1): Promise<void> {
    const value = { exceptionId, instances: BigInt(instances) }
    await this.service.publish('scope.v1', {
      subjectId: exceptionId,
      version,
      body: { subject: { case: 'reach', value } },
    })
  }

  /** What was published of an approval, oldest first; waits for at least that many. */
  async told(id: string, atLeast: number): Promise<approvals.ApprovalEvent[]> {
    const events = () => this.service.published('approvals.v1').filter(({ meta }) => meta?.subjectId === id)
    for (let tries = 0; events().length < atLeast && tries < 500; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return events()
  }

  decide(who: TestPerson, id: string, decision: 'approve' | 'deny' = 'approve', more: Record<string, unknown> = {}) {
    const comment = decision === 'deny' ? { comment: 'Patch it.' } : {}
    return who.post(`/approvals/${id}/decision`, { decision, ...comment, ...more })
  }

  handOver(id: string, step: number, to: TestPerson, who: TestPerson = this.people.max) {
    return who.post(`/approvals/${id}/hand-over`, { step, toUserId: to.id, reason: 'on leave' })
  }

  async #tell(id: string, transition: exceptions.Transition): Promise<void> {
    const known = this.#asked.get(id)
    if (known === undefined) throw new Error('ask first')
    await this.service.publish('exceptions.v1', {
      subjectId: id,
      version: known.version,
      body: { body: { case: 'change', value: { transition, exception: known.exception } } },
    })
  }
}

function approvalTypeOf({ fromTicket }: Asked, approvers: readonly TestPerson[]): exceptions.ApprovalType {
  if (fromTicket === true) return exceptions.ApprovalType.REVIEWER
  return approvers.length === 0 ? exceptions.ApprovalType.AUTO_PILOT : exceptions.ApprovalType.APPROVERS
}

export const { Transition } = approvals
export const { Status: ExceptionStatus } = exceptions
