import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { ticketCounts, tickets } from '@reprieve/contracts'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { observed, resolved } from './events.js'
import { type RunningScope, runScope } from './running-scope.js'

let scope: RunningScope
const told: ticketCounts.TicketCountsEvent[] = []
beforeAll(async () => {
  scope = await runScope()
  await scope.carrier.subscribe({
    group: 'test-tickets',
    handler: 'test',
    maxBatch: 500,
    topics: ['ticket-counts.v1'],
    async handle(batch) {
      told.push(...batch.map(({ value }) => fromBinary(ticketCounts.TicketCountsEventSchema, value)))
    },
  })
})
afterAll(async () => {
  await scope.close()
})

let assets = 0
const newAsset = (extra: object = {}) => ({ name: `ticketed-${++assets}`, type: 'ASSET_TYPE_HOST', ...extra })
const on = (asset: { name: string }) => `asset.name == ${JSON.stringify(asset.name)}`
const get = async (path: string) => (await scope.api(`GET ${path}`, scope.admin)).body
const vulnerability = (id: string) => ({ vulnerability: { id } })

let versions = 0
async function publish(subject: tickets.TicketsEvent['subject'], id: string): Promise<void> {
  const event = create(tickets.TicketsEventSchema, {
    meta: { eventId: uuidv7(), subjectId: id, version: { incarnation: 1n, n: BigInt(++versions) } },
    subject,
  })
  await scope.carrier.publish([{ topic: 'tickets.v1', key: id, value: toBinary(tickets.TicketsEventSchema, event) }])
  await scope.rest()
}

interface Told {
  id?: string
  expression: string
  queryVersion?: number
  dueDate?: string
  done?: boolean
  group?: { ruleId: string; key: object }
}
async function tellTicket({ id = uuidv7(), expression, queryVersion = 1, dueDate = '', done = false, group }: Told) {
  const value = create(tickets.TicketChangeSchema, {
    ticket: {
      id,
      title: 'A ticket',
      owner: { id: uuidv7(), name: 'Olga Owner' },
      expression,
      queryVersion,
      dueDate,
      status: done ? tickets.Status.DONE : tickets.Status.OPEN,
      ...(group === undefined ? {} : { group }),
    },
  })
  await publish({ case: 'ticket', value }, id)
  return id
}
const { Grouping } = tickets
async function tellRule(rule: {
  id?: string
  by: tickets.Grouping
  filter?: string
  version?: number
  enabled?: boolean
}) {
  const { id = uuidv7(), by, filter = '', version = 1, enabled = true } = rule
  const value = create(tickets.GroupingRuleSchema, { id, name: 'A rule', by, filter, version, enabled })
  await publish({ case: 'groupingRule', value }, id)
  return id
}

/** What was told last of a ticket: [severity, criticality, kev, instances, first seen], and how many are closed. */
function countsOf(id: string) {
  const counts = told.flatMap(({ subject }) =>
    subject.case === 'ticket' && subject.value.ticketId === id ? [subject.value] : [],
  )
  const last = counts.at(-1)
  return last === undefined ? null : { edit: last.queryVersion, ...tallyOf(last.tally) }
}
const tallyOf = (tally: ticketCounts.Tally | undefined) => ({
  open: (tally?.open ?? [])
    .map(({ severity, criticality, kev, instances, firstSeen }) =>
      [
        severity,
        criticality,
        kev,
        Number(instances),
        firstSeen === undefined ? null : timestampDate(firstSeen).toISOString().slice(0, 16),
      ].join(' '),
    )
    .sort(),
  closed: Number(tally?.closed ?? 0),
})
/** What was told last of each group of a rule, without those that are empty. */
function groupsOf(ruleId: string) {
  const groups = new Map<string, { edit: number; instances: number; asset: string; version: number }>()
  for (const { meta, subject } of told) {
    if (subject.case !== 'group' || subject.value.ruleId !== ruleId) continue
    const { key, ruleVersion, tally, assetName } = subject.value
    const name = [key?.owner, key?.component, key?.asset, key?.vulnerability]
      .filter((part) => part !== undefined)
      .join('/')
    const version = Number(meta?.version?.n)
    if (meta?.replay !== true) expect(version).toBeGreaterThan(groups.get(name)?.version ?? 0)
    const instances = (tally?.open ?? []).reduce((sum, bucket) => sum + Number(bucket.instances), 0)
    groups.set(name, { edit: ruleVersion, instances, asset: assetName, version })
  }
  return Object.fromEntries(
    [...groups].filter(([, { instances }]) => instances > 0).map(([name, { instances }]) => [name, instances]),
  )
}
const soon = { timeout: 10_000 }

