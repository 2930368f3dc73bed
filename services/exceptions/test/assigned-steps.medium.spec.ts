import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { rules } from '@reprieve/contracts'
import type { TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApprovalTransition, type RuleStep, World } from './world.js'

const { LEAST_LOADED, ROUND_ROBIN } = rules.Choice

let world: World
let requester: TestPerson
let members: TestPerson[]
let groupId: string
let turns = 0
const clock = new ManualClock(new Date('2026-03-10T09:30:00Z'))

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

/** Each test has a role, a requester of it and a group of four of its own; the requester is a member. */
beforeEach(async () => {
  turns++
  groupId = uuidv7()
  await world.service.role(`role-${turns}`, 'exceptions.request')
  requester = await world.service.person('Rio', { role: `role-${turns}` })
  members = []
  for (const name of ['Mia', 'Mo', 'Mya']) members.push(await world.service.person(name))
  await group(requester, ...members)
})

const group = (...people: TestPerson[]) =>
  world.service.tell({
    case: 'group',
    value: { id: groupId, name: 'Reviewers', memberIds: people.map(({ id }) => id) },
  })
let ruleId = ''
const rule = async (...steps: RuleStep[]) => {
  ruleId = uuidv7()
  await world.rule(`role-${turns}`, steps, { id: ruleId })
  const { db } = world.service.database.open<{ known_rule: { id: string } }>()
  await expect.poll(() => db.selectFrom('known_rule').select('id').where('id', '=', ruleId).execute()).toHaveLength(1)
}
const byGroup = (choice: rules.Choice, when = 'requester.role != ""'): Exclude<RuleStep, string[]> => ({
  reviewerRules: [{ name: 'the group', when, reviewerId: groupId, choice }],
})
const ask = (changes: Record<string, unknown> = {}, who = requester) =>
  who.post('/exceptions', world.request({ approvers: undefined, ...changes }))
const names = (answers: Array<{ body: { waitingFor?: { name: string } } }>) =>
  answers.map(({ body }) => body.waitingFor?.name)

