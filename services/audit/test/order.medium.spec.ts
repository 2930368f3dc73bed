import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@reprieve/clock'
import { outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { IntakeRepository } from '../src/adapters/postgres/intake.repository.js'
import { JournalReader } from '../src/adapters/postgres/journal.reader.js'
import { JournalRepository } from '../src/adapters/postgres/journal.repository.js'
import { LiveRepository } from '../src/adapters/postgres/live.repository.js'
import type { AuditTables } from '../src/adapters/postgres/tables.js'
import { JournalWriter } from '../src/application/journal-writer.js'
import type { Told } from '../src/domain/told.js'
import { auditService } from '../src/index.js'

const CONSUMERS = 8
const WRITERS = 3
const EVENTS_EACH = 300

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase(outboxMigrations, peopleMigrations, auditService.migrations)
})
afterAll(async () => database?.drop())

const told = (id: string, n: number): Told => ({
  eventId: uuidv7(),
  at: new Date(),
  actor: null,
  kind: 'role',
  id,
  name: id,
  version: { incarnation: 1, n },
  verb: null,
  state: { n },
  replay: false,
  traceId: null,
  ownerId: null,
})

it('whoever has read up to a position has missed nothing before it, with many writers at once', async () => {
  // Each as in a process of its own, with its own connections.
  const open = () => database.open<AuditTables>()
  let writing = true
  const consumers = Array.from({ length: CONSUMERS }, async (_, consumer) => {
    const intake = new IntakeRepository(open())
    for (let n = 1; n <= EVENTS_EACH; ) {
      const batch = Array.from({ length: Math.min(1 + ((n * 7) % 5), EVENTS_EACH - n + 1) }, () =>
        told(`role-${consumer}`, n++),
      )
      // Twice at the same time, as after a lost partition.
      await Promise.all([intake.add(batch), intake.add(batch)])
    }
  })
  const writers = Array.from({ length: WRITERS }, async () => {
    const writer = new JournalWriter(open(), new JournalRepository(), systemClock, () => {})
    while (writing || (await writer.writeAll()) > 0) {
      await writer.writeAll()
      await sleep(Math.random() * 5)
    }
  })
  const seen = new Map<string, number>()
  const live = new LiveRepository(open())
  let position = 0
  const reading = (async () => {
    for (let last = false; ; ) {
      const events = await live.after(position, 50)
      for (const event of events) {
        expect(event.position).toBe(position + 1)
        position = event.position
        seen.set(event.subject.id, (seen.get(event.subject.id) ?? 0) + 1)
      }
      if (events.length > 0) continue
      if (last) return
      last = !writing
      await sleep(1)
    }
  })()
  await Promise.all(consumers)
  // What they left last is still to be written.
  await expect.poll(async () => (await open().pool.query('SELECT FROM intake')).rowCount, { timeout: 20_000 }).toBe(0)
  writing = false
  await Promise.all([...writers, reading])
  expect(seen.size).toBe(CONSUMERS)
  expect((await live.position()).newest).toBe(position)

  const { rows } = await open().pool.query<{ subject_id: string; ns: number[]; positions: number[] }>(
    `SELECT subject_id, array_agg((changes -> 0 ->> 'to')::int ORDER BY position) AS ns FROM journal GROUP BY subject_id`,
  )
  // Each event once, and each subject's in the order in which it was told.
  for (const { ns } of rows) expect(ns).toEqual(Array.from({ length: EVENTS_EACH }, (_, index) => index + 1))
  const verified = await new JournalReader(open()).verify(0, 1_000_000)
  expect(verified).toMatchObject({ checked: CONSUMERS * EVENTS_EACH, fault: null, more: false })
})
