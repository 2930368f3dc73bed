import type { Clock } from '@reprieve/clock'
import type { Outbox } from '@reprieve/outbox'
import { compileQuery, isTimeRelative } from '@reprieve/query'
import { sql } from 'kysely'
import type { Jobs } from '../../application/jobs.port.js'
import {
  consequencesOf,
  type ExceptionStatus,
  forceOf,
  isLive,
  type KnownException,
  type StoredState,
} from '../../domain/exceptions/exception-state.js'
import { queryEvent } from '../messaging/scope-events.js'
import { bulkRows } from './bulk-rows.js'
import { markReachDue } from './membership.writer.js'
import { nextEpoch } from './membership-gate.js'
import type { ScopeDatabase, Tx } from './tables.js'

/** What several changes of one exception come to, one after the other. */
interface Taken {
  told: KnownException
  isNew: boolean
  newEpoch: boolean
  joins: boolean
}

interface Aftermath {
  readonly of: string
  readonly what: 'covered' | 'ended'
  readonly wasInForce: boolean
  readonly at: Date
}

interface Stored extends StoredState {
  readonly incarnation: number
  readonly version: number
}

/** Exceptions as their owner tells of them, and what follows from each change. */
export class ExceptionStore {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  /** Takes states in, in order, each unless a newer one is known. Work that follows from them is noted in the same transaction. */
  async take(exceptions: readonly KnownException[]): Promise<void> {
    if (exceptions.length === 0) return
    const changed = await this.#takeWhole(exceptions)
    if (changed) this.jobs.kick('syncExceptions', 'followExceptions', 'countReach')
  }

  /** Again where another process, which has taken this partition over, was at the same exceptions: what is older by then is left out. */
  async #takeWhole(exceptions: readonly KnownException[]): Promise<boolean> {
    for (;;) {
      try {
        return await this.database.transaction((tx) => this.#takeIn(tx, exceptions))
      } catch (error) {
        if (!(error instanceof OvertakenError)) throw error
      }
    }
  }

  /** The owner of exceptions lives, and has told everything up to this time that belongs in this partition. */
  async heard(partition: number, at: Date): Promise<void> {
    await this.database.db
      .insertInto('exceptions_heard')
      .values({ partition, at })
      .onConflict((conflict) => conflict.column('partition').doUpdateSet({ at }).where('exceptions_heard.at', '<', at))
      .execute()
  }

  /** @returns whether writers of membership have to know of it */
  async #takeIn(tx: Tx, exceptions: readonly KnownException[]): Promise<boolean> {
    const now = this.clock.now()
    const stored = await lockStored(
      tx,
      exceptions.map(({ id }) => id),
    )
    const taken = new Map<string, Taken>()
    const aftermath: Aftermath[] = []
    for (const told of exceptions) {
      const before = stored.get(told.id) ?? null
      if (before !== null && !isNewer(told, before)) continue
      const { newEpoch, joins, beginsForce, leaves } = consequencesOf(before, told)
      const force = forceOf(told)
      if (beginsForce) aftermath.push({ of: told.id, what: 'covered', wasInForce: true, at: force?.from ?? now })
      if (leaves) {
        aftermath.push({ of: told.id, what: 'ended', wasInForce: force !== null, at: told.endedAt ?? now })
      }
      const earlier = taken.get(told.id)
      taken.set(told.id, {
        told,
        isNew: before === null || (earlier?.isNew ?? false),
        newEpoch: newEpoch || (earlier?.newEpoch ?? false),
        joins: joins || (earlier?.joins ?? false),
      })
      stored.set(told.id, {
        incarnation: told.incarnation,
        version: told.version,
        status: told.status,
        activeFrom: force?.from ?? null,
        activeUntil: force?.until ?? null,
      })
    }
    const all = [...taken.values()]
    const made = all.filter(({ isNew }) => isNew).map(({ told }) => told)
    await this.#keepManagedQueries(tx, made, now)
    // As late as can be: whoever else has a change of epochs waits for this transaction from here on.
    const epoch = all.some(({ newEpoch }) => newEpoch) ? await nextEpoch(tx, now) : 0
    await upsertExceptions(tx, all, epoch, now)
    if (aftermath.length > 0) await insertAftermath(tx, aftermath)
    // One that joins is counted once stored instances have been gone over.
    const moved = all.filter(({ newEpoch, joins }) => newEpoch && !joins).map(({ told }) => told.id)
    if (moved.length > 0) {
      const rows = await tx.selectFrom('exception').select('key').where('id', 'in', moved).execute()
      await markReachDue(tx, new Map(rows.map(({ key }) => [key, 0])), now)
    }
    return epoch > 0
  }

  /** The copies made at submission, which nobody can change, for everyone to find among the queries. */
  async #keepManagedQueries(tx: Tx, exceptions: readonly KnownException[], now: Date): Promise<void> {
    if (exceptions.length === 0) return
    const rows = await tx
      .insertInto('saved_query')
      .values(
        exceptions.map(({ id, query, requestedBy, requestedAt }) => ({
          id: query.id,
          name: query.name,
          folder: query.folder,
          expression: query.expression,
          owner_id: requestedBy.id,
          owner_name: requestedBy.name,
          managed: true,
          exception_id: id,
          version: 1,
          created_at: requestedAt,
          changed_at: requestedAt,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .execute()
    await this.outbox.append(tx, ...rows.map((row) => queryEvent(row, null, now)))
  }
}

/** What is stored of these, locked in an order that is the same for everyone. */
async function lockStored(tx: Tx, ids: readonly string[]): Promise<Map<string, Stored>> {
  const rows = await tx
    .selectFrom('exception')
    .select(['id', 'status', 'active_from', 'active_until', 'incarnation', 'version'])
    .where('id', 'in', [...new Set(ids)])
    .orderBy('key')
    .forNoKeyUpdate()
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        incarnation: row.incarnation,
        version: row.version,
        status: row.status as ExceptionStatus,
        activeFrom: row.active_from,
        activeUntil: row.active_until,
      },
    ]),
  )
}

