import { randomUUID } from 'node:crypto'
import { rules } from '@reprieve/contracts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Person, type RunningRules, runRules, userSubject } from './running-rules.js'

describe('rules', () => {
  let running: RunningRules
  let manager: Person
  let ann: Person
  let bob: Person
  let team: string
  let role: string
  let roles = 0

  beforeAll(async () => {
    running = await runRules()
    manager = await running.person('Mia', 'exceptionsManager')
    ann = await running.person('Ann', 'auditor')
    bob = await running.person('Bob', 'auditor')
    team = await running.group('Team', [ann, bob])
  })

  beforeEach(async () => {
    role = `role ${++roles}`
    await running.role(role, ['exceptions.request'])
  })

  afterAll(async () => running?.close())

  const approvers = (...steps: string[][]) => ({
    type: 'approvers' as const,
    steps: steps.map((candidates) => ({ candidates })),
  })
  const create = async (body: Record<string, unknown> = {}, as = manager) =>
    await running.api('POST /rules', as, { role, workflow: { type: 'autoPilot' }, ...body })
  const edit = async (id: string, etag: string, body: Record<string, unknown>) =>
    await running.api(
      `PUT /rules/${id}`,
      manager,
      { role, workflow: { type: 'autoPilot' }, ...body },
      { 'if-match': etag },
    )
  const versions = async (id: string) =>
    (await running.api(`GET /rules/${id}/versions`, manager)).body.items as Array<Record<string, unknown>>
  const eventsOf = (id: string) => running.published.filter(({ meta }) => meta?.subjectId === id)

  it('are made with steps of users and groups, read, and told of whole', async () => {
    const workflow = approvers([ann.id, team], [bob.id])
    const made = await create({ workflow, instructions: '  Say why.  ' })
    expect(made).toMatchObject({
      status: 201,
      body: { role, workflow, instructions: 'Say why.', version: 1, editedBy: { id: manager.id, name: 'Mia' } },
    })
    const { id } = made.body
    expect(made.headers.get('location')).toBe(`/api/v1/rules/${id}`)
    expect((await running.api(`GET /rules/${id}`, manager)).body).toEqual(made.body)
    await expect.poll(() => eventsOf(id)).toHaveLength(1)
    expect(eventsOf(id)[0]).toMatchObject({
      meta: { version: { n: 1n }, actor: { userId: manager.id, name: 'Mia' } },
      rule: {
        id,
        role,
        version: 1,
        instructions: 'Say why.',
        workflow: {
          case: 'approvers',
          value: { steps: [{ candidateIds: [ann.id, team] }, { candidateIds: [bob.id] }] },
        },
      },
    })
  })

  it('can assign the approver of a step by conditions, kept and told as they were written', async () => {
    const assigned = {
      reviewerRules: [
        { name: 'Long ones', when: 'request.days > 90 || !has(request.days)', reviewerId: team, choice: 'roundRobin' },
        { name: 'Ann herself', when: `requester.id == "${ann.id}"`, reviewerId: bob.id },
      ],
    }
    const made = await create({ workflow: { type: 'approvers', steps: [{ candidates: [ann.id] }, { assigned }] } })
    const [long, own] = assigned.reviewerRules
    const whole = {
      reviewerRules: [long, { ...own, choice: 'leastLoaded' }],
      fallbackReviewerId: null,
      fallbackChoice: 'leastLoaded',
    }
    expect(made).toMatchObject({
      status: 201,
      body: { workflow: { steps: [{ candidates: [ann.id] }, { assigned: whole }] } },
    })
    const { id } = made.body
    expect((await running.api(`GET /rules/${id}`, manager)).body).toEqual(made.body)
    await expect.poll(() => eventsOf(id)).toHaveLength(1)
    expect(eventsOf(id)[0]?.rule?.workflow.value).toMatchObject({
      steps: [
        { candidateIds: [ann.id] },
        {
          candidateIds: [team, bob.id],
          assignment: {
            reviewerRules: [
              { ...long, choice: rules.Choice.ROUND_ROBIN },
              { ...own, choice: rules.Choice.LEAST_LOADED },
            ],
            fallbackReviewerId: '',
          },
        },
      ],
    })
    const same = await edit(id, made.headers.get('etag') ?? '', {
      workflow: { type: 'approvers', steps: [{ candidates: [ann.id] }, { assigned: whole }] },
    })
    expect(same).toMatchObject({ status: 200, body: { version: 1 } })
  })

  it('are refused with conditions that are wrong, by line and column, and with reviewers that there are not', async () => {
    const made = (when: string, reviewerId: string) =>
      create({
        workflow: {
          type: 'approvers',
          steps: [{ assigned: { reviewerRules: [{ name: 'one', when, reviewerId }], fallbackReviewerId: team } }],
        },
      })
    expect(await made('request.days > 30 &&\n  severity == "high"', bob.id)).toMatchObject({
      status: 422,
      body: {
        code: 'INVALID',
        errors: [{ pointer: '/workflow/steps/0/assigned/reviewerRules/0/when', line: 2, column: 3 }],
      },
    })
    expect(await made('request.days > 30', randomUUID())).toMatchObject({
      status: 422,
      body: { code: 'USER_UNKNOWN', errors: [{ pointer: '/workflow/steps/0/assigned/reviewerRules/0/reviewerId' }] },
    })
    const fields = await running.api('GET /assignment-fields', manager)
    expect(fields.body.items.map(({ name }: { name: string }) => name)).toEqual([
      'requester.role',
      'requester.id',
      'request.days',
      'request.useCase',
      'request.query',
    ])
  })

  it('are one for a role, even when two come at the same moment', async () => {
    const replies = await Promise.all([create(), create(), create()])
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    expect(replies.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'ROLE_HAS_RULE',
      errors: [{ pointer: '/role' }],
    })
  })

  it('are made once for an Idempotency-Key', async () => {
    const body = { role, workflow: { type: 'autoPilot' } }
    const call = () => running.api('POST /rules', manager, body, { 'idempotency-key': 'once' })
    const [first, second] = [await call(), await call()]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
  })

  it('keep every version, and only the newest is in effect', async () => {
    const made = await create({ instructions: 'one' })
    const { id } = made.body
    const second = await edit(id, made.headers.get('etag') ?? '', { workflow: approvers([team]), instructions: 'two' })
    expect(second).toMatchObject({ status: 200, body: { version: 2, instructions: 'two' } })
    const third = await edit(id, second.headers.get('etag') ?? '', { instructions: 'three' })
    expect((await running.api(`GET /rules/${id}`, manager)).body).toEqual(third.body)
    expect((await versions(id)).map(({ version, instructions }) => [version, instructions])).toEqual([
      [3, 'three'],
      [2, 'two'],
      [1, 'one'],
    ])
    const oldest = await running.api(`GET /rules/${id}/versions?sort=version&limit=2`, manager)
    expect(oldest.body.count).toEqual({ value: 3, exact: true })
    const rest = await running.api(
      `GET /rules/${id}/versions?sort=version&limit=2&cursor=${oldest.body.nextCursor}`,
      manager,
    )
    expect(rest.body.items.map(({ version }: { version: number }) => version)).toEqual([3])
    await expect.poll(() => eventsOf(id).map(({ rule }) => rule?.version)).toEqual([1, 2, 3])
  })

  it('make no version of an edit that changes nothing', async () => {
    const made = await create({ workflow: approvers([ann.id]) })
    const etag = made.headers.get('etag') ?? ''
    const same = await edit(made.body.id, etag, { workflow: approvers([ann.id]) })
    expect(same).toMatchObject({ status: 200, body: { version: 1 } })
    expect(same.headers.get('etag')).toBe(etag)
    expect(await versions(made.body.id)).toHaveLength(1)
  })

  it('are edited by whoever read them last: of two at once, one', async () => {
    const made = await create()
    const etag = made.headers.get('etag') ?? ''
    const replies = await Promise.all(['a', 'b', 'c'].map((instructions) => edit(made.body.id, etag, { instructions })))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412])
    expect(await versions(made.body.id)).toHaveLength(2)
    const without = await running.api(`PUT /rules/${made.body.id}`, manager, { role, workflow: { type: 'autoPilot' } })
    expect(without.body.code).toBe('PRECONDITION_REQUIRED')
  })

  it('can be sent back as they were read, with what is to change, or without what stays anyway', async () => {
    const made = await create({ workflow: approvers([ann.id]) })
    const path = `PUT /rules/${made.body.id}`
    const whole = { ...made.body, instructions: 'new' }
    const edited = await running.api(path, manager, whole, { 'if-match': made.headers.get('etag') ?? '' })
    expect(edited).toMatchObject({ status: 200, body: { version: 2, instructions: 'new' } })
    const short = { workflow: made.body.workflow }
    const again = await running.api(path, manager, short, { 'if-match': edited.headers.get('etag') ?? '' })
    expect(again).toMatchObject({ status: 200, body: { version: 3, role, instructions: '' } })
    const wrong = await running.api(path, manager, { ...short, steps: [] }, { 'if-match': '"3"' })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/steps' }] } })
  })

  it('stay with their role', async () => {
    const made = await create()
    const moved = await edit(made.body.id, made.headers.get('etag') ?? '', { role: 'auditor' })
    expect(moved).toMatchObject({ status: 422, body: { code: 'INVALID', errors: [{ pointer: '/role' }] } })
  })

  it('are never deleted, not even below the API', async () => {
    const { body } = await create()
    const refused = await running.api(`DELETE /rules/${body.id}`, manager)
    expect(refused).toMatchObject({ status: 405, body: { code: 'RULE_CANNOT_BE_DELETED' } })
    expect(refused.headers.get('allow')).toContain('PUT')
    for (const statement of [
      'DELETE FROM rule_version',
      "UPDATE rule_version SET instructions = 'x'",
      'TRUNCATE rule CASCADE',
      'DELETE FROM rule',
    ]) {
      await expect(running.database.pool.query(statement)).rejects.toThrow(/append-only/)
    }
    await expect(running.database.pool.query('UPDATE rule SET version = 9 WHERE id = $1', [body.id])).rejects.toThrow(
      /rule_newest_version/,
    )
  })

  it('name candidates who exist, wherever one is wrong', async () => {
    const [unknown, other] = [randomUUID(), randomUUID()]
    const refused = await create({ workflow: approvers([ann.id, unknown], [other]) })
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'USER_UNKNOWN',
        errors: [{ pointer: '/workflow/steps/0/candidates/1' }, { pointer: '/workflow/steps/1/candidates/0' }],
      },
    })
  })

  it('wait for a role and a candidate that are heard of a moment later', async () => {
    role = `late role ${++roles}`
    const late = randomUUID()
    const asking = create({ workflow: approvers([late]) })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await running.heard(userSubject({ id: late, name: 'Late', role: 'auditor' }))
    await running.role(role, [])
    expect((await asking).status).toBe(201)
  })

  it('are for roles that exist', async () => {
    role = 'no such role'
    expect((await create()).body).toMatchObject({ code: 'ROLE_UNKNOWN', errors: [{ pointer: '/role' }] })
  })

  it('have 1 to 10 steps of 1 to 50 candidates, none twice in a step', async () => {
    const pointers = async (workflow: unknown) => {
      const { status, body } = await create({ workflow })
      expect(status).toBe(422)
      return body.errors.map(({ pointer }: { pointer: string }) => pointer)
    }
    expect(await pointers(approvers())).toEqual(['/workflow/steps'])
    expect(await pointers(approvers(...Array(11).fill([ann.id])))).toEqual(['/workflow/steps'])
    expect(await pointers(approvers([]))).toEqual(['/workflow/steps/0/candidates'])
    const many = Array.from({ length: 51 }, () => randomUUID())
    expect(await pointers(approvers([ann.id], many))).toEqual(['/workflow/steps/1/candidates'])
    expect(await pointers(approvers([ann.id, bob.id, ann.id.toUpperCase()]))).toEqual([
      '/workflow/steps/0/candidates/2',
    ])
    expect(await pointers(approvers(['nobody']))).toEqual(['/workflow/steps/0/candidates/0'])
    expect(await pointers({ type: 'autoPilot', steps: [] })).toEqual(['/workflow/steps'])
    expect(await pointers({ type: 'manual' })).toEqual(['/workflow/type'])
    const most = await Promise.all(Array.from({ length: 50 }, (_, n) => running.person(`P${n}`, 'auditor')))
    const full = approvers(...Array(10).fill(most.map(({ id }) => id)))
    expect((await create({ workflow: full })).status).toBe(201)
  })

  it('have instructions of at most 4 000 characters', async () => {
    expect((await create({ instructions: 'x'.repeat(4_001) })).body.errors).toMatchObject([
      { pointer: '/instructions' },
    ])
    expect((await create({ instructions: 'x'.repeat(4_000) })).status).toBe(201)
  })

  it('are listed, filtered by role and workflow', async () => {
    const { body } = await create({ workflow: approvers([ann.id]) })
    const ids = async (query: string) =>
      (await running.api(`GET /rules?${query}`, manager)).body.items.map(({ id }: { id: string }) => id)
    expect(await ids(`role=${encodeURIComponent(role)}`)).toEqual([body.id])
    expect(await ids(`role=${encodeURIComponent(role)}&workflow=autoPilot`)).toEqual([])
    expect(await ids('sort=-createdAt&limit=1')).toEqual([body.id])
  })

  it('are written by those who manage rules, read by auditors too, and by nobody else', async () => {
    const { body } = await create()
    const requester = await running.person('Rob', role)
    for (const path of ['/rules', `/rules/${body.id}`, `/rules/${body.id}/versions`]) {
      expect((await running.api(`GET ${path}`, ann)).status).toBe(200)
      expect((await running.api(`GET ${path}`, requester)).body.code).toBe('NOT_PERMITTED')
      expect((await running.api(`GET ${path}`, null)).status).toBe(401)
    }
    expect((await create({}, ann)).body.code).toBe('NOT_PERMITTED')
    expect((await running.api(`DELETE /rules/${body.id}`, requester)).status).toBe(403)
  })

  it('are not found where there is none', async () => {
    const id = randomUUID()
    expect((await running.api(`GET /rules/${id}`, manager)).status).toBe(404)
    expect((await running.api(`GET /rules/${id}/versions`, manager)).status).toBe(404)
    expect((await edit(id, '"1"', {})).status).toBe(404)
  })

  it('are all told of again by their newest versions, as replays', async () => {
    const made = await create()
    await edit(made.body.id, made.headers.get('etag') ?? '', { instructions: 'newest' })
    const operator = await running.person('Root', 'admin')
    const reply = await running.api('POST /republications/rules.v1', operator)
    expect(reply.status).toBe(202)
    await expect.poll(() => running.published.filter(({ meta }) => meta?.replay).length).toBe(reply.body.published)
    const [, second, replay] = eventsOf(made.body.id)
    expect(replay?.rule).toEqual(second?.rule)
    expect(replay?.meta).toMatchObject({ replay: true, version: second?.meta?.version })
  })
})

