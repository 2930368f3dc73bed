import fc from 'fast-check'
import { expect } from 'vitest'
import { agree } from './agreement.js'
import {
  type Answer,
  type Candidate,
  type Expiration,
  GROUPS,
  type Group,
  isAssigned,
  type Model,
  type ModelException,
  PEOPLE,
  REQUESTERS,
  REVIEWERS,
  type RuleStep,
  type Who,
} from './model.js'
import { ASSETS, type Real } from './real.js'

type LifeCommand = fc.AsyncCommand<Model, Real, true>

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** What somebody tries, who may or may not; the model says which. */
class Attempt implements LifeCommand {
  readonly #text: string
  readonly #check: (model: Model) => boolean
  readonly #run: (model: Model, real: Real) => Promise<void>

  constructor(
    text: string,
    run: (model: Model, real: Real) => Promise<void>,
    check: (model: Model) => boolean = () => true,
  ) {
    this.#text = text
    this.#run = run
    this.#check = check
  }

  async check(model: Readonly<Model>): Promise<boolean> {
    return this.#check(model as Model)
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.#run(model, real)
    await agree(model, real)
  }

  toString(): string {
    return this.#text
  }
}

function same({ status, body }: { status: number; body: unknown }, wanted: Answer): void {
  const { code = null } = body as { code?: string }
  expect({ status, code, told: body }).toMatchObject({ status: wanted.status, code: wanted.code })
}

/** Something done to one of the exceptions there are. */
const toOne = (
  text: string,
  nth: number,
  run: (exception: ModelException, model: Model, real: Real) => Promise<void>,
): Attempt =>
  new Attempt(
    `${text} exception #${nth}`,
    async (model, real) => {
      const exception = model.exceptions[nth % model.exceptions.length]
      if (exception !== undefined) await run(exception, model, real)
    },
    (model) => model.exceptions.length > 0,
  )

const who = fc.constantFrom(...PEOPLE)
const requester = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...REQUESTERS) }, { weight: 1, arbitrary: who })
/** Mostly whoever may, by the model; else anybody. */
const mostlyWhoMay = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: who })
const nth = fc.nat(5)
const members = fc.subarray([...PEOPLE])
const candidates = fc.subarray<Candidate>([...PEOPLE, ...GROUPS], { minLength: 1, maxLength: 3 })
const candidate = fc.constantFrom<Candidate>(...PEOPLE, ...GROUPS)
const assigned = fc.record({
  long: candidate,
  ofDana: candidate,
  fallback: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: candidate }),
})
const step: fc.Arbitrary<RuleStep> = fc.oneof({ weight: 2, arbitrary: candidates }, { weight: 1, arbitrary: assigned })
const steps = fc.array(step, { minLength: 1, maxLength: 3 })
const rule = fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: steps })

/** Relative to the time at which it is asked. */
const end = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ type: 'never' as const }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('days' as const), days: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('date' as const), inDays: fc.integer({ min: 0, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('at' as const), inMs: fc.integer({ min: -1, max: 3 * DAY_MS }) }),
  },
)
type End = typeof end extends fc.Arbitrary<infer T> ? T : never

function expirationOf(asked: End, now: number): Expiration {
  if (asked.type === 'date')
    return { type: 'date', date: new Date(now + asked.inDays * DAY_MS).toISOString().slice(0, 10) }
  return asked.type === 'at' ? { type: 'at', at: now + asked.inMs } : asked
}

const overTheWire = (expiration: Expiration) =>
  expiration.type === 'at' ? { type: 'at', at: new Date(expiration.at).toISOString() } : expiration

interface Asked {
  by: Who
  asset: (typeof ASSETS)[number]
  end: End
  /** Which of a step's people, or one who may be anybody. */
  picks: readonly number[]
  stray: Who | null
  staleForm: boolean
}

