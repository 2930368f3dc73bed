import type { Clock } from '@reprieve/clock'
import { compileQuery, isTimeRelative } from '@reprieve/query'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Jobs } from '../../application/jobs.port.js'
import type { KnownGroupingRule, KnownTicket } from '../../domain/tickets/known-ticket.js'
import { nextEpoch } from './membership-gate.js'
import type { ScopeDatabase, Tx } from './tables.js'

interface Versioned {
  readonly incarnation: number
  readonly version: number
}

interface StoredTicket extends Versioned {
  readonly id: string
  readonly query_version: number
  readonly exception_key: number | null
}

/** Tickets and grouping rules as their owner tells of them, and what follows from each change. */
export class TicketStore {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  /** Takes states in, each unless a newer one is known. Work that follows from them is noted in the same transaction. */
  async take(tickets: readonly KnownTicket[], rules: readonly KnownGroupingRule[]): Promise<void> {
    if (tickets.length + rules.length === 0) return
    await this.database.transaction(async (tx) => {
      const now = this.clock.now()
      const work = new Taking(tx, now)
      await work.takeTickets(newestOf(tickets))
      await work.takeRules(newestOf(rules))
    })
    this.jobs.kick('syncExceptions', 'followExceptions', 'countTickets')
  }
}

class Taking {
  #epoch: number | null = null

  constructor(
    private readonly tx: Tx,
    private readonly now: Date,
  ) {}

  async takeTickets(told: readonly KnownTicket[]): Promise<void> {
    if (told.length === 0) return
    const { tx } = this
    await tx
      .insertInto('ticket')
      .values(told.map(({ id }) => ({ id, incarnation: -1, version: -1, open: false, query_version: 0 })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const stored = await tx
      .selectFrom('ticket')
      .select(['id', 'incarnation', 'version', 'query_version', 'exception_key'])
      .where(
        'id',
        'in',
        told.map(({ id }) => id),
      )
      .orderBy('id')
      .forUpdate()
      .execute()
    const before = new Map(stored.map((row) => [row.id, row]))
    for (const ticket of told) {
      const known = before.get(ticket.id)
      if (known === undefined || !isNewer(ticket, known)) continue
      await this.#takeTicket(ticket, known)
    }
  }

  async takeRules(told: readonly KnownGroupingRule[]): Promise<void> {
    for (const rule of told) {
      const { id, incarnation, version, by, filter, ruleVersion: rule_version, enabled } = rule
      const changed = await this.tx
        .insertInto('grouping_rule')
        .values({ id, incarnation, version, by, filter, rule_version, enabled, recount: true })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet({
              incarnation,
              version,
              filter,
              rule_version,
              enabled,
              recount: sql<boolean>`grouping_rule.recount OR (grouping_rule.rule_version, grouping_rule.enabled)
                IS DISTINCT FROM (${rule_version}::int4, ${enabled}::bool)`,
              after_key: 0,
              after_owner: '',
            })
            .where(
              sql<boolean>`(grouping_rule.incarnation, grouping_rule.version) < (${incarnation}::int8, ${version}::int8)`,
            ),
        )
        .returning('id')
        .execute()
      // Whoever changes instances has to know of it before all is counted.
      if (changed.length > 0) await this.#nextEpoch()
    }
  }

  async #takeTicket(ticket: KnownTicket, known: StoredTicket): Promise<void> {
    const { tx } = this
    const isMatched = ticket.open && ticket.group === null
    let { exception_key } = known
    if (exception_key !== null && (!isMatched || known.query_version !== ticket.queryVersion)) {
      await this.#end(exception_key)
      exception_key = null
    }
    if (exception_key === null && isMatched) exception_key = await this.#join(ticket)
    const key: Partial<Record<'owner' | 'component' | 'asset' | 'vulnerability', string>> = ticket.group?.key ?? {}
    await tx
      .updateTable('ticket')
      .set({
        incarnation: ticket.incarnation,
        version: ticket.version,
        open: ticket.open,
        due_on: ticket.dueOn,
        query_version: ticket.queryVersion,
        exception_key,
        // A count names the edit of the query, and has to be told of each.
        ...(exception_key === known.exception_key ? {} : { told: null }),
        rule_id: ticket.group?.ruleId ?? null,
        owner: key.owner ?? null,
        component: key.component ?? null,
        asset_id: key.asset ?? null,
        vulnerability: key.vulnerability ?? null,
      })
      .where('id', '=', ticket.id)
      .execute()
  }

  async #join({ id, title, ownerId, expression }: KnownTicket): Promise<number> {
    const compiled = compileQuery(expression)
    const timeRelative = compiled.ok && isTimeRelative(compiled.query)
    const { key } = await this.tx
      .insertInto('exception')
      .values({
        id: uuidv7(),
        ticket_id: id,
        incarnation: 0,
        version: 0,
        name: title,
        status: 'active',
        effect: 'none',
        requester_id: ownerId,
        approver_ids: [],
        expression,
        live: true,
        fault: compiled.ok ? null : (compiled.faults[0]?.message ?? 'it cannot be read'),
        time_relative: timeRelative,
        joined_at: timeRelative ? this.now : null,
        epoch: await this.#nextEpoch(),
      })
      .returning('key')
      .executeTakeFirstOrThrow()
    return key
  }

  async #end(key: number): Promise<void> {
    const { tx, now } = this
    await tx
      .updateTable('exception')
      .set({ live: false, status: 'deactivated', ended_at: now, epoch: await this.#nextEpoch() })
      .where('key', '=', key)
      .execute()
    await tx
      .insertInto('aftermath')
      .values({ exception_key: key, what: 'ended', was_in_force: false, at: now })
      .execute()
  }

  async #nextEpoch(): Promise<number> {
    this.#epoch ??= await nextEpoch(this.tx, this.now)
    return this.#epoch
  }
}

const isNewer = (told: Versioned, stored: Versioned): boolean =>
  told.incarnation > stored.incarnation || (told.incarnation === stored.incarnation && told.version > stored.version)

function newestOf<T extends Versioned & { readonly id: string }>(told: readonly T[]): T[] {
  const newest = new Map<string, T>()
  for (const one of told) {
    const known = newest.get(one.id)
    if (known === undefined || isNewer(one, known)) newest.set(one.id, one)
  }
  return [...newest.values()]
}
