import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import { type Selectable, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { FEEDS, type FeedEntry, FeedFault, type FeedName } from '../../domain/feeds/feed.js'
import { feedTakeEvent } from '../messaging/scope-events.js'
import { bulkRows } from './bulk-rows.js'
import type { FeedTake } from './tables.gen.js'
import type { Db, ScopeDatabase, Tx } from './tables.js'

export type Take = Selectable<FeedTake> & { feed: FeedName }

// Scores that are compared and replaced in one transaction.
const MERGED_AT_ONCE = 5_000

/** KEV and EPSS are told as a whole: what is not there any more is not so any more. NVD tells what it has changed. */
const isWhole = (feed: FeedName): boolean => feed !== 'nvd'

/** Takings of feeds: what was read so far, and what is known once all of it was. */
export class FeedStore {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /** The one that goes on, if any does. */
  async running(): Promise<Take | null> {
    const row = await this.database.db
      .selectFrom('feed_take')
      .selectAll()
      .where('finished_at', 'is', null)
      .orderBy('started_at')
      .limit(1)
      .executeTakeFirst()
    return (row as Take | undefined) ?? null
  }

  /** What is known of each feed: as of when, and how its newest take went. */
  async state(): Promise<
    { name: FeedName; taken: { at: Date; dated: Date; entries: number } | null; last: Take | null }[]
  > {
    const { db } = this.database
    const [taken, takes] = await Promise.all([
      db.selectFrom('feed').selectAll().execute(),
      db
        .selectFrom('feed_take')
        .selectAll()
        .distinctOn('feed')
        .orderBy('feed')
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .execute(),
    ])
    return FEEDS.map((name) => {
      const row = taken.find((feed) => feed.name === name)
      return {
        name,
        taken: row === undefined ? null : { at: row.taken_at, dated: row.dated, entries: row.entries },
        last: (takes.find((take) => take.feed === name) as Take | undefined) ?? null,
      }
    })
  }

  /** Begins taking those that were taken longer ago than this, or tried and failed longer ago than `againMs`. */
  async startDue(feeds: readonly FeedName[], everyMs: number, againMs: number): Promise<boolean> {
    const now = this.clock.now()
    let started = false
    for (const feed of feeds) {
      const made = await this.database.transaction(async (tx) => {
        const { rows } = await sql<Take>`
          INSERT INTO feed_take (id, feed, cause, started_at, status)
          SELECT ${uuidv7()}, ${feed}, 'schedule', ${now}, 'reading'
          WHERE NOT EXISTS (SELECT FROM feed_take WHERE feed = ${feed}
            AND started_at > CASE WHEN status = 'failed' THEN ${new Date(now.getTime() - againMs)}::timestamptz
              ELSE ${new Date(now.getTime() - everyMs)}::timestamptz END)
          ON CONFLICT DO NOTHING RETURNING *`.execute(tx)
        await this.outbox.append(tx, ...rows.map((row) => feedTakeEvent(row, null)))
        return rows.length > 0
      })
      started ||= made
    }
    return started
  }

  /** Begins taking one, or finds the one that goes on. */
  async start(tx: Tx, feed: FeedName, requestedBy: { id: string; name: string }): Promise<Take> {
    const row = {
      id: uuidv7(),
      feed,
      cause: 'request',
      requested_by: requestedBy.id,
      started_at: this.clock.now(),
      status: 'reading',
    }
    const made = await tx
      .insertInto('feed_take')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (made !== undefined) {
      const { id, name } = requestedBy
      await this.outbox.append(tx, feedTakeEvent(made, { id, name }))
    }
    const take =
      made ??
      (await tx
        .selectFrom('feed_take')
        .selectAll()
        .where('feed', '=', feed)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow())
    return take as Take
  }

  /** Forgets what was read of a document that was not read whole, where the next attempt may find another one in its place. */
  async restart(take: Take): Promise<void> {
    if (isWhole(take.feed)) await this.database.db.deleteFrom('feed_staged').where('take_id', '=', take.id).execute()
  }

  /** Keeps entries aside. Of two about the same id the newer one counts, of two of the same time the worse one. */
  async stage(take: Take, entries: readonly FeedEntry[]): Promise<void> {
    const byId = new Map<string, FeedEntry>()
    for (const entry of entries) {
      const other = byId.get(entry.id)
      if (other === undefined || isBefore(other, entry)) byId.set(entry.id, entry)
    }
    if (byId.size === 0) return
    await sql`
      INSERT INTO feed_staged AS staged (take_id, id, score, changed_at)
      SELECT ${take.id}, id, score, changed_at FROM ${bulkRows('given', [...byId.values()], {
        id: ['text', (entry) => entry.id],
        score: ['float8', (entry) => entry.score],
        changed_at: ['timestamptz', (entry) => entry.changedAt],
      })}
      ON CONFLICT (take_id, id) DO UPDATE SET score = excluded.score, changed_at = excluded.changed_at
      WHERE (coalesce(staged.changed_at, '-infinity'), coalesce(staged.score, -1))
        < (coalesce(excluded.changed_at, '-infinity'), coalesce(excluded.score, -1))`.execute(this.database.db)
  }

  async readDocument(take: Take, name: string, dated: Date): Promise<void> {
    await sql`
      UPDATE feed_take SET documents = documents || ${name}::text, dated = greatest(dated, ${dated}::timestamptz)
      WHERE id = ${take.id} AND status = 'reading'`.execute(this.database.db)
  }

  /** All has been read. @throws FeedFault where more recent values are known */
  async readAll(take: Take): Promise<void> {
    const { rows } = await sql<{ known: Date | null; dated: Date | null }>`
      SELECT t.dated, f.dated AS known FROM feed_take t LEFT JOIN feed f ON f.name = t.feed WHERE t.id = ${take.id}`.execute(
      this.database.db,
    )
    const { known = null, dated = null } = rows[0] ?? {}
    if (isWhole(take.feed) && known !== null && dated !== null && dated < known) {
      throw new FeedFault(
        'FEED_OUTDATED',
        `It is of ${dated.toISOString()}, and that of ${known.toISOString()} is known.`,
      )
    }
    await this.database.db
      .updateTable('feed_take')
      .set({ status: 'merging' })
      .where('id', '=', take.id)
      .where('status', '=', 'reading')
      .execute()
  }

  async fail(take: Take, fault: FeedFault): Promise<void> {
    await this.database.transaction(async (tx) => {
      const failed = await tx
        .updateTable('feed_take')
        .set({
          status: 'failed',
          finished_at: this.clock.now(),
          failure_code: fault.code,
          failure: fault.message.slice(0, 2_000),
        })
        .where('id', '=', take.id)
        .where('status', '=', 'reading')
        .returningAll()
        .execute()
      await this.outbox.append(tx, ...failed.map((row) => feedTakeEvent(row, null)))
      await tx.deleteFrom('feed_staged').where('take_id', '=', take.id).execute()
    })
  }

  /** Makes what was read what is known, the next ids in order. */
  async merge(tx: Tx, take: Take): Promise<void> {
    const { feed, id, after_id } = take
    const whole = isWhole(feed)
    const known = sql`UNION (SELECT id FROM feed_score WHERE feed = ${feed} AND id > ${after_id} ORDER BY id LIMIT ${MERGED_AT_ONCE})`
    const { rows } = await sql<{ last: string | null }>`
      SELECT max(id) AS last FROM (SELECT id FROM (
        (SELECT id FROM feed_staged WHERE take_id = ${id} AND id > ${after_id} ORDER BY id LIMIT ${MERGED_AT_ONCE})
        ${whole ? known : sql``}) AS ids ORDER BY id LIMIT ${MERGED_AT_ONCE}) AS next`.execute(tx)
    const last = rows[0]?.last ?? null
    if (last === null) {
      await sql`
        INSERT INTO feed (name, taken_at, dated, entries)
        SELECT feed, ${this.clock.now()}, dated, (SELECT count(*) FROM feed_score WHERE feed = ${feed}) FROM feed_take WHERE id = ${id}
        ON CONFLICT (name) DO UPDATE SET taken_at = excluded.taken_at, dated = greatest(feed.dated, excluded.dated),
          entries = excluded.entries`.execute(tx)
      await sql`UPDATE feed_take SET status = 'settling', entries = (SELECT count(*) FROM feed_staged WHERE take_id = ${id})
        WHERE id = ${id}`.execute(tx)
      return
    }
    await sql`
      DELETE FROM feed_score known WHERE feed = ${feed} AND id > ${after_id} AND id <= ${last}
        AND ${
          whole
            ? sql`NOT EXISTS (SELECT FROM feed_staged s WHERE s.take_id = ${id} AND s.id = known.id)`
            : sql`EXISTS (SELECT FROM feed_staged s WHERE s.take_id = ${id} AND s.id = known.id AND s.score IS NULL
                AND s.changed_at >= known.changed_at)`
        }`.execute(tx)
    await sql`
      INSERT INTO feed_score AS known (feed, id, score, changed_at)
      SELECT ${feed}, id, score, changed_at FROM feed_staged
      WHERE take_id = ${id} AND id > ${after_id} AND id <= ${last} AND score IS NOT NULL
      ON CONFLICT (feed, id) DO UPDATE SET score = excluded.score, changed_at = excluded.changed_at
      WHERE (known.score, known.changed_at) IS DISTINCT FROM (excluded.score, excluded.changed_at)
        AND (known.changed_at IS NULL OR known.changed_at <= excluded.changed_at)`.execute(tx)
    await tx.updateTable('feed_take').set({ after_id: last }).where('id', '=', id).execute()
  }

  async done(tx: Tx, take: Take): Promise<void> {
    const done = await tx
      .updateTable('feed_take')
      .set({ status: 'done', finished_at: this.clock.now() })
      .where('id', '=', take.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await this.outbox.append(tx, feedTakeEvent(done, null))
    await tx.deleteFrom('feed_staged').where('take_id', '=', take.id).execute()
  }
}

/** Locks a take for one step. Null where another process has moved it on meanwhile. */
export async function lockTake(tx: Tx, take: Take): Promise<Take | null> {
  const row = await tx
    .selectFrom('feed_take')
    .selectAll()
    .where('id', '=', take.id)
    .where('status', '=', take.status)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return (row as Take | undefined) ?? null
}

interface Scored {
  key: number
  cvss: number | null
  epss: number | null
  kev: boolean | null
  new_cvss: number | null
  new_epss: number | null
  new_kev: boolean | null
}

/**
 * What vulnerabilities have from the feeds, and what they should. A catalogue that was taken says no of every CVE that it does not list;
 * of what has no CVE it says nothing.
 * @param which over `v`
 */
export async function feedScores(db: Db, which: ReturnType<typeof sql>): Promise<Scored[]> {
  const { rows } = await sql<Scored>`
    SELECT v.key, v.cvss, v.epss, v.kev, nvd.score AS new_cvss, epss.score AS new_epss,
      CASE WHEN v.canonical LIKE 'CVE-%' AND EXISTS (SELECT FROM feed WHERE name = 'kev') THEN kev.id IS NOT NULL END AS new_kev
    FROM vulnerability v
    LEFT JOIN feed_score nvd ON nvd.feed = 'nvd' AND nvd.id = v.canonical
    LEFT JOIN feed_score epss ON epss.feed = 'epss' AND epss.id = v.canonical
    LEFT JOIN feed_score kev ON kev.feed = 'kev' AND kev.id = v.canonical
    WHERE ${which}`.execute(db)
  return rows
}

export const differs = (row: Scored): boolean =>
  row.cvss !== row.new_cvss || row.epss !== row.new_epss || row.kev !== row.new_kev

/** Gives vulnerabilities what the feeds say. The caller holds the lock of classes. */
export async function saveScores(tx: Tx, rows: readonly Scored[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    UPDATE vulnerability SET cvss = given.cvss, epss = given.epss, kev = given.kev FROM ${bulkRows('given', rows, {
      key: ['int4', (row) => row.key],
      cvss: ['float8', (row) => row.new_cvss],
      epss: ['float8', (row) => row.new_epss],
      kev: ['bool', (row) => row.new_kev],
    })} WHERE vulnerability.key = given.key`.execute(tx)
}

const isBefore = (a: FeedEntry, b: FeedEntry): boolean => {
  const [first, second] = [a.changedAt?.getTime() ?? 0, b.changedAt?.getTime() ?? 0]
  return first === second ? (a.score ?? -1) < (b.score ?? -1) : first < second
}
