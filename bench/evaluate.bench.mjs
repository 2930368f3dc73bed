// One query over a million stored instances: from the columns in memory, and by PostgreSQL with its indexes. Both have to find the same.
import { compileQuery, toSql } from '@reprieve/query'
import pg from 'pg'
import { InventorySource } from '../services/scope/dist/adapters/columns/inventory-source.js'
import { INSTANCE_COLUMNS } from '../services/scope/dist/adapters/postgres/instance-columns.js'
import { median, withCluster } from './lib/cluster.mjs'
import { fillInventory } from './lib/inventory-fill.mjs'
import { scopeDatabase } from './lib/scope-database.mjs'
import { NOW, pinned, seeded } from './lib/workload.mjs'

const INSTANCES = Number(process.env.BENCH_INSTANCES ?? 1_000_000)
const ROUNDS = 5
const PINNED = 40
const GOAL = 50

const WIDE = [
  'cvss >= 7.0',
  'cvss > 2.5 && epss < 0.4',
  '!(severity == "critical" || severity == "high")',
  'asset.environment != "production" && !kev',
  '!(asset.exposure == "internet" || cvss < 3.0) && severity != "unknown"',
  'now - firstSeen > duration("4320h") && !(fixAvailable)',
  'asset.businessUnit in ["payments", "retail", "cards"] || epss >= 0.5',
  'location.contains("app-1") && cvss < 9.0',
  'asset.tags.exists(t, t.startsWith("team:")) && severity in ["low", "medium"]',
]

const compiled = (text) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return result.query
}

export async function run() {
  return await withCluster(async ({ database }) => {
    const url = await scopeDatabase(database)
    await fillInventory(url, { instances: INSTANCES, exceptions: 10 })
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      const source = new InventorySource(client, 2 ** 33)
      const started = performance.now()
      await source.load()
      const seconds = (performance.now() - started) / 1_000
      const { inventory } = source
      const told = `${inventory.rows.count.toLocaleString('en')} instances read in ${seconds.toFixed(1)} s`
      return [
        ...(await wide(inventory, client, told)),
        await pinnedOnes(inventory, client),
        // The goal is for ten million (lists.bench): of what instances share, ten times as much falls on each here.
        figure('B13.memoryPerInstance', inventory.bytes / inventory.rows.count, 'bytes an instance', null, told),
      ]
    } finally {
      await client.end()
    }
  })
}

const figure = (id, value, unit, goal, detail) => ({
  id,
  value,
  unit,
  goal,
  holds: goal === null ? null : isWithin(value, goal),
  detail,
})

const isWithin = (value, goal) => {
  const limit = Number.parseFloat(goal.slice(2))
  return goal.startsWith('≥') ? value >= limit : value <= limit
}

const select = (inventory, { normal }) =>
  inventory.select({ query: normal, status: 'open', coverage: 'all', memberOf: null, now: NOW.getTime() })

async function bySql(client, query) {
  const { text, values } = toSql(query, INSTANCE_COLUMNS, NOW)
  const { rows } = await client.query(
    `SELECT count(*)::float8 AS count, coalesce(sum(i.key), 0)::float8 AS keys
     FROM instance i JOIN asset a ON a.key = i.asset_key JOIN vulnerability v ON v.key = i.vulnerability_key
     WHERE i.open AND (${text})`,
    values,
  )
  return rows[0]
}

async function expectSame(inventory, client, text) {
  const query = compiled(text)
  const { bits, count } = select(inventory, query)
  let keys = 0
  bits.forEach((word, index) => {
    for (let left = word; left !== 0; left &= left - 1)
      keys += inventory.rows.keys.get(index * 32 + 31 - Math.clz32(left & -left))
  })
  const expected = await bySql(client, query)
  if (count !== expected.count || keys !== expected.keys)
    throw new Error(`${text}: ${count} rows from memory, ${expected.count} from PostgreSQL, or others`)
  return count
}

async function wide(inventory, client, told) {
  const ratios = []
  const times = []
  for (const text of WIDE) {
    const query = compiled(text)
    const count = await expectSame(inventory, client, text)
    if (count < inventory.rows.count / 20) throw new Error(`${text} selects ${count} only`)
    const own = []
    const sql = []
    for (let round = 0; round < ROUNDS; round++) {
      for (let turn = 0; turn < 5; turn++) own.push(timed(() => select(inventory, query)))
      const started = performance.now()
      await bySql(client, query)
      sql.push(performance.now() - started)
    }
    ratios.push(median(sql) / median(own))
    times.push(`${median(own).toFixed(1)}`)
  }
  const worst = WIDE[ratios.indexOf(Math.min(...ratios))]
  const detail = `median of wide queries ÷ SQL, worst ${Math.min(...ratios).toFixed(0)}× (${worst}); ${times.join(', ')} ms; ${told}`
  return [figure('B7.wide', median(ratios), '×', `≥ ${GOAL}`, detail)]
}

async function pinnedOnes(inventory, client) {
  const random = seeded(7)
  const texts = Array.from({ length: PINNED }, () => pinned(random))
  for (const text of texts.slice(0, 10)) await expectSame(inventory, client, text)
  const times = texts.map((text) => {
    const query = compiled(text)
    return median(Array.from({ length: 5 }, () => timed(() => select(inventory, query))))
  })
  return figure(
    'B7.pinned',
    Math.max(...times),
    'ms',
    '≤ 5',
    `slowest of pinned queries, median ${median(times).toFixed(2)} ms`,
  )
}

function timed(work) {
  const started = performance.now()
  work()
  return performance.now() - started
}
