import 'reflect-metadata'
import { create } from '@bufbuild/protobuf'
import { ManualClock } from '@reprieve/clock'
import { approvals, directory, exceptions, notifications, scope } from '@reprieve/contracts'
import { ServiceUnderTest, type TestEventOf, type TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditTables } from '../src/adapters/postgres/tables.js'
import { auditService } from '../src/index.js'

describe('the journal', () => {
  let service: ServiceUnderTest
  let auditor: TestPerson
  let nobody: TestPerson
  const clock = new ManualClock(new Date('2026-03-01T12:00:00Z'))

  beforeAll(async () => {
    service = await ServiceUnderTest.start(auditService, { clock })
    await service.role('auditor', 'audit.read')
    auditor = await service.person('Ada', { role: 'auditor' })
    nobody = await service.person('Nob')
  })

  afterAll(async () => service?.close())

  const user = (id: string, changes: Partial<directory.User> = {}) => ({
    subject: {
      case: 'user' as const,
      value: {
        id,
        email: 'rita@x.example',
        name: 'Rita',
        role: 'developer',
        active: true,
        kind: directory.UserKind.PERSON,
        ...changes,
      },
    },
  })
  const exception = (id: string, transition: exceptions.Transition, changes: object = {}) => ({
    body: {
      case: 'change' as const,
      value: {
        transition,
        exception: {
          id,
          name: 'Old log4j',
          status: exceptions.Status.PENDING_APPROVAL,
          justification: 'x'.repeat(12_000),
          steps: [],
          ...changes,
        },
      },
    },
  })
  const entries = async (query: string) => (await auditor.get(`/audit?${query}`)).body
  const entriesOf = async (subject: string, count: number) => {
    await expect.poll(async () => (await entries(`subject=${subject}`)).items.length).toBe(count)
    return (await entries(`subject=${subject}&sort=at`)).items
  }

  it('says of each change who made which, and what was before it', async () => {
    const id = uuidv7()
    await service.publish('directory.v1', { subjectId: id, version: 1, body: user(id) })
    clock.advance(1_000)
    await service.publish('directory.v1', { subjectId: id, version: 2, body: user(id, { role: 'analyst' }) })
    clock.advance(1_000)
    await service.publish('directory.v1', {
      subjectId: id,
      version: 3,
      body: user(id, { role: 'analyst', active: false }),
    })
    const [made, moved, left] = await entriesOf(id, 3)
    expect(made).toMatchObject({ type: 'user.created', subject: { kind: 'user', id, name: 'Rita' }, actor: null })
    expect(made.details.changes).toContainEqual({ field: 'kind', from: null, to: 'person' })
    expect(moved).toMatchObject({
      type: 'user.changed',
      details: { changes: [{ field: 'role', from: 'developer', to: 'analyst' }] },
    })
    expect(left).toMatchObject({
      type: 'user.deactivated',
      details: { changes: [{ field: 'active', from: true, to: false }] },
    })
  })

  it('holds an event once, however often it comes, and nothing of a replay', async () => {
    const id = uuidv7()
    const event = {
      meta: {
        eventId: uuidv7(),
        subjectId: id,
        occurredAt: { seconds: 1_772_000_000n, nanos: 0 },
        version: { incarnation: 1n, n: 1n },
        actor: { userId: auditor.id, name: 'Ada' },
        replay: false,
      },
      ...exception(id, exceptions.Transition.SUBMITTED),
    }
    const again = event as unknown as TestEventOf<'exceptions.v1'>
    const encoded = exceptions.ExceptionsEventSchema
    const message = create(encoded, event as never)
    await service.publishAgain('exceptions.v1', message)
    await entriesOf(id, 1)
    await service.publishAgain('exceptions.v1', message)
    await service.publishAgain(
      'exceptions.v1',
      create(encoded, { ...again, meta: { ...event.meta, eventId: uuidv7(), replay: true } } as never),
    )
    const last = { ...event, meta: { ...event.meta, eventId: uuidv7(), version: { incarnation: 1n, n: 2n } } }
    await service.publishAgain(
      'exceptions.v1',
      create(encoded, {
        ...last,
        ...exception(id, exceptions.Transition.ACTIVATED, { status: exceptions.Status.ACTIVE }),
      } as never),
    )
    const found = await entriesOf(id, 2)
    expect(found.map(({ type }: { type: string }) => type).sort()).toEqual([
      'exception.activated',
      'exception.submitted',
    ])
    const activated = found.find(({ type }: { type: string }) => type === 'exception.activated')
    expect(activated).toMatchObject({
      actor: { id: auditor.id, name: 'Ada' },
      details: { changes: [{ field: 'status', from: 'pendingApproval', to: 'active' }] },
    })
    const submitted = found.find(({ type }: { type: string }) => type === 'exception.submitted')
    const { to } = submitted.details.changes.find(({ field }: { field: string }) => field === 'justification')
    expect(to).toContain('(12000 characters)')
  })

  it('shows an approval as a part of its exception', async () => {
    const id = uuidv7()
    await service.publish('exceptions.v1', {
      subjectId: id,
      version: 1,
      body: exception(id, exceptions.Transition.SUBMITTED),
    })
    await entriesOf(id, 1)
    await service.publish('approvals.v1', {
      subjectId: id,
      version: 1,
      body: {
        transition: approvals.Transition.STEP_APPROVED,
        approval: { exceptionId: id, status: approvals.Status.WAITING, currentStep: 1 },
      },
    })
    const found = await entriesOf(id, 2)
    expect(found.find(({ type }: { type: string }) => type === 'approval.stepApproved')).toMatchObject({
      subject: { kind: 'exception', id, name: 'Old log4j' },
    })
  })

  it('says who signed in from where, each time, and leaves what is known of the user as it was', async () => {
    const id = uuidv7()
    const activity = (kind: directory.ActivityKind, what: { network?: string; sessionId?: string } = {}) => ({
      subjectId: id,
      version: 1,
      body: { subject: { case: 'activity' as const, value: { kind, userId: id, userName: 'Rita', ...what } } },
    })
    const { SIGNED_IN, LOCKED_OUT } = directory.ActivityKind
    await service.publish('directory.v1', { subjectId: id, version: 1, body: user(id) })
    await entriesOf(id, 1)
    const from = { network: '203.0.113.9', sessionId: uuidv7() }
    await service.publish('directory.v1', activity(SIGNED_IN, from))
    await entriesOf(id, 2)
    await service.publish('directory.v1', activity(SIGNED_IN, from))
    await service.publish('directory.v1', activity(LOCKED_OUT))
    await entriesOf(id, 4)
    await service.publish('directory.v1', { subjectId: id, version: 2, body: user(id, { role: 'analyst' }) })
    const found = await entriesOf(id, 5)
    const ofType = (type: string) => found.filter((entry: { type: string }) => entry.type === type)
    expect(ofType('user.signedIn')).toHaveLength(2)
    expect(ofType('user.signedIn')[0]).toMatchObject({
      subject: { kind: 'user', id, name: 'Rita' },
      details: {
        changes: [
          { field: 'network', to: from.network },
          { field: 'sessionId', to: from.sessionId },
        ],
      },
    })
    expect(ofType('user.lockedOut')).toMatchObject([{ details: { changes: [] } }])
    expect(ofType('user.changed')).toMatchObject([
      { details: { changes: [{ field: 'role', from: 'developer', to: 'analyst' }] } },
    ])
  })

  it('says what came of a report, and what an operator changed', async () => {
    const id = uuidv7()
    const report = { id, scanner: 'grype', format: 'grype', uploadedBy: auditor.id }
    const { PROCESSING, DONE } = scope.ReportStatus
    const tell = async (version: number, value: object) =>
      service.publish('scope.v1', {
        subjectId: id,
        version,
        body: { subject: { case: 'report', value: { ...report, ...value } } },
      })
    await tell(1, { status: PROCESSING })
    await entriesOf(id, 1)
    await tell(2, { status: DONE, counts: { received: 3n, created: 3n } })
    const found = await entriesOf(id, 2)
    const done = found.find(({ type }: { type: string }) => type === 'report.done')
    expect(done).toMatchObject({ subject: { kind: 'report', id, name: 'grype' } })
    expect(done.details.changes).toEqual(
      expect.arrayContaining([
        { field: 'received', from: null, to: 3 },
        { field: 'status', from: 'processing', to: 'done' },
      ]),
    )
    await service.publish('notifications.v1', {
      subjectId: 'approved',
      version: 1,
      body: { mailTemplate: { kind: 'approved', edited: true, subject: 'Yes', text: 'Yes.', html: '<p>Yes.</p>' } },
    })
    const webhook = uuidv7()
    await service.publish('notifications.v1', {
      subjectId: webhook,
      version: 1,
      body: {
        webhook: {
          transition: notifications.WebhookTransition.SECRET_ROTATED,
          webhook: { id: webhook, name: 'Tickets', enabled: true },
        },
      },
    })
    expect(await entriesOf('approved', 1)).toMatchObject([{ type: 'mailTemplate.changed' }])
    expect(await entriesOf(webhook, 1)).toMatchObject([
      { type: 'webhook.secretRotated', subject: { kind: 'webhook', name: 'Tickets' } },
    ])
  })

  it('does not take note of heartbeats, counts and notices', async () => {
    const before = (await entries('limit=1')).count.value
    const id = uuidv7()
    await service.publish('exceptions.v1', {
      subjectId: id,
      version: 1,
      body: { body: { case: 'heartbeat', value: {} } },
    })
    await service.publish('scope.v1', {
      subjectId: id,
      version: 1,
      body: { subject: { case: 'reach', value: { exceptionId: id, instances: 3n } } },
    })
    await service.publish('notifications.v1', {
      subjectId: id,
      version: 1,
      body: { notice: { id, recipientId: id, kind: 'request_sent' } },
    })
    const mark = uuidv7()
    await service.publish('directory.v1', { subjectId: mark, version: 1, body: user(mark) })
    await entriesOf(mark, 1)
    expect((await entries('limit=1')).count.value).toBe(before + 1)
  })

  it('is filtered by who, what, which kind and when, and paged', async () => {
    const all = await entries('limit=200')
    expect(all.items.length).toBeGreaterThan(5)
    const ofAda = await entries(`actor=${auditor.id}`)
    expect(ofAda.items.map(({ type }: { type: string }) => type).sort()).toEqual([
      'exception.activated',
      'exception.submitted',
    ])
    const bySystem = await entries('actor=system&limit=200')
    expect(bySystem.count.value).toBe(all.count.value - 2)
    const created = await entries('type=user.created&type=user.deactivated')
    expect(new Set(created.items.map(({ type }: { type: string }) => type))).toEqual(
      new Set(['user.created', 'user.deactivated']),
    )
    const late = await entries('from=2026-03-01T12:00:01Z&to=2026-03-01T12:00:02Z')
    expect(late.items.map(({ type }: { type: string }) => type)).toEqual(['user.changed'])
    const paged: unknown[] = []
    for (let cursor = ''; ; ) {
      const page = await entries(`limit=2${cursor}`)
      paged.push(...page.items)
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(paged).toEqual(all.items)
  })

  it('is read with audit.read and by nobody else', async () => {
    expect((await nobody.get('/audit')).status).toBe(403)
    expect((await nobody.get('/audit/verification')).status).toBe(403)
  })

  it('is exported whole as CSV, in which no cell is a formula', async () => {
    const id = uuidv7()
    await service.publish('directory.v1', { subjectId: id, version: 1, body: user(id, { name: '=cmd|"x"' }) })
    await entriesOf(id, 1)
    const answer = await auditor.fetch('/audit', { headers: { accept: 'text/csv' } })
    const text = await answer.text()
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const lines = text.trimEnd().split('\r\n')
    expect(lines[0]?.startsWith('position,at,recordedAt,actorId')).toBe(true)
    expect(lines).toHaveLength(1 + (await entries('limit=1')).count.value)
    expect(text).toContain(`"'=cmd|""x"""`)
  })

  it('cannot be changed, emptied or thinned out, not even by the service’s own role', async () => {
    const { pool } = service.database.open<AuditTables>()
    for (const statement of [
      `UPDATE journal SET type = 'nothing'`,
      'DELETE FROM journal WHERE position = 1',
      'TRUNCATE journal',
    ]) {
      await expect(pool.query(statement)).rejects.toThrow('append-only')
    }
  })

  describe('verified', () => {
    const verification = async (query = '') => (await auditor.get(`/audit/verification${query}`)).body
    const tamper = async (statement: string) => {
      const { pool } = service.database.open<AuditTables>()
      await pool.query(`
        ALTER TABLE journal DISABLE TRIGGER ALL;
        ${statement};
        ALTER TABLE journal ENABLE TRIGGER ALL`)
    }

    it('is intact, in one go or in parts', async () => {
      const whole = await verification()
      expect(whole).toMatchObject({ intact: true, fault: null, next: null, startsAfter: 0 })
      expect(whole.checked).toBe(whole.head.position)
      let [after, checked] = [0, 0]
      for (;;) {
        const part = await verification(`?after=${after}&limit=2`)
        expect(part.intact).toBe(true)
        checked += part.checked
        if (part.next === null) break
        after = part.next
      }
      expect(checked).toBe(whole.checked)
    })

    it('shows an entry that was changed', async () => {
      await tamper(`CREATE TABLE kept AS SELECT * FROM journal WHERE position = 2;
                    UPDATE journal SET actor_name = 'Somebody else', actor_id = '1' WHERE position = 2`)
      expect(await verification()).toMatchObject({ intact: false, fault: { position: 2, what: 'changed' } })
      await tamper(`DELETE FROM journal WHERE position = 2; INSERT INTO journal SELECT * FROM kept`)
      expect((await verification()).intact).toBe(true)
    })

    it('shows one that was taken out, also the newest', async () => {
      const { head } = await verification()
      await tamper(`DELETE FROM journal WHERE position = 2`)
      expect(await verification()).toMatchObject({ intact: false, fault: { position: 2, what: 'missing' } })
      await tamper(`INSERT INTO journal SELECT * FROM kept;
                    CREATE TABLE newest AS SELECT * FROM journal WHERE position = ${head.position};
                    DELETE FROM journal WHERE position = ${head.position}`)
      expect(await verification()).toMatchObject({ intact: false, fault: { position: head.position, what: 'missing' } })
      await tamper('INSERT INTO journal SELECT * FROM newest')
      expect((await verification()).intact).toBe(true)
    })
  })
})

describe('the journal’s retention', () => {
  it('takes away whole days that are past, and what is left is still one chain', async () => {
    const clock = new ManualClock(new Date('2026-03-01T12:00:00Z'))
    const service = await ServiceUnderTest.start(auditService, {
      clock,
      environment: { AUDIT_RETENTION_DAYS: '30' },
    })
    try {
      await service.role('auditor', 'audit.read')
      const auditor = await service.person('Ada', { role: 'auditor' })
      const tell = async (name: string, version: number) => {
        await service.publish('directory.v1', {
          subjectId: name,
          version,
          body: { subject: { case: 'role', value: { name, permissions: [] } } },
        })
        await expect
          .poll(async () => (await auditor.get(`/audit?subject=${name}`)).body.items.length)
          .toBeGreaterThan(0)
      }
      await tell('first', 1)
      await tell('second', 1)
      clock.advance(31 * 86_400_000)
      await tell('third', 1)
      await service.restart()
      await expect.poll(async () => (await auditor.get('/audit')).body.count.value).toBe(1)
      await tell('fourth', 1)
      expect((await auditor.get('/audit/verification')).body).toMatchObject({
        intact: true,
        checked: 2,
        startsAfter: 2,
        head: { position: 4 },
      })
    } finally {
      await service.close()
    }
  })
})