describe('A ticket', () => {
  it('is counted by all that a due date follows from, covers nothing, and is no exception', async () => {
    const asset = newAsset({ criticality: 'high' })
    await scope.publish(
      observed({ asset, ...vulnerability('CVE-2024-0001'), severity: 'critical', kev: true }),
      observed({ asset, ...vulnerability('CVE-2024-0002'), severity: 'low', observedAt: '2026-03-01T10:00:00Z' }),
      observed({ asset, ...vulnerability('CVE-2024-0003'), severity: 'low' }),
    )
    const before = (await get('/summary')).exceptions
    const id = await tellTicket({ expression: on(asset) })
    await expect
      .poll(() => countsOf(id), soon)
      .toEqual({
        edit: 1,
        open: ['critical high true 1 2026-03-01T11:00', 'low high false 2 2026-03-01T10:00'],
        closed: 0,
      })
    expect((await get(`/instances?coverage=uncovered&filter=${encodeURIComponent(on(asset))}`)).count.value).toBe(3)
    expect((await get(`/instances?coverage=deferred&filter=${encodeURIComponent(on(asset))}`)).count.value).toBe(0)
    expect((await get('/summary')).exceptions).toEqual(before)
    expect((await scope.api('POST /queries/preview', scope.admin, { expression: on(asset) })).body.overlaps).toEqual([])
    const { rows } = await scope.database.pool.query<{ id: string }>('SELECT id FROM exception WHERE ticket_id = $1', [
      id,
    ])
    expect((await scope.api(`GET /exceptions/${rows[0]?.id}/instances`, scope.admin)).status).toBe(404)
    expect(scope.published.coverage.filter(({ exceptionId }) => exceptionId === rows[0]?.id)).toEqual([])
  })

  it('is counted anew when its instances change, though they stay its own', async () => {
    const asset = newAsset()
    await scope.publish(observed({ asset, severity: 'low' }))
    const id = await tellTicket({ expression: on(asset) })
    await expect.poll(() => countsOf(id)?.open, soon).toEqual(['low  false 1 2026-03-01T11:00'])
    await scope.publish(observed({ asset, severity: 'high', scanId: 's-2', observedAt: '2026-03-01T11:01:00Z' }))
    await expect.poll(() => countsOf(id)?.open, soon).toEqual(['high  false 1 2026-03-01T11:00'])
    const critical = { ...asset, criticality: 'critical' }
    await scope.publish(
      observed({ asset: critical, severity: 'high', scanId: 's-3', observedAt: '2026-03-01T11:02:00Z' }),
    )
    await expect.poll(() => countsOf(id)?.open, soon).toEqual(['high critical false 1 2026-03-01T11:00'])
    await scope.publish(resolved({ asset, observedAt: '2026-03-01T11:03:00Z' }))
    await expect.poll(() => countsOf(id), soon).toEqual({ edit: 1, open: [], closed: 1 })
  })

  it('whose query is edited is counted for the edit, and one that is done no more', async () => {
    const asset = newAsset()
    await scope.publish(
      observed({ asset, ...vulnerability('CVE-2024-0011'), severity: 'low' }),
      observed({ asset, ...vulnerability('CVE-2024-0012'), severity: 'high' }),
    )
    const id = await tellTicket({ expression: on(asset) })
    await expect.poll(() => countsOf(id)?.open, soon).toHaveLength(2)
    const expression = `${on(asset)} && severity == "high"`
    await tellTicket({ id, expression, queryVersion: 2 })
    await expect
      .poll(() => countsOf(id), soon)
      .toEqual({ edit: 2, open: ['high  false 1 2026-03-01T11:00'], closed: 0 })
    await tellTicket({ id, expression, queryVersion: 2, done: true })
    const matched = async () =>
      (
        await scope.database.pool.query(
          'SELECT count(*)::int AS n FROM membership m JOIN exception e ON e.key = m.exception_key WHERE e.ticket_id = $1 AND m.until IS NULL',
          [id],
        )
      ).rows[0].n
    await expect.poll(matched, soon).toBe(0)
    await tellTicket({ id, expression, queryVersion: 2 })
    await expect.poll(matched, soon).toBe(1)
  })

  it('that selects nothing is told so', async () => {
    const id = await tellTicket({ expression: 'asset.name == "nowhere"' })
    await expect.poll(() => countsOf(id), soon).toEqual({ edit: 1, open: [], closed: 0 })
  })

  it('whose day is over makes its open instances overdue, unless an exception defers them', async () => {
    const asset = newAsset()
    await scope.publish(
      observed({ asset, severity: 'high' }),
      observed({ asset, ...vulnerability('CVE-2024-0021'), severity: 'low' }),
    )
    const overdue = async () => (await get(`/summary?filter=${encodeURIComponent(on(asset))}`)).overdue
    const id = await tellTicket({ expression: on(asset), dueDate: '2026-03-01' })
    expect(await overdue()).toMatchObject({ high: 0, low: 0 })
    await tellTicket({ id, expression: on(asset), dueDate: '2026-02-28' })
    expect(await overdue()).toMatchObject({ high: 1, low: 1 })
    await scope.tell({ expression: `${on(asset)} && severity == "low"`, effect: 'DEFER' })
    expect(await overdue()).toMatchObject({ high: 1, low: 0 })
    await tellTicket({ id, expression: on(asset), dueDate: '2026-02-28', done: true })
    expect(await overdue()).toMatchObject({ high: 0, low: 0 })
  })
})