describe('whom a rule can name', () => {
  let running: RunningRules

  beforeAll(async () => {
    running = await runRules()
  })

  afterAll(async () => running?.close())

  it('is every active user and every group, for those who write rules without managing users', async () => {
    const manager = await running.person('Mia', 'exceptionsManager')
    const [ann, gone] = [await running.person('ann', 'auditor'), await running.person('Gone', 'auditor')]
    await running.heard(userSubject({ ...gone, role: 'auditor', active: false }), 2)
    const team = await running.group('Bee team', [ann, gone])
    const list = async (query = '') => (await running.api(`GET /rule-candidates${query}`, manager)).body
    expect(await list()).toEqual({
      items: [
        { id: ann.id, type: 'user', name: 'ann', people: 1 },
        { id: team, type: 'group', name: 'Bee team', people: 1 },
        { id: manager.id, type: 'user', name: 'Mia', people: 1 },
      ],
      nextCursor: null,
      count: { value: 3, exact: true },
    })
    expect((await list('?type=group')).items.map(({ id }: { id: string }) => id)).toEqual([team])
    expect((await list(`?text=${ann.id}@EXAMPLE`)).items.map(({ id }: { id: string }) => id)).toEqual([ann.id])
    expect((await list('?text=%25')).items).toEqual([])
    await running.role('Owner', ['exceptions.request'])
    const rob = await running.person('Rob', 'Owner')
    expect((await running.api('GET /rule-candidates', rob)).body.code).toBe('NOT_PERMITTED')
  })
})

