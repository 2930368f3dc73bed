import 'reflect-metadata'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeactivateException } from '../src/application/deactivate-exception.js'
import { ANN, openStore, principal, RAY, type Store, T0 } from './store.js'

let store: Store
let pending: string
let active: string
let deactivated: string

beforeAll(async () => {
  store = await openStore()
  pending = await store.add()
  active = await store.add({ steps: [], expiration: { type: 'days', days: 2 } })
  deactivated = await store.add({ steps: [] })
  const deactivation = new DeactivateException(store.exceptions, { now: () => T0 })
  await store.database.transaction((tx) => deactivation.deactivate(tx, deactivated, principal(RAY), 'done'))
})
afterAll(() => store?.own.drop())

/** By a constraint or a trigger (SQLSTATE class 23), whatever the code does, by mistake or by a hand at the console. */
const refused = (statement: string, ...ids: string[]) =>
  expect(store.database.pool.query(statement, ids), statement).rejects.toMatchObject({
    code: expect.stringMatching(/^23/),
  })

describe('the database itself refuses', () => {
  it('to leave a final status, or to go where the life cycle does not', async () => {
    for (const status of ['pendingApproval', 'active', 'expired']) {
      await refused(
        `UPDATE exception SET status = '${status}', version = version + 1, ended_at = NULL, ended_by_id = NULL,
        ended_by_name = NULL, ended_reason = NULL WHERE id = $1`,
        deactivated,
      )
    }
    await refused(
      `UPDATE exception SET status = 'withdrawn', version = version + 1, ended_at = requested_at, applied_since = NULL,
      expires_at = NULL WHERE id = $1`,
      active,
    )
  })

  it('a status that does not fit its times and people', async () => {
    await refused(`UPDATE exception SET applied_since = NULL WHERE id = $1`, active)
    await refused(`UPDATE exception SET ended_at = now() WHERE id = $1`, active)
    await refused(`UPDATE exception SET status = 'deactivated', version = version + 1 WHERE id = $1`, active)
    await refused(`UPDATE exception SET expires_at = applied_since WHERE id = $1`, active)
    await refused(`UPDATE exception SET waiting_for_id = NULL, waiting_for_name = NULL WHERE id = $1`, pending)
    await refused(`UPDATE exception SET current_step = 2 WHERE id = $1`, pending)
    await refused(
      `UPDATE exception SET status = 'active', version = version + 1, applied_since = now(), waiting_for_id = NULL,
      waiting_for_name = NULL WHERE id = $1`,
      pending,
    )
    await refused(
      `UPDATE exception SET status = 'expired', version = version + 1, ended_at = expires_at + interval '1 second'
      WHERE id = $1`,
      active,
    )
  })

  it.each([
    `query_expression = 'severity == "critical"'`,
    'query_id = gen_random_uuid()',
    `query_name = 'another'`,
    'requester_id = gen_random_uuid()',
    `name = 'another'`,
    `expiration_type = 'never', expiration_days = NULL, expires_at = NULL`,
    `expires_at = expires_at + interval '1 year'`,
    `applied_since = applied_since - interval '1 year'`,
    'rule_version = 9',
  ])('to change what was requested: %s', async (change) => {
    await refused(`UPDATE exception SET ${change} WHERE id = $1`, active)
  })

  it('that anybody approves their own request', async () => {
    await refused(`UPDATE exception_step SET approver_id = requester_id WHERE exception_id = $1`, pending)
    await refused(
      `UPDATE exception_step SET requester_id = gen_random_uuid(), approver_id = requester_id WHERE exception_id = $1`,
      pending,
    )
    await refused(
      `UPDATE exception_step SET decision = 'approved', decided_at = now(), decided_by_id = requester_id, decided_by_name = 'Ray'
      WHERE exception_id = $1`,
      pending,
    )
  })

  it('to forget that the ticket it was asked for from is done, or to end with one that it was not', async () => {
    const asked = await store.add({
      kind: 'ticket',
      effect: 'defer',
      rule: null,
      ticketId: '0190b6a2-0000-7000-8000-0000000000c1',
      approvalType: 'reviewer',
      steps: [{ approver: ANN, candidateIds: [], assignedBy: 'first', decided: null }],
    })
    await store.database.transaction((tx) => store.exceptions.noteTicketDone(tx, asked, T0))
    await refused('UPDATE exception SET ticket_done_at = NULL WHERE id = $1', asked)
    await refused(`UPDATE exception SET ticket_done_at = ticket_done_at + interval '1 day' WHERE id = $1`, asked)
    await refused('UPDATE exception SET ticket_done_at = now() WHERE id = $1', active)
    await refused('UPDATE exception_step SET assigned_id = gen_random_uuid() WHERE exception_id = $1', asked)
    await refused(`UPDATE exception_step SET assigned_rule = 'another' WHERE exception_id = $1`, asked)
    await refused(
      'UPDATE exception_step SET assigned_id = approver_id, assigned_at = now() WHERE exception_id = $1',
      pending,
    )
  })

  it('to rewrite history, or to forget anything', async () => {
    await refused(`UPDATE exception_history SET reason = 'nicer' WHERE exception_id = $1`, active)
    await refused(`DELETE FROM exception_history WHERE exception_id = $1`, active)
    await refused(`DELETE FROM exception_step WHERE exception_id = $1`, pending)
    await refused(`DELETE FROM exception WHERE id = $1`, active)
    await refused('TRUNCATE exception_history')
    await refused('TRUNCATE exception CASCADE')
  })

  it('a second line for one version', async () => {
    await refused(
      `INSERT INTO exception_history (exception_id, version, at, type) VALUES ($1, 1, now(), 'submitted')`,
      pending,
    )
  })

  it('and all of it is still there', async () => {
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM exception`.execute(store.database.db)
    expect(rows[0]?.n).toBe(4)
  })
})