describe('a step that is assigned', () => {
  it('goes to whom the first condition that holds names, and tells so', async () => {
    const { ann, ben } = world.people
    await rule({
      reviewerRules: [
        { name: 'long', when: 'request.days > 90 || !has(request.days)', reviewerId: ann.id },
        { name: 'log4j', when: 'request.query.contains("log4j")', reviewerId: groupId },
        { name: 'vendor', when: 'request.useCase == "fixUnavailable"', reviewerId: ben.id },
      ],
      fallbackReviewerId: world.people.cem.id,
    })
    const reviewer = async (changes: Record<string, unknown>) => {
      const { body } = await ask({ expiration: { type: 'days', days: 7 }, ...changes })
      const [step] = body.approval.steps
      return [step.approver.name, step.assigned.rule]
    }
    expect(await reviewer({ expiration: { type: 'never' } })).toEqual(['Ann', 'long'])
    expect(await reviewer({ expiration: { type: 'date', date: '2026-12-31' } })).toEqual(['Ann', 'long'])
    expect(await reviewer({ useCase: 'fixUnavailable' })).toEqual(['Ben', 'vendor'])
    expect(await reviewer({})).toEqual(['Cem', null])
  })

  it('is told of before it is asked for, and nothing is kept', async () => {
    await rule([world.people.ann.id, world.people.ben.id], byGroup(LEAST_LOADED))
    const asked = { expression: 'kev', expiration: { type: 'never' } }
    const { status, body } = await requester.post('/exceptions/dry-run', asked)
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        rule: { id: ruleId, version: 1 },
        approval: {
          type: 'approvers',
          steps: [
            { index: 0, approver: null, assigned: null },
            {
              index: 1,
              approver: expect.objectContaining({ id: expect.any(String) }),
              assigned: { rule: 'the group' },
            },
          ],
        },
      },
    })
    expect(members.map(({ id }) => id)).toContain(body.approval.steps[1].approver.id)
    expect((await world.people.max.get(`/exceptions?requestedBy=${requester.id}`)).body.items).toEqual([])
    const wrong = await requester.post('/exceptions/dry-run', { ...asked, expression: 'colour == "red"' })
    expect(wrong).toMatchObject({ status: 422, body: { code: 'QUERY_INVALID' } })
    const pilot = await world.people.pilot.post('/exceptions/dry-run', asked)
    expect(pilot.body.approval).toEqual({ type: 'autoPilot', steps: [] })
  })

  it('never goes to the requester, and is refused where nobody else is left', async () => {
    await rule(byGroup(LEAST_LOADED))
    await group(requester)
    const refused = { status: 422, body: { code: 'NO_REVIEWER', errors: [{ pointer: '/approvers/0' }] } }
    expect(await ask()).toMatchObject(refused)
    const asked = { expression: 'kev', expiration: { type: 'never' } }
    expect(await requester.post('/exceptions/dry-run', asked)).toMatchObject(refused)
    const [mia] = members
    if (mia === undefined) throw new Error('there are members')
    await group(requester, mia)
    expect(names([await ask()])).toEqual(['Mia'])
    await rule({ reviewerRules: [{ name: 'themselves', when: 'request.days > 0', reviewerId: requester.id }] })
    expect(await ask()).toMatchObject(refused)
  })

  it('leaves nothing to choose', async () => {
    await rule(byGroup(LEAST_LOADED))
    const [mia] = members
    expect(await ask({ approvers: [mia?.id] })).toMatchObject({
      status: 422,
      body: { code: 'INVALID', errors: [{ pointer: '/approvers/0' }] },
    })
    expect((await ask({ approvers: [null] })).status).toBe(201)
  })

  it('is shared out among a group by what each has to do', async () => {
    await rule(byGroup(LEAST_LOADED))
    const first = await ask()
    clock.advance(1)
    const others = [await ask(), await ask()]
    expect(new Set(names([first, ...others])).size).toBe(3)
    // Who has decided has least to do.
    const approver = members.find(({ id }) => id === first.body.waitingFor.id)
    if (approver === undefined) throw new Error('a member was assigned')
    await world.approval(first.body.id, { transition: ApprovalTransition.APPROVED, by: approver, step: 0 })
    await world.until(first.body.id, ({ status }) => status === 'active')
    expect(names([await ask()])).toEqual(names([first]))
  })

  it('goes round a group in turns', async () => {
    await rule(byGroup(ROUND_ROBIN))
    const seen: Array<string | undefined> = []
    for (let n = 0; n < 6; n++) {
      clock.advance(1)
      seen.push(...names([await ask()]))
    }
    expect(new Set(seen.slice(0, 3)).size).toBe(3)
    expect(seen.slice(3)).toEqual(seen.slice(0, 3))
  })

  it('is shared out evenly also among many requests at once', async () => {
    await rule(byGroup(LEAST_LOADED))
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask()))
    const counts = Map.groupBy(names(answers), (name) => name)
    expect([...counts.values()].map(({ length }) => length)).toEqual([10, 10, 10])
  })

  it('of several steps at once goes to several people', async () => {
    await rule(byGroup(LEAST_LOADED), byGroup(LEAST_LOADED), byGroup(LEAST_LOADED))
    const { body } = await ask()
    expect(new Set(body.approvers.map(({ id }: { id: string }) => id)).size).toBe(3)
  })

  it('keeps its approver whatever a later version of the rule says', async () => {
    await rule(byGroup(LEAST_LOADED))
    const { body } = await ask()
    await world.rule(`role-${turns}`, [[world.people.ann.id]], { id: ruleId, version: 2 })
    await expect.poll(async () => (await ask()).body.rule?.version).toBe(2)
    expect(await world.read(body.id)).toMatchObject({
      rule: { id: ruleId, version: 1 },
      waitingFor: body.waitingFor,
      approval: { steps: [{ assigned: { rule: 'the group' } }] },
    })
  })
})