const asked: fc.Arbitrary<Asked> = fc.record({
  by: requester,
  asset: fc.constantFrom(...ASSETS),
  end,
  picks: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
  // A choice that cannot be is waited for: somebody may just have joined a group. Seldom, for it takes 2 s.
  stray: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: who }),
  staleForm: fc.integer({ min: 0, max: 15 }).map((n) => n === 15),
})

interface Form {
  ruleVersion: number
  workflow: { type: string; steps?: Array<{ assigned: boolean; candidates: Array<{ id: string }> }> }
}

export async function request(
  model: Model,
  real: Real,
  { by, asset, end, picks, stray, staleForm }: Asked,
): Promise<void> {
  const expiration = expirationOf(end, model.now)
  const rule = model.rule ?? []
  // Where conditions assign there is nobody to choose.
  const eligible = rule.map((one) => (isAssigned(one) ? [] : model.eligible(one, by)))
  const choice = eligible.map((people, step) => {
    if (stray !== null && step === 0) return stray
    return people.length === 1 && (picks[step] ?? 0) > 2 ? null : (people[(picks[step] ?? 0) % people.length] ?? null)
  })
  const form = await real.as(by).get<Form>('/request-form')
  if (form.status === 200) {
    const told = form.body.workflow.steps?.map((step) => step.candidates.map(({ id }) => id).sort()) ?? null
    expect(told).toEqual(
      model.rule === null ? null : eligible.map((people) => people.map((one) => real.id(one)).sort()),
    )
  }
  const version = form.body.ruleVersion ?? 1
  const stale = staleForm && version > 1
  const answer = await real.as(by).post<Made>('/exceptions', {
    name: `${by} asks`,
    justification: 'Held against a model.',
    riskAcknowledged: true,
    expression: `asset.name == "${asset}"`,
    expiration: overTheWire(expiration),
    ...(model.rule === null ? {} : { approvers: choice.map((one) => (one === null ? null : real.id(one))) }),
    ruleVersion: stale ? version - 1 : version,
  })
  const wanted = model.request(by, choice, expiration, stale)
  same(answer, wanted)
  if (wanted.code !== null) return
  const exception = model.add(
    answer.body.id,
    asset,
    by,
    approversIn(model, real, answer.body, by, choice, expiration),
    expiration,
  )
  // Under Auto Pilot it is active in the very answer.
  expect(answer.body.status).toBe(exception.status)
}

interface Made {
  id: string
  status: string
  approval: { steps: Array<{ approver: { id: string } }> }
}

/** Who was chosen; and who was assigned, which of several the model leaves open. */
function approversIn(
  model: Model,
  real: Real,
  made: Made,
  by: Who,
  choice: ReadonlyArray<Who | null>,
  expiration: Expiration,
): (Who | null)[] {
  return (model.rule ?? []).map((rule, index) => {
    if (!isAssigned(rule)) return choice[index] ?? null
    const approver = made.approval.steps[index]?.approver.id
    const found = model.assignable(rule, by, expiration).find((one) => real.id(one) === approver)
    if (found === undefined) throw new Error(`step ${index} was assigned to ${approver}`)
    return found
  })
}

const dayAfter = (now: number, days: number): string => new Date(now + days * DAY_MS).toISOString().slice(0, 10)

/** Asks for more time for a new ticket that is due today. */
export async function requestFromTicket(
  model: Model,
  real: Real,
  { by, asset, days }: { by: Who; asset: string; days: number },
): Promise<void> {
  const [dueDate, proposed] = [dayAfter(model.now, 0), dayAfter(model.now, days)]
  const ticketId = await real.openTicket(by, asset, dueDate)
  const answer = await real.as(by).post<Made>(`/tickets/${ticketId}/exceptions`, {
    justification: 'Held against a model.',
    riskAcknowledged: true,
    useCase: 'other',
    proposedDueDate: proposed,
  })
  const wanted = model.requestFromTicket(by)
  same(answer, wanted)
  if (wanted.code !== null) return
  const [told] = answer.body.approval.steps
  const reviewer = model.eligible([REVIEWERS], by).find((one) => real.id(one) === told?.approver.id)
  if (reviewer === undefined) throw new Error(`${told?.approver.id} cannot review it`)
  const ticket = { id: ticketId, dueDate, before: dueDate, proposed, done: false }
  model.addFromTicket(answer.body.id, asset, by, reviewer, ticket)
}