describe('the request form', () => {
  let running: RunningRules
  let manager: Person

  beforeAll(async () => {
    running = await runRules()
    manager = await running.person('Mia', 'exceptionsManager')
    await running.role('Owner', ['exceptions.request'])
  })

  afterAll(async () => running?.close())

  it('says that the role has no rule', async () => {
    const rob = await running.person('Rob', 'Owner')
    expect(await running.api('GET /request-form', rob)).toMatchObject({
      status: 403,
      body: { code: 'NO_RULE_FOR_ROLE' },
    })
  })

  it('shows groups as people, without the inactive and the caller, and the step that nobody is left for', async () => {
    const [rob, ann, zoe, gone] = [
      await running.person('Rob', 'Owner'),
      await running.person('ann', 'auditor'),
      await running.person('Zoe', 'Owner'),
      await running.person('Gone', 'auditor'),
    ]
    await running.heard(userSubject({ ...gone, role: 'auditor', active: false }), 2)
    const team = await running.group('Team', [zoe, rob, ann, gone])
    const steps = [{ candidates: [team, ann.id] }, { candidates: [rob.id, gone.id] }]
    const body = { role: 'Owner', workflow: { type: 'approvers', steps }, instructions: 'Say why.' }
    const rule = await running.api('POST /rules', manager, body)
    const form = await running.api('GET /request-form', rob)
    expect(form).toMatchObject({ status: 200 })
    expect(form.body).toEqual({
      ruleId: rule.body.id,
      ruleVersion: 1,
      workflow: {
        type: 'approvers',
        steps: [
          {
            index: 0,
            assigned: false,
            candidates: [
              { id: ann.id, name: 'ann' },
              { id: zoe.id, name: 'Zoe' },
            ],
          },
          { index: 1, assigned: false, candidates: [] },
        ],
      },
      instructions: 'Say why.',
    })
    const asZoe = await running.api('GET /request-form', zoe)
    expect(asZoe.body.workflow.steps[1].candidates).toEqual([{ id: rob.id, name: 'Rob' }])
  })

  it('follows the rule to Auto Pilot', async () => {
    const rob = await running.person('Rob', 'exceptionsManager')
    await running.api('POST /rules', manager, { role: 'exceptionsManager', workflow: { type: 'autoPilot' } })
    const form = await running.api('GET /request-form', rob)
    expect(form.body).toMatchObject({ workflow: { type: 'autoPilot' }, instructions: '' })
  })

  it('is for those who may request', async () => {
    const auditor = await running.person('Ada', 'auditor')
    expect((await running.api('GET /request-form', auditor)).body.code).toBe('NOT_PERMITTED')
  })
})