describe('A grouping rule', () => {
  it('by owner and component counts each group that its filter selects, and follows what changes', async () => {
    const [one, other] = [
      newAsset({ owner: 'team-a', environment: 'production' }),
      newAsset({ owner: 'team-b', environment: 'production' }),
    ]
    const component = (name: string) => ({ component: { name, version: '1' } })
    await scope.publish(
      observed({ asset: one, ...vulnerability('CVE-2024-0101'), ...component('openssl') }),
      observed({ asset: one, ...vulnerability('CVE-2024-0102'), ...component('openssl') }),
      observed({ asset: one, ...vulnerability('CVE-2024-0103'), ...component('zlib') }),
      observed({ asset: other, ...vulnerability('CVE-2024-0101'), ...component('openssl') }),
    )
    const id = await tellRule({ by: Grouping.OWNER_AND_COMPONENT, filter: 'asset.environment == "production"' })
    await expect.poll(() => groupsOf(id), soon).toEqual({ 'team-a/openssl': 2, 'team-a/zlib': 1, 'team-b/openssl': 1 })
    await scope.publish(
      observed({
        asset: { ...one, owner: 'team-c' },
        scanId: 's-2',
        ...vulnerability('CVE-2024-0104'),
        ...component('zlib'),
        observedAt: '2026-03-01T11:01:00Z',
      }),
      resolved({
        asset: other,
        ...vulnerability('CVE-2024-0101'),
        ...component('openssl'),
        observedAt: '2026-03-01T11:01:00Z',
      }),
    )
    await expect.poll(() => groupsOf(id), soon).toEqual({ 'team-c/openssl': 2, 'team-c/zlib': 2 })
    await tellRule({ id, by: Grouping.OWNER_AND_COMPONENT, filter: 'component.name == "zlib"', version: 2 })
    await expect.poll(() => groupsOf(id), soon).toEqual({ 'team-c/zlib': 2 })
    await tellRule({
      id,
      by: Grouping.OWNER_AND_COMPONENT,
      filter: 'component.name == "zlib"',
      version: 2,
      enabled: false,
    })
    await expect.poll(() => groupsOf(id), soon).toEqual({})
  })

  it('by asset and by vulnerability counts by their keys, also when one vulnerability turns out to be another', async () => {
    const asset = newAsset({ businessUnit: 'grouped' })
    const filter = 'asset.businessUnit == "grouped"'
    const byAsset = await tellRule({ by: Grouping.ASSET, filter })
    const byVulnerability = await tellRule({ by: Grouping.VULNERABILITY, filter })
    await scope.publish(
      observed({ asset, ...vulnerability('CVE-2024-0201') }),
      observed({ asset, ...vulnerability('GHSA-cccc-ffff-gggg'), component: { name: 'other' } }),
    )
    await expect.poll(() => Object.values(groupsOf(byAsset)), soon).toEqual([2])
    await expect.poll(() => groupsOf(byVulnerability), soon).toEqual({ 'CVE-2024-0201': 1, 'GHSA-cccc-ffff-gggg': 1 })
    await scope.publish(
      observed({
        asset,
        vulnerability: { id: 'CVE-2024-0202', aliases: ['GHSA-cccc-ffff-gggg'] },
        component: { name: 'third' },
        observedAt: '2026-03-01T11:01:00Z',
      }),
    )
    await expect.poll(() => groupsOf(byVulnerability), soon).toEqual({ 'CVE-2024-0201': 1, 'CVE-2024-0202': 2 })
    await expect.poll(() => Object.values(groupsOf(byAsset)), soon).toEqual([3])
  })

  it('does not have its tickets matched, and theirs that are overdue count by key', async () => {
    const asset = newAsset({ owner: 'team-late' })
    await scope.publish(
      observed({ asset, severity: 'high', component: { name: 'late' } }),
      observed({ asset, severity: 'low', component: { name: 'early' } }),
    )
    const ruleId = await tellRule({ by: Grouping.OWNER_AND_COMPONENT, filter: on(asset) })
    const key = { owner: 'team-late', component: 'late' }
    const id = await tellTicket({
      expression: 'asset.owner == "team-late" && component.name == "late"',
      dueDate: '2026-02-01',
      group: { ruleId, key },
    })
    const { rows } = await scope.database.pool.query('SELECT count(*)::int AS n FROM exception WHERE ticket_id = $1', [
      id,
    ])
    expect(rows).toEqual([{ n: 0 }])
    expect((await get(`/summary?filter=${encodeURIComponent(on(asset))}`)).overdue).toMatchObject({ high: 1, low: 0 })
  })
})

