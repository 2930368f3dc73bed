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
} from '../../domain/exceptions/exception-state.js'
import { queryEvent } from '../messaging/scope-events.js'
import { markReachDue } from './membership.writer.js'
import { nextEpoch } from './membership-gate.js'
import type { ScopeDatabase, Tx } from './tables.js'

/** Exceptions as their owner tells of them, and what follows from each change. */
export class ExceptionStore {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  /** Takes one state in, unless a newer one is known. Work that follows from it is noted in the same transaction. */
  async take(exception: KnownException): Promise<void> {
    const changed = await this.database.transaction((tx) => this.#takeIn(tx, exception))
    if (changed) this.jobs.kick('syncExceptions', 'followExceptions', 'countReach')
  }

  /** The owner of exceptions lives, and has told everything up to this time. */
  async heard(at: Date): Promise<void> {
    await sql`UPDATE query_set SET exceptions_as_of = ${at}
      WHERE exceptions_as_of IS NULL OR exceptions_as_of < ${at}`.execute(this.database.db)
  }

  async #takeIn(tx: Tx, exception: KnownException): Promise<boolean> {
    const now = this.clock.now()
    const before = await tx
      .selectFrom('exception')
      .select(['key', 'status', 'active_from', 'active_until', 'incarnation', 'version'])
      .where('id', '=', exception.id)
      .forUpdate()
      .executeTakeFirst()
    if (before !== undefined && !isNewer(exception, before)) return false
    const force = forceOf(exception)
    const told = {
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
    }
    const consequences = consequencesOf(
      before === undefined
        ? null
        : {
            status: before.status as ExceptionStatus,
            activeFrom: before.active_from,
            activeUntil: before.active_until,
          },
      exception,
    )
    const epoch = consequences.newEpoch ? { epoch: await nextEpoch(tx) } : {}
    let key = before?.key
    if (key === undefined) {
      const compiled = compileQuery(exception.query.expression)
      const timeRelative = compiled.ok && isTimeRelative(compiled.query)
      key = (
        await tx
          .insertInto('exception')
          .values({
            id: exception.id,
            effect: exception.effect,
            expression: exception.query.expression,
            // Its owner has checked it by the same rules; if they differ by version, it covers nothing rather than too much.
            fault: compiled.ok ? null : (compiled.faults[0]?.message ?? 'it cannot be read'),
            time_relative: timeRelative,
            flipped_until: timeRelative ? now : null,
            epoch: 0,
            ...told,
            ...epoch,
          })
          .returning('key')
          .executeTakeFirstOrThrow()
      ).key
      await this.#keepManagedQuery(tx, exception, now)
    } else {
      await tx
        .updateTable('exception')
        .set({ ...told, ...epoch })
        .where('key', '=', key)
        .execute()
    }
    if (consequences.beginsForce) {
      await tx
        .insertInto('aftermath')
        .values({ exception_key: key, what: 'covered', was_in_force: true, at: force?.from ?? now })
        .execute()
    }
    if (consequences.leaves) {
      await tx
        .insertInto('aftermath')
        .values({ exception_key: key, what: 'ended', was_in_force: force !== null, at: exception.endedAt ?? now })
        .execute()
    }
    // One that joins is counted once stored instances have been gone over.
    if (consequences.newEpoch && !consequences.joins) await markReachDue(tx, new Set([key]), now)
    return consequences.newEpoch
  }

  /** The copy made at submission, which nobody can change, for everyone to find among the queries. */
  async #keepManagedQuery(tx: Tx, { id, query, requestedBy, requestedAt }: KnownException, now: Date): Promise<void> {
    const row = await tx
      .insertInto('saved_query')
      .values({
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
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row !== undefined) await this.outbox.append(tx, queryEvent(row, null, now))
  }
}

const isNewer = (
  told: { incarnation: number; version: number },
  stored: { incarnation: number; version: number },
): boolean =>
  told.incarnation > stored.incarnation || (told.incarnation === stored.incarnation && told.version > stored.version)
