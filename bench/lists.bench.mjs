// The first page of GET /instances, over HTTP, on an inventory of ten million: each sort, with no filter and with pinned, medium and broad
// ones, covered, uncovered and all. What is told from memory has to be what the database tells. And how soon exceptions on it are filled in.
import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { create } from '@bufbuild/protobuf'
import { BUILT_IN_ROLES, generateSigningKey, signToken } from '@reprieve/auth'
import { systemClock } from '@reprieve/clock'
import { directory } from '@reprieve/contracts'
import { Database } from '@reprieve/database'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { PeopleReplica } from '@reprieve/people'
import { scopeService } from '@reprieve/scope-service'
import { startService } from '@reprieve/service-host'
import pg from 'pg'
import { median, percentile, withCluster } from './lib/cluster.mjs'
import { columnsLogger } from './lib/columns-logger.mjs'
import { fillInventory } from './lib/inventory-fill.mjs'
import { scopeDatabase } from './lib/scope-database.mjs'
import { declareTopics, toldException } from './lib/scope-service.mjs'
import { broad, medium, pinned, seeded } from './lib/workload.mjs'

const INSTANCES = Number(process.env.BENCH_INSTANCES ?? 10_000_000)
const EXCEPTIONS = Number(process.env.BENCH_EXCEPTIONS ?? 200)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 4)
// By the database some of these take a minute.
const CHECKED = Number(process.env.BENCH_CHECKED ?? 24)
const PREVIEWS = 20
const MIB = 2 ** 20

const SORTS = ['severity', 'cvss', 'epss', 'firstSeen', 'asset.name', 'vulnerability']
const FILTERS = { none: () => null, pinned, medium, broad }
const COVERAGES = ['all', 'covered', 'uncovered']
const GOAL_MS = 300
const MOST_MS = 2_000

export async function run() {
  return await withCluster(async ({ database }) => {
    const url = await scopeDatabase(database)
    const filling = performance.now()
    const { members } = await fillInventory(url, { instances: INSTANCES, exceptions: EXCEPTIONS })
    const filled = (performance.now() - filling) / 1_000
    const carrier = await InProcessCarrier.open({ url: await database('messages', messagingMigrations) })
    const token = await signIn(url)
    const before = process.memoryUsage().rss
    const fromMemory = await start(url, carrier, token, { COLUMNS_FROM_INSTANCES: '0', COLUMNS_MEMORY_MIB: '16384' })
    const loading = performance.now()
    await fromMemory.loaded
    const loaded = (performance.now() - loading) / 1_000
    const grown = (process.memoryUsage().rss - before) / MIB
    console.log(
      `  ${INSTANCES.toLocaleString('en')} instances with ${members.toLocaleString('en')} members filled in ${filled.toFixed(0)} s, read in ${loaded.toFixed(0)} s`,
    )
    const fromDatabase = await start(url, carrier, token, { COLUMNS_MEMORY_MIB: '0' })
    try {
      const checked = await check(fromMemory, fromDatabase)
      await fromDatabase.close()
      return [
        ...(await lists(fromMemory, checked)),
        await previews(fromMemory),
        ...(await joins(url, carrier)),
        figure(
          'B13.memory',
          grown,
          'MiB',
          1_536,
          `read in ${loaded.toFixed(0)} s; ${members.toLocaleString('en')} members`,
        ),
      ]
    } finally {
      await fromMemory.close()
      await carrier.close()
    }
  })
}

const figure = (id, value, unit, goal, detail) => ({
  id,
  value,
  unit,
  goal: goal === null ? null : `≤ ${goal}`,
  holds: goal === null ? null : value <= goal,
  detail,
})

/** Each sort with each kind of filter, each time another one; every coverage in turn. */
function requests(rounds, seed) {
  const random = seeded(seed)
  return Array.from({ length: rounds }).flatMap(() =>
    SORTS.flatMap((sort) =>
      Object.entries(FILTERS).flatMap(([kind, make]) =>
        COVERAGES.map((coverage) => {
          const filter = make(random)
          const direction = random.below(2) === 0 ? '-' : ''
          const query = new URLSearchParams({
            sort: direction + sort,
            coverage,
            ...(filter === null ? {} : { filter }),
          })
          return { path: `/instances?${query}`, sort, kind, coverage }
        }),
      ),
    ),
  )
}

async function check(fromMemory, fromDatabase) {
  const all = requests(1, 11)
  const stride = Math.max(1, Math.floor(all.length / CHECKED))
  const times = []
  for (const { path } of all.filter((_, index) => index % stride === 0)) {
    const [own, sql] = [await fromMemory.get(path), await fromDatabase.get(path)]
    const same = (name) => JSON.stringify(own.body[name]) === JSON.stringify(sql.body[name])
    if (!same('items') || !same('count') || !same('nextCursor'))
      throw new Error(`${path} differs from the database's answer`)
    times.push(sql.took)
  }
  return `${times.length} answers equal to the database's, which took ${median(times).toFixed(0)} ms, p95 ${percentile(times, 95).toFixed(0)}`
}