it('An instance tells which open tickets it is one of: by query and by group, as far as the rule still selects it', async () => {
  const asset = newAsset({ owner: 'team-told' })
  await scope.publish(
    observed({ asset, ...vulnerability('CVE-2024-0301'), component: { name: 'told' } }),
    observed({ asset, ...vulnerability('CVE-2024-0302'), component: { name: 'untold' } }),
  )
  const group = async (by: tickets.Grouping, key: object, filter = on(asset)) =>
    await tellTicket({ expression: filter, group: { ruleId: await tellRule({ by, filter }), key } })
  const byQuery = await tellTicket({ expression: `${on(asset)} && component.name == "told"` })
  const byOwner = await group(Grouping.OWNER_AND_COMPONENT, { owner: 'team-told', component: 'told' })
  const byVulnerability = await group(Grouping.VULNERABILITY, { vulnerability: 'CVE-2024-0301' })
  await group(Grouping.VULNERABILITY, { vulnerability: 'CVE-2024-0301' }, 'component.name == "untold"')
  await tellTicket({ expression: on(asset), done: true })
  const { items } = await get(`/instances?filter=${encodeURIComponent(on(asset))}&sort=vulnerability`)
  const byAsset = await group(Grouping.ASSET, { asset: items[0].asset.id })
  const ofInstance = async (n: number) =>
    (await get(`/instances/${items[n].id}/tickets`)).items.map(({ ticketId }: { ticketId: string }) => ticketId)
  expect(items).toHaveLength(2)
  expect(await ofInstance(0)).toEqual([byQuery, ...[byOwner, byAsset, byVulnerability].toSorted()])
  expect(await ofInstance(1)).toEqual([byAsset])
  expect((await scope.api(`GET /instances/${uuidv7()}/tickets`, scope.admin)).status).toBe(404)
})

it('All that was told of tickets and groups can be told again, as it was', async () => {
  const asset = newAsset()
  await scope.publish(observed({ asset, severity: 'high' }))
  const id = await tellTicket({ expression: on(asset) })
  const rule = await tellRule({ by: Grouping.ASSET, filter: on(asset) })
  await expect.poll(() => countsOf(id)?.open, soon).toHaveLength(1)
  await expect.poll(() => Object.values(groupsOf(rule)), soon).toEqual([1])
  const newest = () => {
    const bySubject = new Map<string, { version: number; told: string }>()
    for (const { meta, subject } of told) {
      const { case: kind, value } = subject
      if (kind === undefined || meta === undefined) continue
      const text = JSON.stringify({ ...value, tally: tallyOf(value.tally) })
      bySubject.set(meta.subjectId, { version: Number(meta.version?.n), told: text })
    }
    return bySubject
  }
  const before = newest()
  const empty = [...before].filter(([, { told }]) => told.includes('"open":[]')).length
  const count = told.length
  const reply = await scope.api('POST /republications/ticket-counts.v1', scope.admin, {})
  expect(reply.body.published).toBeGreaterThanOrEqual(before.size - empty)
  await expect.poll(() => told.length, soon).toBe(count + reply.body.published)
  expect(newest()).toEqual(before)
})