/** One of those that were asked for from a ticket. */
const toOneOfTicket = (
  text: string,
  nth: number,
  run: (exception: ModelException, model: Model, real: Real) => Promise<void>,
): Attempt => {
  const all = (model: Model) => model.exceptions.filter(({ ticket }) => ticket !== null && !ticket.done)
  return new Attempt(
    `${text} exception of ticket #${nth}`,
    async (model, real) => {
      const [...found] = all(model)
      const exception = found[nth % found.length]
      if (exception !== undefined) await run(exception, model, real)
    },
    (model) => all(model).length > 0,
  )
}

/** Time moves by hours or days, or to the very end of an exception, or to the instant before it. */
type Jump = { by: number } | { toEndOf: number; before: number }

const jump: fc.Arbitrary<Jump> = fc.oneof(
  fc.record({ by: fc.integer({ min: 1, max: 3 * DAY_MS }) }),
  fc.record({ by: fc.integer({ min: 1, max: 2 * HOUR_MS }) }),
  fc.record({ toEndOf: nth, before: fc.constantFrom(0, 0, 1) }),
)

function target(model: Model, asked: Jump): number {
  if ('by' in asked) return model.now + asked.by
  const endsAt = model.exceptions[asked.toEndOf % Math.max(1, model.exceptions.length)]?.endsAt ?? null
  return Math.max(model.now, endsAt === null ? model.now : endsAt - asked.before)
}

const show = (value: unknown): string => JSON.stringify(value)

const askedFromTicket = fc.record({
  by: fc.constantFrom(...REQUESTERS),
  asset: fc.constantFrom(...ASSETS),
  days: fc.integer({ min: 1, max: 4 }),
})

/** What a life begins with: without a request nothing happens. */
export const beginnings = fc.record({
  requests: fc.array(asked, { minLength: 1, maxLength: 3 }),
  fromTickets: fc.array(askedFromTicket, { minLength: 1, maxLength: 2 }),
})

