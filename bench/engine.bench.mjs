// The batch engine against what one would write instead: a loop of compiled closures, a CEL library in a loop, PostgreSQL's jsonpath.
import { once } from 'node:events'
import { cpus } from 'node:os'
import { Worker } from 'node:worker_threads'
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { BatchEngine } from '@reprieve/correlation'
import { compileQuery } from '@reprieve/query'
import pg from 'pg'
import { closureOf } from './lib/closures.mjs'
import { median, percentile, withCluster } from './lib/cluster.mjs'
import { documentOf, jsonPathOf } from './lib/jsonpath.mjs'
import { adversarial, NOW, realistic, rows as rowsOf } from './lib/workload.mjs'

const BATCH = 4_096
const ROUNDS = 5
const MIXES = { realistic, adversarial }

const compiled = (text) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return result.query
}

function pairsOfClosures(closures, rows) {
  const now = NOW.getTime()
  let pairs = 0
  for (const row of rows) for (const holds of closures) if (holds(row, now)) pairs++
  return pairs
}

/** The loop with the CEL library that would be taken for it: checked once, evaluated for each row. */
function celLoop(texts) {
  const environment = celEnv()
  const programs = texts.map((text) => plan(environment, parse(text.replace(/\b(?=(asset|component)\.)/g, ''))))
  return (rows) => {
    const now = timestampFromDate(NOW)
    let pairs = 0
    for (const row of rows) {
      const bindings = { now, asset: {}, component: {} }
      for (const [name, value] of Object.entries(row)) {
        if (value === null) continue
        const converted = value instanceof Date ? timestampFromDate(value) : name === 'port' ? BigInt(value) : value
        const dot = name.indexOf('.')
        if (dot < 0) bindings[name] = converted
        else bindings[name.slice(0, dot)][name.slice(dot + 1)] = converted
      }
      for (const program of programs) {
        const value = program(bindings)
        if (!isCelError(value) && value === true) pairs++
      }
    }
    return pairs
  }
}

function timed(work, events) {
  const started = performance.now()
  const result = work()
  return { rate: events / ((performance.now() - started) / 1_000), result }
}

function engineOf(queries) {
  const engine = new BatchEngine()
  for (const [index, query] of queries.entries()) engine.set(String(index), query)
  return engine
}

const matchAll = (engine, rows, size) => {
  let pairs = 0
  for (let start = 0; start < rows.length; start += size)
    pairs += engine.match(rows.slice(start, start + size), NOW).rows.length
  return pairs
}

/** PostgreSQL with a table of queries and one of documents, asked for the pairs. */
async function jsonPathRatio(rate, queries, closures, rows) {
  return await withCluster(async ({ cluster }) => {
    const client = new pg.Client(cluster.url('postgres'))
    await client.connect()
    try {
      const sample = rows.slice(0, 20)
      await client.query('CREATE TABLE query (path jsonpath); CREATE TABLE document (value jsonb)')
      await client.query('INSERT INTO query SELECT unnest($1::text[])::jsonpath', [
        queries.map(({ normal }) => jsonPathOf(normal, NOW.getTime())),
      ])
      await client.query('INSERT INTO document SELECT unnest($1::text[])::jsonb', [
        sample.map((row) => JSON.stringify(documentOf(row))),
      ])
      await client.query('ANALYZE query; ANALYZE document; SET max_parallel_workers_per_gather = 0')
      const pairs = 'SELECT count(*)::int AS pairs FROM document JOIN query ON document.value @@ query.path'
      const found = (await client.query(pairs)).rows[0].pairs
      const expected = pairsOfClosures(closures, sample)
      if (found !== expected) throw new Error(`jsonpath finds ${found} pairs, the closures ${expected}`)
      const rates = []
      for (let round = 0; round < 3; round++) {
        const started = performance.now()
        await client.query(pairs)
        rates.push(sample.length / ((performance.now() - started) / 1_000))
      }
      return [rate / median(rates), 1_500, `PostgreSQL jsonpath ${Math.round(median(rates))} events/s`]
    } finally {
      await client.end()
    }
  })
}

const THREAD_ROWS = BATCH * 10

