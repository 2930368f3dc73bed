import 'reflect-metadata'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANN, BEN, CEM, openStore, RAY, type Store, T0 } from './store.js'

const clock = { now: () => T0 }
let store: Store
let waiting: string
let denied: string

beforeAll(async () => {
  store = await openStore()
  waiting = await store.open([ANN, CEM], new Date(T0.getTime() + 60_000))
  denied = await store.open([ANN])
  await store.decide(denied, ANN, false, clock)
})
afterAll(() => store?.own.drop())

/** By a constraint or a trigger (SQLSTATE class 23), whatever the code does, by mistake or by a hand at the console. */
const refused = (statement: string, ...values: string[]) =>
  expect(store.database.pool.query(statement, values), statement).rejects.toMatchObject({
    code: expect.stringMatching(/^23/),
  })

const act = (
  id: string,
  version: number,
  type: string,
  by: string,
  step: number | null,
  more: Record<string, string> = {},
) => {
  const columns: Record<string, string | number | null> = {
    exception_id: id,
    version,
    type,
    at: T0.toISOString(),
    requester_id: RAY.id,
    by_id: by,
    by_name: 'somebody',
    step_index: step,
    ...more,
  }
  const names = Object.keys(columns)
  return refused(
    `INSERT INTO approval_act (${names}) VALUES (${names.map((_, index) => `$${index + 1}`)})`,
    ...(Object.values(columns) as string[]),
  )
}

describe('the database itself refuses', () => {
  it('a request from a ticket with several reviewers, or one that becomes or was another kind of request', async () => {
    await expect(store.open([ANN, CEM], null, 'reviewer')).rejects.toMatchObject({ code: '23514' })
    await refused(`UPDATE approval SET type = 'reviewer', version = version + 1 WHERE exception_id = $1`, waiting)
  })

  it('that anybody approves or denies their own request, or is given a step of it', async () => {
    await act(waiting, 2, 'stepApproved', RAY.id, 0)
    await act(waiting, 2, 'approved', RAY.id, 0)
    await act(waiting, 2, 'denied', RAY.id, 0, { reason: 'no' })
    await act(waiting, 2, 'handedOver', BEN.id, 0, { to_id: RAY.id, to_name: 'Ray', reason: 'x' })
    await refused('UPDATE approval_step SET approver_id = requester_id WHERE exception_id = $1', waiting)
    await refused(
      'UPDATE approval SET waiting_for_id = requester_id, version = version + 1 WHERE exception_id = $1',
      waiting,
    )
  })

  it('a second decision of a step, and a second end of a request', async () => {
    await act(denied, 3, 'approved', CEM.id, 0)
    await act(denied, 3, 'withdrawn', RAY.id, null)
  })

  it('a withdrawal by anybody but the requester, and a denial without a word', async () => {
    await act(waiting, 2, 'withdrawn', ANN.id, null)
    await act(waiting, 2, 'denied', ANN.id, 0)
  })

  it('to resolve again what was resolved, or to resolve after the end', async () => {
    await refused(
      `UPDATE approval SET status = 'waiting', resolved_at = NULL, waiting_for_id = $2, version = version + 1
      WHERE exception_id = $1`,
      denied,
      ANN.id,
    )
    await refused(
      `UPDATE approval SET status = 'denied', resolved_at = ends_at, waiting_for_id = NULL, version = version + 1
      WHERE exception_id = $1`,
      waiting,
    )
  })

  it('to change what was requested, or to rewrite or forget what was done', async () => {
    await refused(`UPDATE approval SET ends_at = NULL, version = version + 1 WHERE exception_id = $1`, waiting)
    await refused(
      `UPDATE approval SET requester_id = $2, version = version + 1 WHERE exception_id = $1`,
      waiting,
      BEN.id,
    )
    await refused(`UPDATE approval_act SET reason = 'nicer' WHERE exception_id = $1`, denied)
    await refused('DELETE FROM approval_act WHERE exception_id = $1', denied)
    await refused('DELETE FROM approval_step WHERE exception_id = $1', waiting)
    await refused('DELETE FROM approval WHERE exception_id = $1', denied)
    await refused('TRUNCATE approval_act')
  })
})