/** Everything that people and time do, at random: never fewer than half of the most, for short lives show little. */
export const lives = (most: number): fc.Arbitrary<LifeCommand[]> =>
  fc.array(
    fc.oneof(
      ...Array<fc.Arbitrary<LifeCommand>>(2).fill(
        asked.map((one) => new Attempt(`request ${show(one)}`, (model, real) => request(model, real, one))),
      ),
      // Who decides is the one whose turn it is, or anybody.
      ...Array<fc.Arbitrary<LifeCommand>>(6).fill(
        fc.tuple(nth, mostlyWhoMay, fc.integer({ min: 0, max: 4 })).map(([index, somebody, word]) =>
          toOne(
            `${word > 0 ? 'approve' : 'deny'} by ${somebody ?? 'whose turn it is'}`,
            index,
            async (exception, model, real) => {
              const by = somebody ?? model.waitingFor(exception) ?? 'ann'
              const body = word > 0 ? { decision: 'approve' } : { decision: 'deny', comment: 'No.' }
              const answer = await real.as(by).post(`/approvals/${exception.id}/decision`, body)
              same(answer, model.decide(exception, by, word > 0))
            },
          ),
        ),
      ),
      ...Array<fc.Arbitrary<LifeCommand>>(4).fill(
        nth.map((index) =>
          toOne('approve every step left of', index, async (exception, model, real) => {
            for (let by = model.waitingFor(exception); by !== null; ) {
              const answer = await real.as(by).post(`/approvals/${exception.id}/decision`, { decision: 'approve' })
              const wanted = model.decide(exception, by, true)
              same(answer, wanted)
              by = wanted.code === null ? model.waitingFor(exception) : null
            }
          }),
        ),
      ),
      fc.tuple(nth, mostlyWhoMay).map(([index, somebody]) =>
        toOne(`withdraw by ${somebody ?? 'its requester'}`, index, async (exception, model, real) => {
          const by = somebody ?? exception.requester
          same(await real.as(by).post(`/exceptions/${exception.id}/withdraw`, {}), model.withdraw(exception, by))
        }),
      ),
      ...Array<fc.Arbitrary<LifeCommand>>(2).fill(
        fc.tuple(nth, mostlyWhoMay).map(([index, somebody]) =>
          toOne(`deactivate by ${somebody ?? 'whoever may'}`, index, async (exception, model, real) => {
            const by = somebody ?? exception.steps[0]?.approver ?? exception.requester
            const body = { reason: 'It is fixed.' }
            same(
              await real.as(by).post(`/exceptions/${exception.id}/deactivate`, body),
              model.deactivate(exception, by),
            )
          }),
        ),
      ),
      fc.tuple(nth, fc.nat(3), who).map(([index, step, to]) =>
        toOne(`hand step ${step} over to ${to}`, index, async (exception, model, real) => {
          const body = { step, toUserId: real.id(to), reason: 'on leave' }
          same(await real.root.post(`/approvals/${exception.id}/hand-over`, body), model.handOver(exception, step, to))
        }),
      ),
      ...Array<fc.Arbitrary<LifeCommand>>(2).fill(
        askedFromTicket.map(
          (one) =>
            new Attempt(`request from a ticket ${show(one)}`, (model, real) => requestFromTicket(model, real, one)),
        ),
      ),
      fc.tuple(nth, mostlyWhoMay, who).map(([index, somebody, to]) =>
        toOneOfTicket(
          `hand on by ${somebody ?? 'its reviewer'} to ${to} the`,
          index,
          async (exception, model, real) => {
            const by = somebody ?? exception.steps[0]?.approver ?? 'ann'
            const body = { step: 0, toUserId: real.id(to), reason: 'on leave' }
            same(await real.as(by).post(`/approvals/${exception.id}/hand-over`, body), model.passOn(exception, by, to))
          },
        ),
      ),
      nth.map((index) =>
        toOneOfTicket('the ticket is done of the', index, async (exception, model, real) => {
          await real.ticketDone(exception.ticket?.id ?? '')
          model.ticketDone(exception)
        }),
      ),
      rule.map(
        (steps) =>
          new Attempt(`rule ${show(steps)}`, async (model, real) => {
            await real.setRule(steps)
            model.rule = steps
          }),
      ),
      fc.tuple(fc.constantFrom(...GROUPS), members).map(
        ([group, people]) =>
          new Attempt(`${group} are ${show(people)}`, async (model, real) => {
            await setMembers(model, real, group, people)
          }),
      ),
      fc.tuple(who, fc.boolean()).map(
        ([one, active]) =>
          new Attempt(`${one} is ${active ? '' : 'in'}active`, async (model, real) => {
            await real.setActive(one, active)
            if (active) model.active.add(one)
            else model.active.delete(one)
          }),
      ),
      ...Array<fc.Arbitrary<LifeCommand>>(2).fill(
        jump.map(
          (one) =>
            new Attempt(`time moves ${show(one)}`, async (model, real) => {
              const now = target(model, one)
              real.clock.set(new Date(now))
              model.advance(now)
            }),
        ),
      ),
    ),
    { minLength: Math.ceil(most / 2), maxLength: most, size: 'max' },
  )

async function setMembers(model: Model, real: Real, group: Group, people: readonly Who[]): Promise<void> {
  await real.setMembers(group, people)
  model.groups[group] = people
}