/** What its owner may tell anew. All else of an exception stays as it was submitted. */
const TOLD = [
  'incarnation',
  'version',
  'name',
  'status',
  'requester_id',
  'approver_ids',
  'live',
  'active_from',
  'active_until',
  'ended_at',
] as const

const toldColumns = (exception: KnownException) => {
  const force = forceOf(exception)
  return {
    incarnation: exception.incarnation,
    version: exception.version,
    name: exception.name,
    status: exception.status,
    requester_id: exception.requesterId,
    approver_ids: [...exception.approverIds],
    live: isLive(exception),
    active_from: force?.from ?? null,
    active_until: force?.until ?? null,
    ended_at: exception.endedAt,
  } satisfies Record<(typeof TOLD)[number], unknown>
}

async function upsertExceptions(tx: Tx, taken: readonly Taken[], epoch: number, now: Date): Promise<void> {
  if (taken.length === 0) return
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('exception')
    .values(
      taken.map(({ told, newEpoch }) => {
        const compiled = compileQuery(told.query.expression)
        const timeRelative = compiled.ok && isTimeRelative(compiled.query)
        return {
          id: told.id,
          effect: told.effect,
          expression: told.query.expression,
          // Its owner has checked it by the same rules; if they differ by version, it covers nothing rather than too much.
          fault: compiled.ok ? null : (compiled.faults[0]?.message ?? 'it cannot be read'),
          time_relative: timeRelative,
          joined_at: timeRelative ? now : null,
          epoch: newEpoch ? epoch : 0,
          ...toldColumns(told),
        }
      }),
    )
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet(({ ref, fn }) => ({
          ...Object.fromEntries(TOLD.map((column) => [column, ref(`excluded.${column}`)])),
          epoch: fn<number>('greatest', ['exception.epoch', 'excluded.epoch']),
        }))
        .where(sql<boolean>`(exception.incarnation, exception.version) < (excluded.incarnation, excluded.version)`),
    )
    .executeTakeFirst()
  // One that was not there when we looked can be there now, and newer.
  if (Number(numInsertedOrUpdatedRows) !== taken.length) throw new OvertakenError()
}

/** Another process has written a newer state between our look and our writing. */
class OvertakenError extends Error {
  override readonly name = 'OvertakenError'
}

async function insertAftermath(tx: Tx, aftermath: readonly Aftermath[]): Promise<void> {
  await sql`
    INSERT INTO aftermath (exception_key, what, was_in_force, at)
    SELECT exception.key, given.what, given.was_in_force, given.at
    FROM ${bulkRows('given', aftermath, {
      id: ['uuid', ({ of }) => of],
      what: ['text', ({ what }) => what],
      was_in_force: ['bool', ({ wasInForce }) => wasInForce],
      at: ['timestamptz', ({ at }) => at],
    })} JOIN exception ON exception.id = given.id
    ORDER BY given.n`.execute(tx)
}

const isNewer = (
  told: { incarnation: number; version: number },
  stored: { incarnation: number; version: number },
): boolean =>
  told.incarnation > stored.incarnation || (told.incarnation === stored.incarnation && told.version > stored.version)
