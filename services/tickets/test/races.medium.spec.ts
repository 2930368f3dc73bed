import { ManualClock } from '@reprieve/clock'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExceptionStatus, World } from './world.js'

const T0 = new Date('2026-03-10T09:00:00Z')
const SEEN = new Date('2026-03-01T12:00:00Z')
const ROUNDS = 8
const clock = new ManualClock(T0)
let world: World

beforeAll(async () => {
  world = await World.start(clock)
  await world.settings({ maxDeferralDays: 365 })
})
afterAll(() => world?.close())

interface Move {
  ticket_id: string
  n: number
  from: string | null
  to: string
  cause: string
}

const database = () => world.service.database.open<Record<string, Record<string, unknown>>>().db

async function movesOf(ticketId: string): Promise<Move[]> {
  const { rows } = await sql<Move>`
    SELECT ticket_id, n, from_date::text AS "from", to_date::text AS "to", cause FROM due_date_move
    WHERE ticket_id = ${ticketId} ORDER BY n`.execute(database())
  return rows
}

async function waiting(dueDate: string | null = world.day(10)) {
  const ticket = await world.ticket({ dueDate: dueDate ?? undefined })
  if (dueDate === null) {
    await world.count(ticket.id, 1, [{ severity: 'high', firstSeen: SEEN }])
    await world.until(ticket.id, (now) => now.dueDate !== null)
  }
  const { id } = await world.asked(ticket.id)
  return { ticketId: ticket.id as string, id: id as string }
}

const tellApproved = ({ id, ticketId }: { id: string; ticketId: string }, at = clock.now()) => {
  const reviewer = { id: world.people.ann.id, name: 'Ann' }
  return world.tell(id, ticketId, {
    status: ExceptionStatus.ACTIVE,
    reviewer,
    decision: { approved: true, by: reviewer, at },
    appliedSince: at,
  })
}

const rounds = Array.from({ length: ROUNDS }, (_, n) => n)
/** Now one first, now the other, now as they come. */
const both = async (round: number, a: () => Promise<unknown>, b: () => Promise<unknown>) => {
  const lead = (round % 3) * 4
  const after = (ms: number, work: () => Promise<unknown>) =>
    new Promise((resolve) => setTimeout(resolve, ms)).then(work)
  return Promise.all([after(lead, a), after(8 - lead, b)])
}

describe('a decision', () => {
  it.each(rounds)(
    'against an edit of the due date: the date is the proposed one, and back is where it was before (%i)',
    async (round) => {
      const asked = await waiting()
      const [, edit] = await both(
        round,
        () => tellApproved(asked),
        () => world.patch(asked.ticketId, { dueDate: world.day(12), reason: 'Sooner.' }),
      )
      const { status } = edit as { status: number }
      await world.until(asked.ticketId, ({ deferredBy }) => deferredBy === asked.id)
      expect((await world.read(asked.ticketId)).dueDate).toBe('2026-04-19')
      const causes = (await movesOf(asked.ticketId)).map(({ cause }) => cause)
      // Either it was quicker, or it was refused: by what is in force, or because it has read what is no more so.
      if (status === 200) expect(causes).toEqual(['opened', 'manager', 'approved'])
      else expect([status, causes]).toEqual([[409, 412].find((one) => one === status), ['opened', 'approved']])
    },
  )

  it.each(rounds)('against done: whoever was first in time decides, whoever is heard of first (%i)', async (round) => {
    const asked = await waiting()
    const at = new Date(clock.now().getTime() + (round % 2 === 0 ? -1_000 : 1_000))
    await both(
      round,
      () => tellApproved(asked, at),
      () => world.patch(asked.ticketId, { status: 'done' }),
    )
    await world.until(asked.ticketId, ({ exceptions }) => exceptions[0].status === 'active')
    let ticket = await world.read(asked.ticketId)
    // A stale If-Match is refused; then it is done after the decision.
    if (ticket.status === 'open') {
      await world.patch(asked.ticketId, { status: 'done' })
      ticket = await world.read(asked.ticketId)
      expect(ticket.dueDate).toBe('2026-04-19')
    } else if (round % 2 === 0) expect(ticket.dueDate).toBe('2026-04-19')
    expect(ticket).toMatchObject({ status: 'done', deferredBy: null, waitingRequest: null })
    const { rows } = await sql<{ done: Date | null }>`
      SELECT ticket_done_at AS done FROM ticket_request WHERE exception_id = ${asked.id}`.execute(database())
    expect(rows[0]?.done).not.toBeNull()
  })

  it.each(rounds)('against a new policy: the policy moves before it, or not at all (%i)', async (round) => {
    const asked = await waiting(null)
    const { max } = world.people
    const { body, headers } = await max.get('/settings/due-dates')
    const high = 20 + round
    await both(
      round,
      () => tellApproved(asked),
      () =>
        max.call(
          'PUT',
          '/settings/due-dates',
          { ...body, severity: { ...body.severity, high } },
          { 'if-match': headers.get('etag') ?? '' },
        ),
    )
    await world.until(asked.ticketId, ({ deferredBy }) => deferredBy === asked.id)
    // Another ticket that the policy has moved: it has been everywhere.
    const other = await world.ticket({ dueDate: undefined })
    await world.count(other.id, 1, [{ severity: 'high', firstSeen: SEEN }])
    await world.until(other.id, ({ dueDate }) => dueDate !== null)
    expect((await world.read(asked.ticketId)).dueDate).toBe('2026-04-19')
    const causes = (await movesOf(asked.ticketId)).map(({ cause }) => cause)
    expect([
      ['policy', 'approved'],
      ['policy', 'policy', 'approved'],
    ]).toContainEqual(causes)
  })
})

