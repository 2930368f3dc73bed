import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@reprieve/telemetry'
import { sql } from 'kysely'
import { FeedFault, type FeedName } from '../../domain/feeds/feed.js'
import { readingOf } from '../feeds/feed-reading.js'
import { documentsOf, type FeedDocument } from '../feeds/feed-source.js'
import { differs, type FeedStore, feedScores, lockTake, saveScores, type Take } from '../postgres/feed.store.js'
import type { LiveQueries } from '../postgres/live-queries.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import { lockClasses } from '../postgres/vulnerability.registry.js'

// First key of two of an advisory lock: one take is read by one process at a time.
const LOCK_SPACE = 7_302_014
const STAGED_AT_ONCE = 2_000
// Vulnerabilities looked at in one transaction. Ingest of ids that are not known yet waits for it: a few tens of milliseconds.
const SETTLED_AT_ONCE = 4_000
// A larger piece is read in parts, so that nothing else in this process waits for longer than a few milliseconds.
const PART_BYTES = 64 * 1024
// NVD asks for this between two requests of its API.
const BETWEEN_PAGES_MS = 6_000

/** Where each feed comes from; none where it is not configured. */
export type FeedPlaces = Readonly<Record<FeedName, readonly string[]>>

/**
 * Takes feeds in: reads one whole and keeps it aside, so that one that is broken anywhere changes nothing; then makes it what is known; then
 * gives the vulnerabilities their values, and has those matched again whose value has crossed one that some live query compares it with.
 * Each step notes how far it has come, and a crash goes on from there.
 */
export class TakeFeedsJob {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly store: FeedStore,
    private readonly gate: MembershipGate,
    private readonly queries: LiveQueries,
    private readonly places: FeedPlaces,
    private readonly onRematch: () => void,
    private readonly logger: Logger,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const take = await this.store.running()
      if (take === null) return
      const goesOn =
        take.status === 'reading'
          ? await this.#exclusively(take, () => this.#read(take, signal))
          : await this.database.transaction((tx) => this.#step(tx, take))
      if (!goesOn) return
    }
  }

  async #read(take: Take, signal: AbortSignal): Promise<void> {
    try {
      const waiting = await documentsOf(take.feed, this.places[take.feed])
      if (waiting.length === 0)
        throw new FeedFault('FEED_UNREACHABLE', 'It is not configured where this feed comes from.')
      for (let document = waiting.shift(); document !== undefined; document = waiting.shift()) {
        const { name } = document
        const isRead = take.documents.includes(name)
        const next = isRead ? null : await this.#readDocument(take, document, signal)
        // What was read of an answer in pages before a crash is read again: only its last page tells that there is no other.
        const page = next === null ? null : document.from(next)
        if (page === null) continue
        await sleep(BETWEEN_PAGES_MS, undefined, { signal })
        waiting.unshift(page)
      }
      await this.store.readAll(take)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof FeedFault)) throw error
      this.logger.warn(
        { feed: take.feed, code: error.code, reason: error.message },
        'a feed was not taken; nothing has changed',
      )
      await this.store.fail(take, error)
    }
  }

  /** @returns where its next page begins, null where it has none */
  async #readDocument(take: Take, document: FeedDocument, signal: AbortSignal): Promise<number | null> {
    await this.store.restart(take)
    const reading = readingOf(take.feed, document.name)
    let entries = reading.take()
    for await (const chunk of document.read(signal)) {
      for (let at = 0; at < chunk.length; at += PART_BYTES) {
        reading.push(chunk.subarray(at, at + PART_BYTES))
        entries.push(...reading.take())
        if (entries.length < STAGED_AT_ONCE) continue
        signal.throwIfAborted()
        await this.store.stage(take, entries)
        entries = []
      }
    }
    const { dated, next } = reading.end()
    await this.store.stage(take, [...entries, ...reading.take()])
    // The first page stands for all of them.
    if (next === null || document.from(next) === null) await this.store.readDocument(take, document.name, dated)
    return next
  }

  /** @returns false where another process is at it */
  async #step(tx: Tx, found: Take): Promise<boolean> {
    if (!(await isOnlyOne(tx, 'feeds'))) return false
    if (found.status === 'settling') return await this.#settle(tx, found)
    const take = await lockTake(tx, found)
    if (take !== null) await this.store.merge(tx, take)
    return true
  }

  async #settle(tx: Tx, found: Take): Promise<boolean> {
    // Whoever joins from here on is filled in over what this transaction leaves; who joined before is known here.
    await this.gate.enter(tx)
    await lockClasses(tx)
    await this.gate.catchUp(tx)
    const take = await lockTake(tx, found)
    if (take === null) return true
    const rows = await feedScores(tx, sql`v.key > ${take.after_key} ORDER BY v.key LIMIT ${SETTLED_AT_ONCE}`)
    const last = rows.at(-1)
    if (last === undefined) {
      await this.store.done(tx, take)
      const { feed, dated, changed, rematched } = take
      this.logger.info({ feed, dated, changed, rematched }, 'a feed was taken')
      return true
    }
    const changed = rows.filter(differs)
    const thresholds = this.queries.thresholds()
    const crossed = changed
      .filter((row) => thresholds.crosses(row, { cvss: row.new_cvss, epss: row.new_epss, kev: row.new_kev }))
      .map(({ key }) => key)
    await saveScores(tx, changed)
    if (crossed.length > 0) {
      await sql`INSERT INTO rematch (vulnerability_key, by_feed)
        SELECT key, true FROM unnest(${crossed}::int4[]) AS given(key)`.execute(tx)
    }
    await tx
      .updateTable('feed_take')
      .set({ after_key: last.key, changed: take.changed + changed.length, rematched: take.rematched + crossed.length })
      .where('id', '=', take.id)
      .execute()
    // Once this is committed, or a little earlier, which does no harm.
    if (crossed.length > 0) setImmediate(this.onRematch)
    return true
  }

  /** The lock is the connection's: it is free again as soon as this process is gone. */
  async #exclusively(take: Take, work: () => Promise<void>): Promise<boolean> {
    return await this.database.db.connection().execute(async (connection) => {
      const { rows } = await sql<{ mine: boolean }>`
        SELECT pg_try_advisory_lock(${LOCK_SPACE}, hashtext(${take.feed})) AS mine`.execute(connection)
      if (rows[0]?.mine !== true) return false
      try {
        await work()
        return true
      } finally {
        await sql`SELECT pg_advisory_unlock(${LOCK_SPACE}, hashtext(${take.feed}))`.execute(connection)
      }
    })
  }
}
