import 'reflect-metadata'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ManualClock } from '@reprieve/clock'
import { exceptions, tickets } from '@reprieve/contracts'
import type { TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApprovalTransition, ExceptionTransition, World } from './world.js'

const NOW = new Date('2026-03-10T09:30:00Z')
const DUE = '2026-04-30'

let world: World
const clock = new ManualClock(NOW)

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

interface Asked {
  exceptionId: string
  ticketId: string
  queryId: string
  reviewer: TestPerson
  evidenceIds: string[]
  doneAt: Date | null
}

let versions = 0
/** What `tickets` would publish: the ticket's newest request. */
async function tell(changes: Partial<Asked> = {}): Promise<Asked> {
  const { ray, ann, ben } = world.people
  const asked: Asked = {
    exceptionId: uuidv7(),
    ticketId: uuidv7(),
    queryId: uuidv7(),
    reviewer: ann,
    evidenceIds: [],
    doneAt: null,
    ...changes,
  }
  await world.service.publish('tickets.v1', {
    subjectId: asked.ticketId,
    version: ++versions,
    body: {
      subject: {
        case: 'ticket',
        value: {
          transition: tickets.Transition.EXCEPTION_REQUESTED,
          ticket: {
            id: asked.ticketId,
            title: 'Patch log4j',
            request: {
              exceptionId: asked.exceptionId,
              requestedBy: { id: ray.id, name: 'Ray' },
              requestedAt: timestampFromDate(NOW),
              name: 'Patch log4j',
              justification: 'The vendor has no fix.',
              useCase: 'fixUnavailable',
              evidenceLink: 'https://vendor.example/advisory',
              evidenceIds: asked.evidenceIds,
              proposedDueDate: DUE,
              query: { id: asked.queryId, name: 'Patch log4j', expression: 'kev', folder: '' },
              reviewer: { id: asked.reviewer.id, name: asked.reviewer.name },
              candidateIds: [ann.id, ben.id],
              ...(asked.doneAt === null ? {} : { ticketDoneAt: timestampFromDate(asked.doneAt) }),
            },
          },
        },
      },
    },
  })
  return asked
}

const status = (id: string, wanted: string) => world.until(id, (exception) => exception.status === wanted)
const approve = (id: string) =>
  world.approval(id, { transition: ApprovalTransition.APPROVED, by: world.people.ann, step: 0, reason: 'fine' })
const history = async (id: string) => (await world.people.max.get(`/exceptions/${id}/history`)).body.items

