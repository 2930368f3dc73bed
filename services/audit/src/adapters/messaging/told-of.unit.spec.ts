import { create } from '@bufbuild/protobuf'
import { approvals, directory, exceptions } from '@reprieve/contracts'
import type { Delivery } from '@reprieve/messaging'
import { describe, expect, it } from 'vitest'
import { TOLD_OF } from './told-of.js'

const TRACE = 'ab'.repeat(16)
const delivery = { headers: { traceparent: `00-${TRACE}-${'cd'.repeat(8)}-01` } } as unknown as Delivery
const meta = {
  eventId: '0190b6a2-0000-7000-8000-000000000001',
  subjectId: 's',
  occurredAt: { seconds: 1_772_366_400n, nanos: 0 },
  version: { incarnation: 5n, n: 3n },
}

describe('an event, in the journal’s terms', () => {
  it('keeps who, when and in which trace, and says states in the words of the API', () => {
    const event = create(exceptions.ExceptionsEventSchema, {
      meta: { ...meta, actor: { userId: 'u', name: 'Rita' } },
      body: {
        case: 'change',
        value: {
          transition: exceptions.Transition.ACTIVATED,
          exception: {
            id: 'e',
            name: 'Old log4j',
            status: exceptions.Status.PENDING_APPROVAL,
            steps: [{ approver: { id: 'a', name: 'Anna' }, decision: exceptions.Decision.APPROVED }],
          },
        },
      },
    })
    expect(TOLD_OF['exceptions.v1'](event, delivery)).toMatchObject({
      eventId: meta.eventId,
      at: new Date(1_772_366_400_000),
      actor: { id: 'u', name: 'Rita' },
      kind: 'exception',
      id: 'e',
      name: 'Old log4j',
      verb: 'activated',
      version: { incarnation: 5, n: 3 },
      state: { status: 'pendingApproval', steps: [{ approver: { id: 'a' }, decision: 'approved' }] },
      traceId: TRACE,
      replay: false,
    })
  })

  it('says what is false or empty, too: a deactivation is a change to see', () => {
    const event = create(directory.DirectoryEventSchema, {
      meta,
      subject: { case: 'user', value: { id: 'u', name: 'Rita', active: false } },
    })
    expect(TOLD_OF['directory.v1'](event, { headers: {} } as unknown as Delivery)).toMatchObject({
      actor: null,
      state: { active: false, role: '' },
      traceId: null,
    })
  })

  it('tells sessions from access tokens, and their end from their making', () => {
    const verbs = [
      { session: false },
      { session: false, revokedAt: meta.occurredAt },
      { session: true, revokedAt: meta.occurredAt },
    ].map((value) => {
      const event = create(directory.DirectoryEventSchema, {
        meta,
        subject: { case: 'accessToken', value: { id: 't', userId: 'u', ...value } },
      })
      const told = TOLD_OF['directory.v1'](event, delivery)
      return `${told?.kind}.${told?.verb} of ${told?.ownerId}`
    })
    expect(verbs).toEqual(['accessToken.made of u', 'accessToken.revoked of u', 'session.ended of u'])
  })

  it('is none for a heartbeat or a subject of a newer owner, and poison without its envelope', () => {
    const heartbeat = create(exceptions.ExceptionsEventSchema, { meta, body: { case: 'heartbeat', value: {} } })
    expect(TOLD_OF['exceptions.v1'](heartbeat, delivery)).toBeNull()
    expect(TOLD_OF['directory.v1'](create(directory.DirectoryEventSchema, { meta }), delivery)).toBeNull()
    const bare = create(approvals.ApprovalEventSchema, { approval: { exceptionId: 'e' } })
    expect(() => TOLD_OF['approvals.v1'](bare, delivery)).toThrow('meta.event_id')
  })
})
