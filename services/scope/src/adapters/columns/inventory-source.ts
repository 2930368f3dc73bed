import { setImmediate as nextTurn } from 'node:timers/promises'
import { InventoryColumns } from '@reprieve/inventory-columns'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type CopiedRow, CopyDecoder, int8At } from './copy-decoder.js'
import {
  ASSET_COLUMNS,
  ASSET_FIELDS,
  INSTANCE_COLUMNS,
  INSTANCE_FIELDS,
  InstanceCoder,
  MEMBER_COLUMNS,
  MEMBER_FIELDS,
  putAsset,
  putVulnerability,
  VULNERABILITY_COLUMNS,
  VULNERABILITY_FIELDS,
} from './inventory-rows.js'

/** They have become larger than they may be. */
export class MemoryLimitError extends Error {
  override readonly name = 'MemoryLimitError'
}

/** Changes that were not read yet are deleted: what is in memory can no longer be brought up to date. */
export class ChangesGoneError extends Error {
  override readonly name = 'ChangesGoneError'
}

const SNAPSHOT = /^\d+:\d+:[\d,]*$/
const CHANGE_FIELDS = 6
// Rows that are read again in one statement.
const AGAIN_AT_ONCE = 5_000
// Rows between two looks at how much memory is taken.
const WEIGHED_EVERY = 100_000

interface Changes {
  readonly assets: Set<number>
  readonly vulnerabilities: Set<number>
  /** The asset of each. */
  readonly instances: Map<number, number>
  /** In the order in which they were written: exception, instance, 1 or 0. */
  readonly members: number[]
}

/**
 * The inventory of one database in memory: read whole, then kept up by what every transaction says it has changed. One connection; never two
 * things at once.
 *
 * What was changed is read again as it is then, not as it was at the change: to read something twice, or newer than the change, does no
 * harm. Between two looks at the changes nothing else is read, so what is older never replaces what is newer.
 */
export class InventorySource {
  #inventory = new InventoryColumns()
  #coder = new InstanceCoder(this.#inventory)
  #snapshot = ''
  #weighed = 0

  constructor(
    private readonly client: pg.Client,
    private readonly memoryBytes: number,
  ) {}

  get inventory(): InventoryColumns {
    return this.#inventory
  }

  /** Whether there are more instances than this. */
  async hasMoreThan(instances: number): Promise<boolean> {
    const { rows } = await this.client.query<{ more: boolean }>(
      'SELECT count(*) > $1 AS more FROM (SELECT FROM instance LIMIT $1 + 1) AS counted',
      [instances],
    )
    return rows[0]?.more ?? false
  }

