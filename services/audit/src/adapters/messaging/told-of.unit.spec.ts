import { create } from '@bufbuild/protobuf'
import { approvals, directory, exceptions, notifications, scope, tickets } from '@reprieve/contracts'
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

  it('says of what somebody did whose it is and where, and of whose password nothing but that', () => {
    const tell = (value: object) =>
      TOLD_OF['directory.v1'](
        create(directory.DirectoryEventSchema, { meta, subject: { case: 'activity', value } }),
        delivery,
      )
    const { SIGNED_IN, LOCKED_OUT, PASSWORD_CHANGED } = directory.ActivityKind
    const [network, sessionId] = ['203.0.113.9', 'session-1']
    const rita = { userId: 'u', userName: 'Rita' }
    expect(tell({ kind: SIGNED_IN, ...rita, network, sessionId })).toMatchObject({
      kind: 'activity',
      id: 'u',
      name: 'Rita',
      verb: 'signedIn',
      state: { network, sessionId },
    })
    expect(tell({ kind: PASSWORD_CHANGED, ...rita })).toMatchObject({
      verb: 'passwordChanged',
      state: { network: '', sessionId: '' },
    })
    expect(tell({ kind: LOCKED_OUT, network })).toMatchObject({
      kind: 'network',
      id: network,
      verb: 'lockedOut',
      state: {},
    })
  })

  it('counts what came of a report in numbers, each of its own, and tells its owner', () => {
    const tell = (value: object) =>
      TOLD_OF['scope.v1'](create(scope.ScopeEventSchema, { meta, subject: { case: 'report', value } }), delivery)
    const report = { id: 'r', scanner: 'grype', format: 'grype', uploadedBy: 'u' }
    expect(tell({ ...report, status: scope.ReportStatus.PROCESSING })).toMatchObject({
      kind: 'report',
      id: 'r',
      name: 'grype',
      verb: 'received',
      ownerId: 'u',
      state: { format: 'grype', status: 'processing' },
    })
    const counts = { received: 3n, created: 2n, rejected: 1n }
    expect(tell({ ...report, status: scope.ReportStatus.DONE, counts })).toMatchObject({
      verb: 'done',
      state: { received: 3, created: 2, rejected: 1, merged: 0 },
    })
    expect(tell({ ...report, status: scope.ReportStatus.FAILED, failure: 'No JSON.' })).toMatchObject({
      verb: 'failed',
      state: { failure: 'No JSON.' },
    })
  })

  it('tells the parts of reconciliations, of taken feeds and of what operators change', () => {
    const ofScope = (value: object) =>
      TOLD_OF['scope.v1'](
        create(scope.ScopeEventSchema, { meta, subject: { case: 'reconciliation', value } }),
        delivery,
      )
    expect(ofScope({ id: 'c', cause: scope.ReconciliationCause.REQUEST })).toMatchObject({
      verb: 'started',
      state: { cause: 'request' },
    })
    expect(ofScope({ id: 'c', finishedAt: meta.occurredAt, missing: 4n })).toMatchObject({
      verb: 'done',
      state: { missing: 4 },
    })
    const ofFeeds = (value: object) =>
      TOLD_OF['scope.v1'](create(scope.ScopeEventSchema, { meta, subject: { case: 'feedTake', value } }), delivery)
    expect(ofFeeds({ id: 'f', feed: 'kev', cause: scope.FeedTakeCause.REQUEST })).toMatchObject({
      kind: 'feedTake',
      name: 'kev',
      verb: 'started',
      state: { cause: 'request' },
    })
    expect(ofFeeds({ id: 'f', feed: 'kev', finishedAt: meta.occurredAt, changed: 2n })).toMatchObject({
      verb: 'done',
      state: { changed: 2 },
    })
    expect(ofFeeds({ id: 'f', finishedAt: meta.occurredAt, failureCode: 'FEED_BROKEN' })).toMatchObject({
      verb: 'failed',
    })
    const ofOperators = (value: object) =>
      TOLD_OF['notifications.v1'](create(notifications.NoticeEventSchema, { meta, ...value }), delivery)
    const webhook = { id: 'w', name: 'Tickets', origin: 'https://x.example', eventTypes: ['exception.activated'] }
    const verbs = ['CREATED', 'CHANGED', 'DISABLED', 'SECRET_ROTATED', 'DELETED'] as const
    expect(
      verbs.map((verb) => {
        const transition = notifications.WebhookTransition[verb]
        const told = ofOperators({ webhook: { transition, webhook } })
        return `${told?.kind}.${told?.verb} ${told?.name}`
      }),
    ).toEqual(['created', 'changed', 'disabled', 'secretRotated', 'deleted'].map((verb) => `webhook.${verb} Tickets`))
    expect(ofOperators({ mailTemplate: { kind: 'approved', edited: true, subject: 'Yes' } })).toMatchObject({
      kind: 'mailTemplate',
      id: 'approved',
      verb: 'changed',
      state: { subject: 'Yes' },
    })
    expect(ofOperators({ mailTemplate: { kind: 'approved' } })?.verb).toBe('reset')
    expect(ofOperators({ webhookHosts: { hosts: ['10.0.0.1'] } })).toMatchObject({
      kind: 'webhookHosts',
      verb: 'changed',
      state: { hosts: ['10.0.0.1'] },
    })
    expect(ofOperators({})).toBeNull()
  })

  it('tells why a due date moved beside the ticket, and settings as they are', () => {
    const ofTickets = (subject: object) =>
      TOLD_OF['tickets.v1'](create(tickets.TicketsEventSchema, { meta, subject } as never), delivery)
    const value = {
      transition: tickets.Transition.DUE_DATE_MOVED,
      ticket: { id: 't', title: 'Patch it', owner: { id: 'o', name: 'Ola' }, dueDate: '2026-04-01' },
      dueDateMove: { from: '2026-03-01', to: '2026-04-01', cause: tickets.DueDateCause.MANAGER, reason: 'Later.' },
    }
    expect(ofTickets({ case: 'ticket', value })).toMatchObject({
      kind: 'ticket',
      id: 't',
      name: 'Patch it',
      verb: 'dueDateMoved',
      ownerId: 'o',
      state: { dueDate: '2026-04-01', dueDateMove: { from: '2026-03-01', cause: 'manager', reason: 'Later.' } },
    })
    expect(ofTickets({ case: 'groupingRule', value: { id: 'g', name: 'By asset' } })).toMatchObject({
      kind: 'groupingRule',
      id: 'g',
      state: { enabled: false },
    })
    expect(ofTickets({ case: 'settings', value: { name: 'dueDates', version: 3, json: '{"kev":14}' } })).toMatchObject({
      kind: 'ticketSettings',
      id: 'dueDates',
      verb: 'changed',
      state: { kev: 14 },
    })
    expect(() => ofTickets({ case: 'settings', value: { json: '{' } })).toThrow('no JSON')
  })

  it('is none for a heartbeat or a subject of a newer owner, and poison without its envelope', () => {
    const heartbeat = create(exceptions.ExceptionsEventSchema, { meta, body: { case: 'heartbeat', value: {} } })
    expect(TOLD_OF['exceptions.v1'](heartbeat, delivery)).toBeNull()
    expect(TOLD_OF['directory.v1'](create(directory.DirectoryEventSchema, { meta }), delivery)).toBeNull()
    const bare = create(approvals.ApprovalEventSchema, { approval: { exceptionId: 'e' } })
    expect(() => TOLD_OF['approvals.v1'](bare, delivery)).toThrow('meta.event_id')
  })
})
