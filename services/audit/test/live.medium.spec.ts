import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { exceptions, scope } from '@reprieve/contracts'
import { Listener, ServiceUnderTest, type TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AuditTables } from '../src/adapters/postgres/tables.js'
import { auditService } from '../src/index.js'

describe('live updates', () => {
  let service: ServiceUnderTest
  let reader: TestPerson
  let requester: TestPerson
  let approver: TestPerson
  let bystander: TestPerson
  let manager: TestPerson
  const clock = new ManualClock(new Date('2026-03-01T12:00:00Z'))
  const listeners: Listener[] = []

  beforeAll(async () => {
    service = await ServiceUnderTest.start(auditService, { clock })
    await service.role('reader', 'exceptions.read')
    await service.role('manager', 'rules.manage')
    reader = await service.person('Rea', { role: 'reader' })
    manager = await service.person('Man', { role: 'manager' })
    requester = await service.person('Rita')
    approver = await service.person('Anna')
    bystander = await service.person('Bob')
  })
  afterEach(() => {
    for (const listener of listeners.splice(0)) listener.close()
  })
  afterAll(async () => service?.close())

  const listen = async (person: TestPerson, lastEventId: string | null = null) => {
    const listener = await Listener.open(`${service.url}/events`, person.token, { lastEventId })
    listeners.push(listener)
    return listener
  }
  let version = 0
  const tell = async (id: string, transition: exceptions.Transition, approvers: readonly TestPerson[] = [approver]) =>
    service.publish('exceptions.v1', {
      subjectId: id,
      version: ++version,
      body: {
        body: {
          case: 'change',
          value: {
            transition,
            exception: {
              id,
              name: 'Old log4j',
              requestedBy: { id: requester.id, name: requester.name },
              steps: approvers.map((person) => ({ approver: { id: person.id, name: person.name } })),
            },
          },
        },
      },
    })
  const { SUBMITTED, ACTIVATED, AMENDED } = exceptions.Transition
  const mark = async () => {
    const id = uuidv7()
    await tell(id, SUBMITTED)
    return id
  }

  it('of an exception are heard by who may read it, and by nobody else', async () => {
    const [all, asked, chosen, other] = await Promise.all(
      [reader, requester, approver, bystander].map((p) => listen(p)),
    )
    const id = uuidv7()
    await tell(id, SUBMITTED)
    await tell(id, ACTIVATED)
    for (const listener of [all, asked, chosen]) {
      await expect.poll(() => listener?.about(id)).toEqual(['exception.submitted', 'exception.activated'])
    }
    expect(other?.heard).toEqual([])
    expect(all?.heard[0]).toEqual({
      id: expect.stringMatching(/^\d+-\d+$/),
      event: 'message',
      type: 'exception.submitted',
      subject: { kind: 'exception', id },
    })
  })

  it('go to whoever holds a step now: to the new one after a hand-over, no longer to the old', async () => {
    const [before, after] = await Promise.all([listen(approver), listen(bystander)])
    const id = uuidv7()
    await tell(id, SUBMITTED)
    await expect.poll(() => before.about(id)).toHaveLength(1)
    await tell(id, AMENDED, [bystander])
    await tell(id, ACTIVATED, [bystander])
    await expect.poll(() => after.about(id)).toEqual(['exception.amended', 'exception.activated'])
    expect(before.about(id)).toEqual(['exception.submitted'])
  })

  it('of rules, queries, people, notices and tokens go to those whose affair they are', async () => {
    const [rules, all, own] = await Promise.all([listen(manager), listen(reader), listen(bystander)])
    const [rule, query, notice, token] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()]
    await service.publish('rules.v1', {
      subjectId: rule,
      version: 1,
      body: { rule: { id: rule, role: 'x', version: 1 } },
    })
    await service.publish('scope.v1', {
      subjectId: query,
      version: 1,
      body: { subject: { case: 'query', value: { id: query, version: 1 } } },
    })
    await service.publish('notifications.v1', {
      subjectId: bystander.id,
      version: 1,
      body: { notice: { id: notice, recipientId: bystander.id, kind: 'request_sent' } },
    })
    await service.publish('directory.v1', {
      subjectId: token,
      version: 1,
      body: {
        subject: {
          case: 'accessToken',
          value: { id: token, userId: bystander.id, expiresAt: { seconds: 4_000_000_000n } },
        },
      },
    })
    await expect.poll(() => rules.about(rule)).toEqual(['rule.created'])
    await expect.poll(() => own.heard.map(({ type }) => type).sort()).toEqual(['accessToken.made', 'notice.sent'])
    const last = await mark()
    await expect.poll(() => all.about(last)).toHaveLength(1)
    expect(all.heard).toHaveLength(1)
    expect(rules.heard.map(({ type }) => type)).toEqual(['rule.created'])
  })

  it('of a report that was taken in go to everyone who reads instances', async () => {
    await service.role('analyst', 'instances.read')
    const [analyst, other] = await Promise.all([
      listen(await service.person('Ana', { role: 'analyst' })),
      listen(bystander),
    ])
    const id = uuidv7()
    for (const [version, status] of [scope.ReportStatus.PROCESSING, scope.ReportStatus.DONE].entries()) {
      await service.publish('scope.v1', {
        subjectId: id,
        version: version + 1,
        body: { subject: { case: 'report', value: { id, scanner: 'grype', status, uploadedBy: uuidv7() } } },
      })
    }
    await expect.poll(() => analyst.about(id)).toEqual(['report.done'])
    expect(other.heard).toEqual([])
  })

  it('bring what was missed, once, to who comes back', async () => {
    const first = await listen(reader)
    await expect.poll(() => first.lastId).not.toBe('')
    const ids = [await mark()]
    await expect.poll(() => first.about(ids[0] ?? '')).toHaveLength(1)
    first.close()
    for (let n = 0; n < 20; n++) ids.push(await mark())
    const second = await listen(reader, first.lastId)
    const later = await mark()
    await expect.poll(() => second.heard.length).toBe(21)
    // Of different exceptions, and so of different partitions: in any order, but each once.
    expect(second.heard.map(({ subject }) => subject?.id).sort()).toEqual([...ids.slice(1), later].sort())
    // Even where nothing was heard, the place is known.
    const quiet = await listen(bystander)
    await expect.poll(() => quiet.lastId).toMatch(/^\d+-\d+$/)
    expect(Number(quiet.lastId.split('-')[1])).toBeGreaterThanOrEqual(Number(second.lastId.split('-')[1]))
  })

  it.each(['nonsense', '1-1', '', '-', '9'.repeat(400)])(
    'tell who comes with the place "%s" to load anew',
    async (place) => {
      const listener = await listen(reader, place)
      await expect.poll(() => listener.heard).toMatchObject([{ event: 'reset', type: 'reset', subject: null }])
      const id = await mark()
      await expect.poll(() => listener.about(id)).toHaveLength(1)
    },
  )

  it('tell to load anew where what was missed is kept no longer', async () => {
    const listener = await listen(reader)
    await expect.poll(() => listener.lastId).not.toBe('')
    listener.close()
    const watching = await listen(reader)
    const ids = [await mark(), await mark()]
    for (const id of ids) await expect.poll(() => watching.about(id)).toHaveLength(1)
    clock.advance(25 * 3_600_000)
    await service.restart()
    await expect
      .poll(async () => (await service.database.open<AuditTables>().pool.query('SELECT FROM live_event')).rowCount)
      .toBe(0)
    const back = await listen(reader, listener.lastId)
    await expect.poll(() => back.heard.map(({ event }) => event)).toEqual(['reset'])
    const next = await mark()
    await expect.poll(() => back.about(next)).toHaveLength(1)
    for (const id of ids) expect(back.about(id)).toEqual([])
  })

  it('end with a sign-out, a deactivation and a lost role as soon as these are known', async () => {
    const [leaving, shrinking] = [
      await service.person('Lea', { role: 'reader' }),
      await service.person('Shu', { role: 'reader' }),
    ]
    const [left, shrunk] = [await listen(leaving), await listen(shrinking)]
    await service.tellPerson(shrinking, { role: 'manager' })
    const id = await mark()
    const all = await listen(reader, left.lastId || null)
    await service.tellPerson(leaving, { role: 'reader', active: false })
    await expect.poll(() => left.ended, { timeout: 3_000 }).toBe(true)
    const later = await mark()
    await expect.poll(() => all.about(later)).toHaveLength(1)
    expect(shrunk.about(id)).toEqual([])
    expect(shrunk.about(later)).toEqual([])
    expect(shrunk.ended).toBe(false)
    expect((await leaving.fetch('/events')).status).toBe(401)
  })

  it('are bounded for each person', async () => {
    const eager = await service.person('Eve', { role: 'reader' })
    for (let n = 0; n < 10; n++) await listen(eager)
    const refused = await eager.get('/events')
    expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
    expect(refused.headers.get('retry-after')).toBe('5')
    listeners.splice(0).forEach((listener) => {
      listener.close()
    })
    await expect
      .poll(async () =>
        listen(eager).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
  })

  it('answer HEAD without a stream that nobody reads', async () => {
    const answer = await reader.fetch('/events', { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
  })

  it('drop a listener who does not read, and keep on telling the others', async () => {
    const other = await listen(reader)
    // A body that nobody reads: fetch takes no more of it than it has room for.
    const idle = await reader.fetch('/events')
    // Written straight into the list: a hundred thousand events by topics would take minutes.
    const { pool } = service.database.open<AuditTables>()
    const subject = uuidv7()
    for (let n = 0; n < 60; n++) {
      await pool.query(
        `WITH head AS (UPDATE journal_head SET live_position = live_position + 2000 RETURNING live_position)
         INSERT INTO live_event (position, at, recorded_at, type, subject_kind, subject_id)
         SELECT head.live_position - 2000 + n, now(), $1, 'exception.amended', 'exception', $2
         FROM head, generate_series(1, 2000) AS n`,
        [clock.now(), subject],
      )
    }
    await expect.poll(() => other.about(subject).length, { timeout: 30_000 }).toBe(120_000)
    await expect(idle.text()).rejects.toThrow('terminated')
  })

  it('end in order, and at once, when the service stops', async () => {
    const listener = await listen(reader)
    const id = await mark()
    await expect.poll(() => listener.about(id)).toHaveLength(1)
    const started = performance.now()
    await service.stop()
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(listener.ended).toBe(true)
    await service.restart()
    const back = await listen(reader, listener.lastId)
    const next = await mark()
    await expect.poll(() => back.about(next)).toHaveLength(1)
    expect(back.about(id)).toEqual([])
  })
})
