// The first page of the Exception Table at 100 000 exceptions, by every filter and every sort: what the service itself needs for it, from
// the question to the records that the answer is made of. Its export, whole, as CSV. And a thousand of them that end at once.
import { Database } from '@reprieve/database'
import { exceptionsService } from '@reprieve/exceptions-service'
import { Outbox, outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { sql } from 'kysely'
import { exportOf } from '../services/exceptions/dist/adapters/http/exception-export.js'
import {
  ExceptionTableRepository,
  unpacked,
} from '../services/exceptions/dist/adapters/postgres/exception-table.repository.js'
import { ExceptionsRepository } from '../services/exceptions/dist/adapters/postgres/exceptions.repository.js'
import { ExpireExceptions } from '../services/exceptions/dist/application/expire-exceptions.js'
import { readInTurn } from '../services/exceptions/dist/application/export-exceptions.js'
import { percentile, withCluster } from './lib/cluster.mjs'
import { fillExceptionTable } from './lib/exception-rows.mjs'

const EXCEPTIONS = 100_000
const TIMES = Number(process.env.BENCH_TIMES ?? 20)
const GOAL_MS = 50
const ENDING = 1_000

const SORTS = [
  'name',
  'status',
  'expiresAt',
  'appliedSince',
  'requestedAt',
  'requestedBy',
  'instanceCount',
  'waitingFor',
]

export async function run() {
  return withCluster(async ({ database }) => {
    const url = await database('exceptions', outboxMigrations, peopleMigrations, exceptionsService.migrations)
    const opened = new Database({ url, applicationName: 'bench' })
    try {
      const { person, someDay } = await fillExceptionTable(opened, EXCEPTIONS)
      const table = new ExceptionTableRepository(opened)
      const exceptions = new ExceptionsRepository(opened, new Outbox())
      const filters = {
        none: {},
        'status, common': { status: ['active'] },
        'status, rare': { status: ['withdrawn'] },
        'several statuses': { status: ['active', 'pendingApproval'] },
        kind: { kind: ['ticket'] },
        requestedBy: { requestedBy: [person(7)] },
        waitingFor: { waitingFor: [person(8)] },
        approver: { approver: [person(9)] },
        'text, common': { text: ['server'] },
        'text, rare': { text: ['needle 4711'] },
        'text, two letters': { text: ['in'] },
        'text, two letters, rare': { text: ['zq'] },
        'text, none': { text: ['nobody ever wrote this'] },
        requestedAfter: { requestedAfter: someDay(-20) },
        'requestedBefore, rare': { requestedBefore: someDay(-998) },
        expiresAfter: { expiresAfter: someDay(300) },
        expiresBefore: { expiresBefore: someDay(-900) },
        minInstances: { minInstances: 990 },
        'status and text': { status: ['denied'], text: ['needle'] },
        'asOf, lately': { asOf: someDay(-1) },
        'asOf, long ago': { asOf: someDay(-700) },
        'asOf with a status': { asOf: someDay(-300), status: ['pendingApproval'] },
      }
      const figures = []
      // The first pages of a process are compiled while they are read.
      for (let n = 0; n < TIMES; n++) {
        const { items } = await table.page({}, { limit: 50, sort: [{ field: 'name', descending: false }] })
        await exceptions.findAll(items)
      }
      const only = new RegExp(process.env.BENCH_ONLY ?? '')
      for (const [name, filter] of Object.entries(filters).filter(([known]) => only.test(known))) {
        const worst = { p95: 0, sort: '' }
        // Sorted by counts of another time, each count is looked up by itself.
        for (const sort of SORTS.filter((field) => filter.asOf === undefined || field !== 'instanceCount').flatMap(
          (field) => [field, `-${field}`],
        )) {
          const terms = [{ field: sort.replace('-', ''), descending: sort.startsWith('-') }]
          const times = []
          await table.page(filter, { limit: 50, sort: terms })
          for (let n = 0; n < TIMES; n++) {
            const started = performance.now()
            const { items } = await table.page(filter, { limit: 50, sort: terms })
            await (filter.asOf === undefined ? exceptions.findAll(items) : exceptions.findAllAsOf(items, filter.asOf))
            times.push(performance.now() - started)
          }
          const p95 = percentile(times, 95)
          if (process.env.BENCH_VERBOSE) console.log(name, sort, p95.toFixed(1), percentile(times, 50).toFixed(1))
          if (p95 > worst.p95) Object.assign(worst, { p95, sort })
        }
        figures.push(
          figure(
            `exception table, ${name}`,
            worst.p95,
            'ms',
            GOAL_MS,
            `p95 of the slowest of its sorts (${worst.sort}), ${TIMES} times each`,
          ),
        )
      }
      figures.push(...(await exporting(table, exceptions)), await ending(opened, exceptions))
      return figures
    } finally {
      await opened.close()
    }
  })
}

/** A thousand that end: from the look that finds them to all of them ended, each with its line and its event. */
async function ending(database, exceptions) {
  const { rows } = await sql`
    SELECT expires_at FROM exception WHERE status = 'active' AND expires_at IS NOT NULL
    ORDER BY expires_at, id OFFSET ${ENDING - 1} LIMIT 1`.execute(database.db)
  const now = rows[0].expires_at
  const started = performance.now()
  const ended = await new ExpireExceptions(database, exceptions, { now: () => now }).expireDue()
  const ms = ((performance.now() - started) * ENDING) / ended
  return figure('1 000 exceptions that end at once', ms, 'ms', 2_000, `${ended} ended, among ${EXCEPTIONS}`)
}

/** The whole table as CSV: how long, and how much memory more than before. */
async function exporting(table, exceptions) {
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = 0
  let bytes = 0
  const started = performance.now()
  const ids = await table.all({}, [{ field: 'requestedAt', descending: true }])
  for await (const chunk of exportOf('csv', readInTurn(exceptions, unpacked(ids, 100)))) {
    bytes += chunk.length
    most = Math.max(most, process.memoryUsage().rss - before)
  }
  const seconds = (performance.now() - started) / 1_000
  const detail = `${EXCEPTIONS} rows, ${(bytes / 1_048_576).toFixed(0)} MiB of CSV`
  return [
    figure('exception table, export', seconds, 's', null, detail),
    figure('exception table, memory of an export', most / 1_048_576, 'MiB', null, `more than before, ${detail}`),
  ]
}

const figure = (id, value, unit, goal, detail) => ({
  id,
  value,
  unit,
  goal,
  holds: goal === null ? null : value <= goal,
  detail,
})
