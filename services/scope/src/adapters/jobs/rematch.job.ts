import { type RawBuilder, sql } from 'kysely'
import type { ChangedInstance } from '../../domain/ingest/apply-records.js'
import { deriveInstance, mergeAttributions } from '../../domain/inventory/instance.js'
import { bulkRows } from '../postgres/bulk-rows.js'
import { markUnits } from '../postgres/group-marks.js'
import { loadInstances, saveInstances } from '../postgres/instance.rows.js'
import { type InstanceRange, nextRange } from '../postgres/instance-range.js'
import { matchRowsOf, matchRowsWhere } from '../postgres/match-rows.js'
import { type MembershipWriter, recountReachOf } from '../postgres/membership.writer.js'
import type { MembershipGate } from '../postgres/membership-gate.js'
import { isOnlyOne } from '../postgres/only-one.js'
import type { ScopeDatabase, Tx } from '../postgres/tables.js'
import type { ChunkedJob } from './chunked-job.js'

const CHUNK = 2_000
// Vulnerabilities that are gone over together, when a feed has changed very many.
const MOST_AT_ONCE = 500
const MOST_DRAINED = 50_000

interface Rematch {
  key: number
  by_feed: boolean
  vulnerability_key: number | null
  asset_key: number | null
  after_asset: number
  after_instance: number
}

/**
 * Goes over all instances of a vulnerability or an asset of which something else is known now, matches them again, and joins those that
 * have become one because their vulnerabilities have.
 */
export class RematchJob implements ChunkedJob {
  readonly #drained = new Set<number>()

  constructor(
    private readonly database: ScopeDatabase,
    private readonly gate: MembershipGate,
    private readonly membership: MembershipWriter,
  ) {}

  async step(): Promise<boolean> {
    const next = await this.#first(MOST_AT_ONCE)
    if (next.length === 0) {
      this.#drained.clear()
      return false
    }
    if (next.some((key) => !this.#drained.has(key))) {
      // All at once that are there: whoever ingests waits for each draining.
      const waiting = await this.#first(MOST_DRAINED)
      await this.gate.drain()
      this.#drained.clear()
      for (const key of waiting) this.#drained.add(key)
    }
    return await this.database.transaction((tx) => this.#chunk(tx, next))
  }

  /** Those that come first: what a feed has changed has time. */
  async #first(count: number): Promise<number[]> {
    const rows = await this.database.db
      .selectFrom('rematch')
      .select('key')
      .orderBy('by_feed')
      .orderBy('key')
      .limit(count)
      .execute()
    return rows.map(({ key }) => key)
  }

  async #chunk(tx: Tx, keys: readonly number[]): Promise<boolean> {
    if (!(await isOnlyOne(tx, 'rematch'))) return false
    await this.gate.enter(tx)
    const { rows } = await sql<Rematch>`
      SELECT * FROM rematch WHERE key = ANY(${keys}::int8[]) ORDER BY by_feed, key`.execute(tx)
    const [rematch] = rows
    // Another process has done them all meanwhile.
    if (rematch === undefined) return true
    if (rematch.by_feed) {
      await this.#together(tx, rows)
      return true
    }
    const { vulnerability_key, asset_key } = rematch
    const where: RawBuilder<unknown> =
      vulnerability_key === null ? sql`i.asset_key = ${asset_key}` : sql`i.vulnerability_key = ${vulnerability_key}`
    const range = await nextRange(tx, { asset: rematch.after_asset, instance: rematch.after_instance }, CHUNK, where)
    if (range === null) {
      await tx.deleteFrom('rematch').where('key', '=', rematch.key).execute()
      return true
    }
    const into = vulnerability_key === null ? null : await survivorOf(tx, vulnerability_key)
    if (into === null) {
      await this.membership.bringUpToDate(tx, await matchRowsWhere(tx, range.condition))
    } else {
      if (vulnerability_key !== null) await markUnits(tx, [{ vulnerability: vulnerability_key }])
      await this.#move(tx, range, into)
    }
    await tx
      .updateTable('rematch')
      .set({ after_asset: range.to.asset, after_instance: range.to.instance })
      .where('key', '=', rematch.key)
      .execute()
    return true
  }