describe('a request from a ticket', () => {
  it('is an exception that defers, with one step for its reviewer and a managed copy of the query', async () => {
    const { ray, ann } = world.people
    const asked = await tell()
    const made = await status(asked.exceptionId, 'pendingApproval')
    expect(made).toMatchObject({
      id: asked.exceptionId,
      kind: 'ticket',
      effect: 'defer',
      name: 'Patch log4j',
      justification: 'The vendor has no fix.',
      useCase: 'fixUnavailable',
      riskAcknowledged: true,
      evidenceLink: 'https://vendor.example/advisory',
      query: { id: asked.queryId, name: 'Patch log4j', folder: 'Vulnerability Exception Queries', expression: 'kev' },
      expiration: { type: 'date', date: DUE },
      expiresAt: '2026-05-01T00:00:00.000Z',
      requestedBy: { id: ray.id, name: 'Ray' },
      requestedAt: NOW.toISOString(),
      rule: null,
      waitingFor: { id: ann.id, name: 'Ann' },
      approval: { type: 'reviewer', currentStep: 0, steps: [{ approver: { id: ann.id }, decision: null }] },
      ticketId: asked.ticketId,
    })
    const [event] = await world.told(asked.exceptionId, 1)
    expect(event?.body.value).toMatchObject({
      transition: ExceptionTransition.SUBMITTED,
      exception: {
        kind: exceptions.Kind.TICKET,
        effect: exceptions.Effect.DEFER,
        approvalType: exceptions.ApprovalType.REVIEWER,
        ticketId: asked.ticketId,
        steps: [{ candidateIds: [ann.id, world.people.ben.id] }],
      },
    })
    const filtered = async (query: string) => (await world.people.max.get(`/exceptions?${query}`)).body.items
    expect(await filtered(`ticketId=${asked.ticketId}`)).toMatchObject([{ id: asked.exceptionId }])
    expect(await filtered(`kind=query&ticketId=${asked.ticketId}`)).toEqual([])
    expect((await filtered('kind=ticket')).map(({ kind }: { kind: string }) => kind)).not.toContain('query')
  })

  it('is made once, however often its ticket tells of it', async () => {
    const asked = await tell()
    await status(asked.exceptionId, 'pendingApproval')
    for (let n = 0; n < 3; n++) await tell(asked)
    await approve(asked.exceptionId)
    await status(asked.exceptionId, 'active')
    await tell(asked)
    const after = await tell()
    await status(after.exceptionId, 'pendingApproval')
    expect((await history(asked.exceptionId)).map(({ type }: { type: string }) => type)).toEqual([
      'submitted',
      'activated',
    ])
  })

  it('has the files that its requester uploaded and no other request has', async () => {
    const { ray, rita } = world.people
    const upload = async (by: TestPerson): Promise<string> => {
      const data = new FormData()
      data.append('file', new Blob(['because']), 'why.txt')
      const answer = await by.fetch('/evidence', { method: 'POST', body: data })
      return ((await answer.json()) as { id: string }).id
    }
    const [own, others, used] = [await upload(ray), await upload(rita), await upload(ray)]
    await world.pending({ evidenceIds: [used] })
    const asked = await tell({ evidenceIds: [own, others, used, uuidv7()] })
    await status(asked.exceptionId, 'pendingApproval')
    const files = await world.people.max.get(`/exceptions/${asked.exceptionId}/evidence`)
    expect(files.body.items.map(({ id }: { id: string }) => id)).toEqual([own])
  })

  it('once approved is in force to the end of the proposed day, and expires then', async () => {
    const asked = await tell()
    await status(asked.exceptionId, 'pendingApproval')
    await approve(asked.exceptionId)
    expect(await status(asked.exceptionId, 'active')).toMatchObject({
      expiresAt: '2026-05-01T00:00:00.000Z',
      appliedSince: NOW.toISOString(),
    })
    clock.set(new Date('2026-05-01T00:00:00Z'))
    try {
      expect(await status(asked.exceptionId, 'expired')).toMatchObject({
        ended: { at: '2026-05-01T00:00:00.000Z', by: null },
      })
    } finally {
      clock.set(NOW)
    }
  })

  it('can be deactivated early by its reviewer alone', async () => {
    const { ray, ann, ben } = world.people
    const asked = await tell()
    await status(asked.exceptionId, 'pendingApproval')
    await approve(asked.exceptionId)
    await status(asked.exceptionId, 'active')
    const deactivate = (who: TestPerson) =>
      who.post(`/exceptions/${asked.exceptionId}/deactivate`, { reason: 'There is a fix now.' })
    for (const who of [ray, ben]) {
      expect(await deactivate(who)).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
    }
    expect(await deactivate(ann)).toMatchObject({ status: 200, body: { status: 'deactivated' } })
  })
})

describe('a ticket that is done', () => {
  it('deactivates the exception that is in force: the system does', async () => {
    const asked = await tell()
    await status(asked.exceptionId, 'pendingApproval')
    await approve(asked.exceptionId)
    await status(asked.exceptionId, 'active')
    await tell({ ...asked, doneAt: NOW })
    await tell({ ...asked, doneAt: NOW })
    expect(await status(asked.exceptionId, 'deactivated')).toMatchObject({
      ended: { at: NOW.toISOString(), by: null, reason: 'ticket done' },
    })
    expect((await history(asked.exceptionId)).at(-1)).toEqual({
      at: NOW.toISOString(),
      actor: null,
      type: 'deactivated',
      from: 'active',
      to: 'deactivated',
      reason: 'ticket done',
    })
  })

  it('ends at once what was approved before that was heard of', async () => {
    const asked = await tell({ doneAt: NOW })
    await status(asked.exceptionId, 'pendingApproval')
    await approve(asked.exceptionId)
    await status(asked.exceptionId, 'deactivated')
    expect((await history(asked.exceptionId)).map(({ type }: { type: string }) => type)).toEqual([
      'submitted',
      'activated',
      'deactivated',
    ])
  })

  it('leaves what waits to approvals, which withdraws it', async () => {
    const asked = await tell()
    await status(asked.exceptionId, 'pendingApproval')
    await tell({ ...asked, doneAt: NOW })
    await world.approval(asked.exceptionId, { transition: ApprovalTransition.WITHDRAWN, reason: 'ticket done' })
    expect(await status(asked.exceptionId, 'withdrawn')).toMatchObject({ ended: { by: null, reason: 'ticket done' } })
  })
})