  /** Reads everything anew. In pieces, between which changes are caught up with, so that none of them gets old. */
  async load(): Promise<void> {
    this.#inventory = new InventoryColumns()
    this.#coder = new InstanceCoder(this.#inventory)
    this.#snapshot = await this.#currentSnapshot()
    await this.#copy(`SELECT ${ASSET_COLUMNS} FROM asset a`, ASSET_FIELDS, (row) => putAsset(this.#inventory, row))
    await this.#copy(`SELECT ${VULNERABILITY_COLUMNS} FROM vulnerability v`, VULNERABILITY_FIELDS, (row) =>
      putVulnerability(this.#inventory, row),
    )
    await this.catchUp()
    const { rows: partitions } = await this.client.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'instance'::regclass ORDER BY inhrelid`,
    )
    for (const { name } of partitions) {
      await this.#copy(`SELECT ${INSTANCE_COLUMNS} FROM ${name} i`, INSTANCE_FIELDS, (row) => {
        this.#coder.put(row)
        this.#weigh(1)
      })
      await this.catchUp()
    }
    const { members } = this.#inventory
    await this.#copy(`SELECT ${MEMBER_COLUMNS} FROM membership m WHERE m.until IS NULL`, MEMBER_FIELDS, (row) => {
      members.add(row.int4(0), row.int8(1))
      this.#weigh(1)
    })
    await this.catchUp()
    this.#weigh(WEIGHED_EVERY)
  }

  /** Takes in all that was committed before the call. @returns how many changes there were */
  async catchUp(): Promise<number> {
    const changes: Changes = { assets: new Set(), vulnerabilities: new Set(), instances: new Map(), members: [] }
    const since = this.#snapshot
    let snapshot = since
    // One statement, so that the snapshot is that in which the changes were seen.
    await this.#copy(
      `SELECT pg_current_snapshot()::text, pg_snapshot_xmin('${since}') < log.kept_from, change.what, change.keys, change.others, change.n
       FROM inventory_log log LEFT JOIN inventory_change change
         ON change.xid >= pg_snapshot_xmin('${since}') AND NOT pg_visible_in_snapshot(change.xid, '${since}')
       ORDER BY change.n`,
      CHANGE_FIELDS,
      (row) => {
        snapshot = row.text(0) ?? ''
        if (row.bool(1)) throw new ChangesGoneError('changes that were not read yet have been deleted')
        if (!row.isNull(2)) note(changes, row)
      },
    )
    if (!SNAPSHOT.test(snapshot)) throw new Error('the database told no snapshot')
    const { assets, vulnerabilities, instances, members } = changes
    await this.#again(
      [...assets],
      ASSET_FIELDS,
      (keys) => `${ASSETS} WHERE a.key = ANY('{${keys}}')`,
      (row) => putAsset(this.#inventory, row),
    )
    await this.#again(
      [...vulnerabilities],
      VULNERABILITY_FIELDS,
      (keys) => `${VULNERABILITIES} WHERE v.key = ANY('{${keys}}')`,
      (row) => putVulnerability(this.#inventory, row),
    )
    await this.#readInstancesAgain(instances)
    for (let at = 0; at < members.length; at += 3) {
      const exception = members[at] as number
      const instance = members[at + 1] as number
      if (members[at + 2] === 1) this.#inventory.members.add(exception, instance)
      else this.#inventory.members.remove(exception, instance)
    }
    // Only now: if anything went wrong, all of it is read again.
    this.#snapshot = snapshot
    this.#weigh(instances.size + members.length)
    return assets.size + vulnerabilities.size + instances.size + members.length / 3
  }

  async #readInstancesAgain(instances: ReadonlyMap<number, number>): Promise<void> {
    const all = [...instances]
    for (let start = 0; start < all.length; start += AGAIN_AT_ONCE) {
      const part = all.slice(start, start + AGAIN_AT_ONCE)
      const gone = new Set(part.map(([key]) => key))
      const keys = part.map(([key]) => key).join()
      const assets = part.map(([, asset]) => asset).join()
      // Each looked up by itself (OFFSET 0): PostgreSQL would rather go over some ten thousand instances for each few that have changed.
      await this.#copy(
        `SELECT ${INSTANCE_COLUMNS} FROM unnest('{${assets}}'::int4[], '{${keys}}'::int8[]) AS given(asset_key, key)
         CROSS JOIN LATERAL (
           SELECT * FROM instance WHERE instance.asset_key = given.asset_key AND instance.key = given.key OFFSET 0) AS i`,
        INSTANCE_FIELDS,
        (row) => gone.delete(this.#coder.put(row)),
      )
      for (const key of gone) this.#inventory.rows.remove(key)
      // Questions wait for no more than one part.
      await nextTurn()
    }
  }

  async #again(
    keys: readonly number[],
    fields: number,
    select: (keys: string) => string,
    onRow: (row: CopiedRow) => void,
  ): Promise<void> {
    for (let start = 0; start < keys.length; start += AGAIN_AT_ONCE) {
      await this.#copy(select(keys.slice(start, start + AGAIN_AT_ONCE).join()), fields, onRow)
    }
  }

  async #currentSnapshot(): Promise<string> {
    const { rows } = await this.client.query<{ snapshot: string }>('SELECT pg_current_snapshot()::text AS snapshot')
    return rows[0]?.snapshot ?? ''
  }

  async #copy(select: string, fields: number, onRow: (row: CopiedRow) => void): Promise<void> {
    const decoder = new CopyDecoder(fields, onRow)
    for await (const chunk of this.client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`))) {
      decoder.push(chunk as Buffer)
    }
    decoder.end()
  }

  #weigh(more: number): void {
    this.#weighed += more
    if (this.#weighed < WEIGHED_EVERY) return
    this.#weighed = 0
    const { bytes } = this.#inventory
    if (bytes > this.memoryBytes) {
      throw new MemoryLimitError(
        `${this.#inventory.rows.count} instances take ${Math.round(bytes / 2 ** 20)} MiB, more than they may`,
      )
    }
  }
}

const ASSETS = `SELECT ${ASSET_COLUMNS} FROM asset a`
const VULNERABILITIES = `SELECT ${VULNERABILITY_COLUMNS} FROM vulnerability v`

function note(changes: Changes, row: CopiedRow): void {
  const what = row.text(2)
  const others: number[] = []
  if (!row.isNull(4)) row.forEachOf(4, (start) => others.push(row.bytes.readInt32BE(start)))
  row.forEachOf(3, (start, _end, index) => {
    const key = int8At(row.bytes, start)
    if (what === 'asset') changes.assets.add(key)
    else if (what === 'vulnerability') changes.vulnerabilities.add(key)
    else if (what === 'instance') changes.instances.set(key, others[index] ?? 0)
    else changes.members.push(others[index] ?? 0, key, what === 'joined' ? 1 : 0)
  })
}
