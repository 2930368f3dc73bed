import { expect } from 'vitest'
import { eventually } from '../api.js'
import { type Model, type ModelException, PEOPLE, type Who } from './model.js'
import { type AnswerOf, ASSETS, type Real } from './real.js'

interface Seen {
  status: string
  requestedBy: { id: string }
  waitingFor: { id: string } | null
  approval: {
    type: string
    currentStep: number
    steps: Array<{ approver: { id: string }; decision: string | null; decidedBy: { id: string } | null }>
  }
  expiresAt: string | null
  appliedSince: string | null
  ended: object | null
  version: number
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** All that can be seen of an exception from outside, as the model has it. */
function expected(model: Model, real: Real, exception: ModelException) {
  const waiting = model.waitingFor(exception)
  return {
    status: exception.status,
    requestedBy: real.id(exception.requester),
    waitingFor: waiting === null ? null : real.id(waiting),
    type: typeOf(exception),
    dueDate: exception.ticket?.dueDate ?? null,
    currentStep: exception.current,
    steps: exception.steps.map(({ approver, decidedBy }) => ({
      approver: real.id(approver),
      decidedBy: decidedBy === null ? null : real.id(decidedBy),
    })),
    expiresAt: iso(exception.endsAt),
    appliedSince: iso(exception.appliedSince),
    over: !['pendingApproval', 'active'].includes(exception.status),
    version: exception.history.length,
    history: exception.history,
  }
}

function typeOf({ autoPilot, ticket }: ModelException): string {
  if (ticket !== null) return 'reviewer'
  return autoPilot ? 'autoPilot' : 'approvers'
}

async function observed(real: Real, id: string, ticketId: string | null) {
  const [{ body }, history, dueDate] = await Promise.all([
    real.root.get<Seen>(`/exceptions/${id}`),
    real.root.get<{ items: Array<{ type: string }> }>(`/exceptions/${id}/history`),
    ticketId === null
      ? null
      : real.root.get<{ dueDate: string }>(`/tickets/${ticketId}`).then((answer) => answer.body.dueDate),
  ])
  return {
    status: body.status,
    requestedBy: body.requestedBy.id,
    waitingFor: body.waitingFor?.id ?? null,
    type: body.approval.type,
    dueDate,
    currentStep: body.approval.currentStep,
    steps: body.approval.steps.map(({ approver, decidedBy }) => ({
      approver: approver.id,
      decidedBy: decidedBy?.id ?? null,
    })),
    expiresAt: body.expiresAt,
    appliedSince: body.appliedSince,
    over: body.ended !== null,
    version: body.version,
    history: history.body.items.map(({ type }) => type),
  }
}

/** Looks until it is as expected; what is still wrong then is shown as a difference. */
async function becomes<T>(what: string, ask: () => Promise<T>, wanted: T): Promise<void> {
  const same = JSON.stringify(wanted)
  let last: T | undefined
  await eventually(
    async () => {
      last = await ask()
      return last
    },
    (value) => JSON.stringify(value) === same,
    5_000,
  ).catch(() => undefined)
  expect(last, what).toEqual(wanted)
}

/** Model and services say the same of every exception, of what waits for whom, and of what is covered. */
export async function agree(model: Model, real: Real): Promise<void> {
  await real.system.settled()
  await Promise.all(
    model.exceptions.map((exception, index) =>
      becomes(
        `exception ${index}`,
        () => observed(real, exception.id, exception.ticket?.id ?? null),
        expected(model, real, exception),
      ),
    ),
  )
  const known = new Set(model.exceptions.map(({ id }) => id))
  await Promise.all([
    ...ASSETS.map((asset) =>
      becomes(`coverage of ${asset}`, () => covering(real, asset, known), inForce(model, asset)),
    ),
    ...PEOPLE.filter((who) => model.active.has(who)).map((who) =>
      becomes(`what waits for ${who}`, () => waiting(real, who, known), waited(model, who)),
    ),
  ])
}

/** What covers an asset's instance, and what only defers its due date. */
interface InForce {
  covered: string[]
  deferred: string[]
}

function inForce(model: Model, asset: string): InForce {
  const active = model.exceptions.filter((one) => one.status === 'active' && one.asset === asset)
  const ids = (fromTicket: boolean) =>
    active
      .filter(({ ticket }) => (ticket !== null) === fromTicket)
      .map(({ id }) => id)
      .sort()
  return { covered: ids(false), deferred: ids(true) }
}

async function covering(real: Real, asset: string, known: ReadonlySet<string>): Promise<InForce> {
  const filter = encodeURIComponent(`asset.name == "${asset}"`)
  const { body } = await real.root.get<{ items: Array<{ coveredBy: string[]; deferredBy: string[] }> }>(
    `/instances?filter=${filter}`,
  )
  const ids = (all: readonly string[] = []) => all.filter((id) => known.has(id)).sort()
  return { covered: ids(body.items[0]?.coveredBy), deferred: ids(body.items[0]?.deferredBy) }
}

const waited = (model: Model, who: Who): string[] =>
  model.exceptions
    .filter((one) => model.waitingFor(one) === who)
    .map(({ id }) => id)
    .sort()

async function waiting(real: Real, who: Who, known: ReadonlySet<string>): Promise<string[]> {
  const { body } = await real.as(who).get<{ items: Array<{ exceptionId: string }> }>('/approvals?limit=200')
  return body.items
    .map(({ exceptionId }) => exceptionId)
    .filter((id) => known.has(id))
    .sort()
}

/** Everybody tries everything that the model forbids them, on every exception: each is refused as the model says, and nothing changes. */
export async function refuseTheRest(model: Model, real: Real): Promise<void> {
  const wrong: string[] = []
  const attempt = async (
    what: string,
    wanted: { status: number; code: string | null },
    ask: () => Promise<AnswerOf>,
  ) => {
    const { status, body } = await ask()
    if (status !== wanted.status || (wanted.code !== null && body.code !== wanted.code)) {
      wrong.push(`${what} was answered ${status} ${body.code ?? ''}, not ${wanted.status} ${wanted.code ?? ''}`)
    }
  }
  await Promise.all(
    PEOPLE.map(async (who) => {
      for (const [index, exception] of model.exceptions.entries()) {
        const { id } = exception
        const api = real.as(who)
        const passingOn = model.passOn(structuredClone(exception), who, 'ben')
        if (passingOn.code !== null) {
          const body = { step: 0, toUserId: real.id('ben'), reason: 'No.' }
          await attempt(`${who} passing ${index} on`, passingOn, () => api.post(`/approvals/${id}/hand-over`, body))
        }
        // A copy, for the model does what is allowed.
        const decision = model.decide(structuredClone(exception), who, false)
        if (decision.code !== null) {
          const body = { decision: 'deny', comment: 'No.' }
          await attempt(`${who} deciding ${index}`, decision, () => api.post(`/approvals/${id}/decision`, body))
        }
        const withdrawal = model.withdraw(structuredClone(exception), who)
        if (withdrawal.code !== null) {
          await attempt(`${who} withdrawing ${index}`, withdrawal, () => api.post(`/exceptions/${id}/withdraw`, {}))
        }
        const deactivation = model.deactivate(structuredClone(exception), who)
        // Its approvers are let wait there for an approval that may be on its way.
        if (deactivation.code !== null && exception.status !== 'pendingApproval') {
          const body = { reason: 'No.' }
          await attempt(`${who} deactivating ${index}`, deactivation, () =>
            api.post(`/exceptions/${id}/deactivate`, body),
          )
        }
        const sees = model.active.has(who) ? (model.maySee(exception, who) ? 200 : 403) : 401
        for (const part of ['', '/history', '/instances', '/comments']) {
          await attempt(`${who} reading ${index}${part}`, { status: sees, code: null }, () =>
            api.get(`/exceptions/${id}${part}`),
          )
        }
      }
    }),
  )
  expect(wrong).toEqual([])
}