  /** Moves instances to another vulnerability; where it has one at the same place already, they become that one. */
  /** The instances of all vulnerabilities that are as far as the first one. */
  async #together(tx: Tx, [first, ...others]: readonly Rematch[]): Promise<void> {
    if (first === undefined) return
    const { after_asset, after_instance } = first
    const group = [
      first,
      ...others.filter((other) => other.after_asset === after_asset && other.after_instance === after_instance),
    ]
    const keys = group.map(({ key }) => key)
    const vulnerabilities = group.map(({ vulnerability_key }) => vulnerability_key)
    const where = sql`i.vulnerability_key = ANY(${vulnerabilities}::int4[])`
    const range = await nextRange(tx, { asset: after_asset, instance: after_instance }, CHUNK, where)
    if (range !== null) {
      await this.membership.bringUpToDate(tx, await matchRowsWhere(tx, range.condition))
    }
    if (range === null || range.count < CHUNK) {
      await tx.deleteFrom('rematch').where('key', 'in', keys).execute()
    } else {
      await tx
        .updateTable('rematch')
        .set({ after_asset: range.to.asset, after_instance: range.to.instance })
        .where('key', 'in', keys)
        .execute()
    }
  }

  async #move(tx: Tx, range: InstanceRange, into: number): Promise<void> {
    const { rows } = await sql<{ key: number; asset_key: number; id: string; twin: number | null }>`
      SELECT i.key, i.asset_key, i.id, twin.key AS twin FROM instance i
      LEFT JOIN instance twin ON twin.asset_key = i.asset_key AND twin.vulnerability_key = ${into}
        AND twin.place = i.place AND twin.variant = i.variant
      WHERE ${range.condition}`.execute(tx)
    const alone = rows.filter(({ twin }) => twin === null)
    if (alone.length > 0) {
      await sql`
        UPDATE instance SET vulnerability_key = ${into}, revision = revision + 1 FROM ${bulkRows('given', alone, {
          asset_key: ['int4', (row) => row.asset_key],
          given_key: ['int8', (row) => row.key],
        })} WHERE instance.asset_key = given.asset_key AND instance.key = given.given_key`.execute(tx)
    }
    const pairs = rows.flatMap(({ twin, ...row }) => (twin === null ? [] : [{ ...row, twin }]))
    if (pairs.length > 0) await this.#merge(tx, pairs)
    const changed = rows.map(({ asset_key, key, twin }) => ({ asset: asset_key, instance: twin ?? key }))
    await this.membership.bringUpToDate(tx, await matchRowsOf(tx, changed))
  }

  async #merge(tx: Tx, pairs: readonly { key: number; asset_key: number; id: string; twin: number }[]): Promise<void> {
    const { now } = await this.gate.catchUp(tx)
    const stored = new Map(
      (
        await loadInstances(
          tx,
          pairs.flatMap(({ asset_key, key, twin }) => [
            { asset: asset_key, instance: key },
            { asset: asset_key, instance: twin },
          ]),
        )
      ).map((instance) => [instance.key, instance]),
    )
    const changes = pairs.flatMap(({ key, twin, asset_key }): ChangedInstance[] => {
      const attributions = mergeAttributions(stored.get(twin)?.attributions ?? [], stored.get(key)?.attributions ?? [])
      const [first, ...others] = attributions
      if (first === undefined) return []
      return [
        {
          key: twin,
          asset: asset_key,
          revision: (stored.get(twin)?.revision ?? 0) + 1,
          isNew: false,
          view: deriveInstance([first, ...others]),
          looksDifferent: true,
          opennessChanged: false,
          attributions,
        },
      ]
    })
    const gone = bulkRows('gone', pairs, {
      asset_key: ['int4', (row) => row.asset_key],
      key: ['int8', (row) => row.key],
      id: ['uuid', (row) => row.id],
      twin: ['int8', (row) => row.twin],
    })
    // First their membership, while their rows can still be read; then what it was becomes the other's history.
    await this.membership.endAll(
      tx,
      await matchRowsOf(
        tx,
        pairs.map(({ asset_key, key }) => ({ asset: asset_key, instance: key })),
      ),
    )
    await sql`
      UPDATE membership SET instance_key = gone.twin
      FROM ${gone} WHERE membership.asset_key = gone.asset_key AND membership.instance_key = gone.key`.execute(tx)
    await sql`INSERT INTO instance_merged (asset_key, from_key, from_id, into_key)
      SELECT asset_key, key, id, twin FROM ${gone}`.execute(tx)
    await sql`DELETE FROM attribution USING ${gone}
      WHERE attribution.asset_key = gone.asset_key AND attribution.instance_key = gone.key`.execute(tx)
    await sql`DELETE FROM instance USING ${gone}
      WHERE instance.asset_key = gone.asset_key AND instance.key = gone.key`.execute(tx)
    await saveInstances(tx, changes, new Map(), new Map())
    await recountReachOf(
      tx,
      changes.map(({ key }) => key),
      now,
    )
  }
}

/** The vulnerability that another one has become, however often; null where it is still its own. */
async function survivorOf(tx: Tx, key: number): Promise<number | null> {
  const { rows } = await sql<{ key: number }>`
    WITH RECURSIVE chain AS (
      SELECT key, merged_into FROM vulnerability WHERE key = ${key}
      UNION SELECT next.key, next.merged_into FROM vulnerability next JOIN chain ON next.key = chain.merged_into
    )
    SELECT key FROM chain WHERE merged_into IS NULL AND key <> ${key}`.execute(tx)
  return rows[0]?.key ?? null
}