async function lists(service, checked) {
  for (const { path } of requests(1, 12)) await service.get(path)
  const taken = []
  for (const request of requests(ROUNDS, 13)) taken.push({ ...request, took: (await service.get(request.path)).took })
  const times = taken.map(({ took }) => took)
  const p95 = (by, value) =>
    percentile(
      taken.filter((one) => one[by] === value).map(({ took }) => took),
      95,
    ).toFixed(0)
  const each = (by, values) => values.map((value) => `${value} ${p95(by, value)}`).join(', ')
  const worst = taken.reduce((a, b) => (a.took > b.took ? a : b))
  return [
    figure(
      'B13.p95',
      percentile(times, 95),
      'ms',
      GOAL_MS,
      `first page, median ${median(times).toFixed(0)}; p95 by filter: ${each('kind', Object.keys(FILTERS))}; by sort: ${each('sort', SORTS)}; ${checked}`,
    ),
    figure('B13.slowest', worst.took, 'ms', MOST_MS, decodeURIComponent(worst.path)),
  ]
}

async function previews(service) {
  const random = seeded(14)
  const times = []
  for (let n = 0; n < PREVIEWS; n++) {
    const expression = [pinned, medium, broad][n % 3](random)
    times.push((await service.post('/queries/preview', { expression })).took)
  }
  return figure(
    'B13.preview',
    percentile(times, 95),
    'ms',
    null,
    `p95 of previews, median ${median(times).toFixed(0)}; counted to the last`,
  )
}

const JOINING = [
  ['asset.owner == "owner-77"', "a.owner = 'owner-77'"],
  ['cvss < 0.3 && !kev && asset.criticality == "low"', "i.cvss < 0.3 AND NOT i.kev AND a.criticality = 'low'"],
  ['severity == "low" && asset.environment == "development"', "i.severity = 2 AND a.environment = 'development'"],
]

/** Exceptions that need no approval, told of one after the other: how long until all that they cover is filled in. */
async function joins(url, carrier) {
  await declareTopics(carrier, ['exceptions.v1'])
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const ask = async (query, values) => (await pool.query(query, values)).rows[0]
  try {
    const results = []
    for (const [index, [expression, condition]] of JOINING.entries()) {
      const { count } = await ask(
        `SELECT count(*)::int AS count FROM instance i JOIN asset a ON a.key = i.asset_key WHERE ${condition}`,
      )
      const message = toldException(expression)
      const started = performance.now()
      await carrier.publish([message])
      const joined = () => ask('SELECT key FROM exception WHERE id = $1 AND synced_at IS NOT NULL', [message.key])
      while ((await joined()) === undefined) await sleep(5)
      const seconds = (performance.now() - started) / 1_000
      const { key } = await joined()
      const { members } = await ask(
        'SELECT count(*)::int AS members FROM membership WHERE exception_key = $1 AND until IS NULL',
        [key],
      )
      if (members !== count) throw new Error(`${expression} has ${members} members instead of ${count}`)
      results.push({
        id: `B10.joins${index + 1}`,
        value: seconds,
        unit: 's',
        goal: null,
        holds: null,
        detail: `Auto Pilot → synced, ${members.toLocaleString('en')} members of ${INSTANCES.toLocaleString('en')} instances`,
      })
    }
    return results
  } finally {
    await pool.end()
  }
}

async function start(url, carrier, token, environment) {
  const { logger, inMemory } = columnsLogger()
  const service = await startService(scopeService, {
    databaseUrl: url,
    carrier,
    clock: systemClock,
    logger,
    environment,
  })
  const call = async (method, path, body) => {
    const started = performance.now()
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const took = performance.now() - started
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return { took, body: JSON.parse(text) }
  }
  return {
    loaded: inMemory,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    close: async () => {
      await service.close()
      await sleep(10)
    },
  }
}

/** A token of somebody whom the service knows. */
async function signIn(url) {
  const database = new Database({ url, applicationName: 'bench', maxConnections: 1 })
  const replica = new PeopleReplica(database, systemClock)
  const { key } = await generateSigningKey()
  const hear = (subject) =>
    replica.apply(create(directory.DirectoryEventSchema, { subject, meta: { version: { incarnation: 1n, n: 1n } } }))
  await hear({ case: 'signingKey', value: { kid: key.kid, publicJwk: JSON.stringify(key.publicJwk) } })
  await hear({ case: 'role', value: { name: 'admin', permissions: [...BUILT_IN_ROLES.admin] } })
  const id = randomUUID()
  await hear({
    case: 'user',
    value: { id, name: 'Ada', email: 'ada@example.com', role: 'admin', active: true, kind: directory.UserKind.PERSON },
  })
  await database.close()
  return await signToken(key, {
    kind: 'session',
    tokenId: randomUUID(),
    userId: id,
    issuedAt: new Date(Date.now() - 1_000),
    expiresAt: new Date(Date.now() + 86_400_000),
    permissions: null,
  })
}