/** The same queries in two threads, each with rows of its own, and in one, in turns. */
async function twoThreads() {
  const threads = [11, 12].map(
    (seed) =>
      new Worker(new URL('./lib/matching-thread.mjs', import.meta.url), {
        workerData: { queries: 10_000, rows: THREAD_ROWS, seed, batch: BATCH },
      }),
  )
  try {
    await Promise.all(threads.map((thread) => once(thread, 'message')))
    const rateOf = async (some) => {
      const started = performance.now()
      await Promise.all(
        some.map(async (thread) => {
          const done = once(thread, 'message')
          thread.postMessage('go')
          await done
        }),
      )
      return (some.length * THREAD_ROWS) / ((performance.now() - started) / 1_000)
    }
    const ratios = []
    for (let round = 0; round < ROUNDS; round++) ratios.push((await rateOf(threads)) / (await rateOf([threads[0]])))
    return times('B4', median(ratios), 1.7, `two threads ÷ one, ${cpus().length} cores`)
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

const figure = (id, value, unit, goal, holds, detail) => ({ id, value, unit, goal, holds, detail })
const times = (id, value, goal, detail) => figure(id, value, '×', `≥ ${goal}×`, value >= goal, detail)

export async function run() {
  const results = []
  const rows = rowsOf(BATCH * 10)
  for (const [mix, make] of Object.entries(MIXES)) {
    const texts = make(10_000)
    const queries = texts.map(compiled)
    const engine = engineOf(queries)
    const few = engineOf(queries.slice(0, 1_000))
    const closures = queries.map(({ normal }) => closureOf(normal))
    const sample = rows.slice(0, 400)
    const expected = pairsOfClosures(closures, sample)
    if (engine.match(sample, NOW).rows.length !== expected)
      throw new Error(`${mix}: the engine and the closures differ`)
    // Each is warm before it counts, and they take turns.
    for (let round = 0; round < 2; round++) matchAll(engine, rows, BATCH)
    const rates = { engine: [], few: [], closures: [], small: [] }
    let pairs = 0
    for (let round = 0; round < ROUNDS; round++) {
      const whole = timed(() => matchAll(engine, rows, BATCH), rows.length)
      pairs = whole.result
      rates.engine.push(whole.rate)
      rates.few.push(timed(() => matchAll(few, rows, BATCH), rows.length).rate)
      rates.closures.push(timed(() => pairsOfClosures(closures, sample), sample.length).rate)
      if (mix === 'realistic') {
        const part = rows.slice(0, BATCH * 2)
        rates.small.push(timed(() => matchAll(engine, part, 32), part.length).rate)
      }
    }
    const rate = median(rates.engine)
    const loop = median(rates.closures)
    const per = (pairs / rows.length).toFixed(1)
    const told = `${Math.round(rate).toLocaleString('en')} events/s at 10 000 queries, ${per} matches an event; closures ${Math.round(loop).toLocaleString('en')}`
    const ratio = rate / median(rates.few)
    if (mix === 'realistic') {
      results.push(times('B1.closures', rate / loop, 250, told))
      const cel = celLoop(texts)
      const celRows = rows.slice(0, 20)
      if (cel(celRows) !== pairsOfClosures(closures, celRows))
        throw new Error('the CEL library and the closures differ')
      const celRate = median([1, 2, 3].map(() => timed(() => cel(celRows), celRows.length).rate))
      results.push(times('B1.cel', rate / celRate, 800, `CEL library ${Math.round(celRate)} events/s`))
      results.push(times('B1.jsonpath', ...(await jsonPathRatio(rate, queries, closures, rows))))
      results.push(await twoThreads())
      results.push(
        times(
          'B8',
          median(rates.small) / rate,
          0.3,
          `batches of 32 ÷ 4 096, ${Math.round(median(rates.small)).toLocaleString('en')} events/s`,
        ),
      )
      const changes = []
      const live = engineOf(queries)
      const others = realistic(2_000, 99).map(compiled)
      others.forEach((query, index) => {
        const started = performance.now()
        live.set(`other ${index}`, query)
        changes.push(performance.now() - started)
        const removing = performance.now()
        live.remove(String(index))
        changes.push(performance.now() - removing)
      })
      const p99 = percentile(changes, 99)
      results.push(
        figure(
          'B9.change',
          p99,
          'ms',
          '≤ 2',
          p99 <= 2,
          `add or remove one, p99; median ${median(changes).toFixed(3)} ms`,
        ),
      )
    } else {
      results.push(times('B2', rate / loop, 200, told))
    }
    results.push(
      times(
        `B3.${mix}`,
        ratio,
        mix === 'realistic' ? 0.5 : 0.2,
        `10 k ÷ 1 k queries, of which ${Math.round(median(rates.few)).toLocaleString('en')} events/s`,
      ),
    )
  }
  return results
}