describe('over all that happened in these tests', () => {
  it('no due date has moved without a cause, and each is what its newest move says', async () => {
    const { rows: broken } = await sql`
      SELECT ticket.id FROM ticket
      LEFT JOIN LATERAL (
        SELECT n, to_date, cause FROM due_date_move WHERE ticket_id = ticket.id ORDER BY n DESC LIMIT 1) AS newest ON true
      WHERE (ticket.due_move, ticket.due_date, ticket.due_cause) IS DISTINCT FROM (newest.n, newest.to_date, newest.cause)`.execute(
      database(),
    )
    expect(broken).toEqual([])
    const { rows: moves } = await sql<Move>`
      SELECT ticket_id, n, from_date::text AS "from", to_date::text AS "to", cause FROM due_date_move
      ORDER BY ticket_id, n`.execute(database())
    expect(moves.length).toBeGreaterThan(ROUNDS * 4)
    for (const [, chain] of Map.groupBy(moves, ({ ticket_id }) => ticket_id)) {
      expect(chain.map(({ n }) => n)).toEqual(chain.map((_, index) => index + 1))
      expect(chain.map(({ from }) => from)).toEqual([null, ...chain.slice(0, -1).map(({ to }) => to)])
    }
  })

  it('every move was told, once and in its order, and whoever reads the topic has the same due dates', async () => {
    const { rows } = await sql<{ id: string; due: string | null }>`
      SELECT id, due_date::text AS due FROM ticket`.execute(database())
    for (const { id, due } of rows) {
      const moves = await movesOf(id)
      const told = await world.told(id, 1)
      expect(told.flatMap(({ dueDateMove }) => dueDateMove?.to ?? [])).toEqual(moves.map(({ to }) => to))
      expect(told.at(-1)?.ticket?.dueDate).toBe(due ?? '')
    }
  })

  it('all of it told again leaves everything as it is', async () => {
    const dump = async () =>
      (
        await sql`SELECT id, version, due_date::text, due_move, deferred_by, waiting_request FROM ticket ORDER BY id`.execute(
          database(),
        )
      ).rows
    const before = await dump()
    const database2 = world.service.database.open<{
      ticket_request: {
        exception_id: string
        ticket_id: string
        reviewer_id: string
        reviewer_name: string
        version: number
      }
    }>()
    const requests = await database2.db.selectFrom('ticket_request').selectAll().execute()
    for (const { exception_id, ticket_id, reviewer_id, reviewer_name, version } of requests) {
      const reviewer = { id: reviewer_id, name: reviewer_name }
      for (let n = 1; n <= version; n++) {
        await world.tell(exception_id, ticket_id, { status: ExceptionStatus.PENDING_APPROVAL, reviewer }, n)
      }
    }
    const last = await world.ticket()
    await world.asked(last.id)
    expect((await dump()).filter((row) => (row as { id: string }).id !== last.id)).toEqual(before)
  })
})

describe('the database itself', () => {
  const refused = (statement: ReturnType<typeof sql>) => expect(statement.execute(database())).rejects.toThrow()

  it('refuses a due date that moves without a move, a move that does not begin where the last one ended, and any change of history', async () => {
    const { id } = await world.ticket()
    await refused(sql`UPDATE ticket SET due_date = '2027-01-01' WHERE id = ${id}`)
    await refused(sql`UPDATE ticket SET due_date = NULL WHERE id = ${id}`)
    await refused(sql`UPDATE ticket SET due_move = 2, due_date = '2027-01-01' WHERE id = ${id}`)
    await refused(sql`UPDATE ticket SET original_due_date = '2027-01-01' WHERE id = ${id}`)
    await refused(sql`
      INSERT INTO due_date_move (ticket_id, n, from_date, to_date, at, cause, actor_id, actor_name)
      VALUES (${id}, 2, '2026-01-01', '2027-01-01', ${T0}, 'manager', ${id}, 'Max')`)
    await refused(sql`
      INSERT INTO due_date_move (ticket_id, n, from_date, to_date, at, cause, actor_id, actor_name)
      VALUES (${id}, 3, '2026-03-20', '2027-01-01', ${T0}, 'manager', ${id}, 'Max')`)
    await refused(sql`
      INSERT INTO due_date_move (ticket_id, n, from_date, to_date, at, cause)
      VALUES (${id}, 2, '2026-03-20', '2027-01-01', ${T0}, 'manager')`)
    await refused(sql`UPDATE due_date_move SET to_date = '2027-01-01' WHERE ticket_id = ${id}`)
    await refused(sql`DELETE FROM due_date_move WHERE ticket_id = ${id}`)
    await refused(sql`DELETE FROM ticket WHERE id = ${id}`)
    await refused(sql`UPDATE ticket_update SET text = '' WHERE ticket_id = ${id}`)
  })

  it('refuses a deferral over a date that is nobody’s decision, and a second request that waits', async () => {
    const { ticketId, id } = await waiting()
    await refused(sql`UPDATE ticket SET deferred_by = ${id} WHERE id = ${ticketId}`)
    await refused(sql`
      INSERT INTO ticket_request SELECT (jsonb_populate_record(r, jsonb_build_object(
        'exception_id', gen_random_uuid(), 'query_id', gen_random_uuid()))).* FROM ticket_request AS r
      WHERE exception_id = ${id}`)
  })
})
