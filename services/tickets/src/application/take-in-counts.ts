import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { v7 as uuidv7 } from 'uuid'
import type { TicketsTables, Tx } from '../adapters/postgres/tables.js'
import { edit, finish, followPolicy, open, reopen } from '../domain/changes.js'
import { type DueDatePolicy, dueDateBy, FIRST_POLICY } from '../domain/due-date-policy.js'
import { expressionOf, type GroupKey, titleOf } from '../domain/grouping.js'
import { refusal } from '../domain/phase.js'
import { instancesIn, type Tally } from '../domain/tally.js'
import type { Changed, Person, Ticket } from '../domain/ticket.js'
import type { GroupingRule, GroupingRules } from './grouping-rules.port.js'
import type { SettingsStore, Versioned } from './settings.port.js'
import type { LockedTicket, NewTicket, Tickets, Version } from './tickets.port.js'

/** What scope counted for a ticket's query. */
export interface ToldCounts extends Version {
  ticketId: string
  /** The edit of its expression that was counted. */
  queryVersion: number
  tally: Tally
  closed: number
  asOf: Date | null
  /** Of a group: the query that its rule makes of it now. */
  expression?: string
}

/** What scope counted of a group. */
export interface ToldGroup extends Version {
  ruleId: string
  /** The edit of the rule that was counted. */
  ruleVersion: number
  key: GroupKey
  assetName: string
  tally: Tally
  closed: number
  asOf: Date | null
}

/** Who in the organisation goes by a name that scanners give for an asset's owner: an address or a name, in any case. */
export interface OwnersByName {
  find(tx: Tx, names: readonly string[]): Promise<Map<string, Person>>
  byId(tx: Tx, ids: readonly string[]): Promise<Map<string, Person>>
}

/** Takes in what scope counts: keeps the counts, opens tickets of groups, and moves due dates that follow the policy. */
export class TakeInCounts {
  readonly #database: Database<TicketsTables>
  readonly #tickets: Tickets
  readonly #rules: GroupingRules
  readonly #settings: SettingsStore
  readonly #owners: OwnersByName
  readonly #clock: Clock

  constructor(
    database: Database<TicketsTables>,
    tickets: Tickets,
    rules: GroupingRules,
    settings: SettingsStore,
    owners: OwnersByName,
    clock: Clock,
  ) {
    this.#database = database
    this.#tickets = tickets
    this.#rules = rules
    this.#settings = settings
    this.#owners = owners
    this.#clock = clock
  }

  /** Idempotent; any number in one transaction. Counts of an older edit of a query, and older counts than are known, change nothing. */
  async takeIn(counts: readonly ToldCounts[], groups: readonly ToldGroup[]): Promise<void> {
    if (counts.length + groups.length === 0) return
    await this.#database.transaction(async (tx) => {
      const policy = await this.#settings.newest('dueDates', FIRST_POLICY, tx)
      const found = await this.#ofGroups(tx, newestOf(groups, keyOf), policy)
      await this.#count(
        tx,
        newestOf([...counts, ...found], ({ ticketId }) => ticketId),
        policy,
      )
    })
  }

  async #count(tx: Tx, counts: readonly ToldCounts[], policy: Versioned<DueDatePolicy>): Promise<void> {
    const byId = new Map(counts.map((count) => [count.ticketId, count]))
    const locked = await this.#tickets.lockAll(tx, [...byId.keys()])
    const news = locked.flatMap((known) => {
      const count = byId.get(known.ticket.id)
      return count !== undefined && isNews(count, known) ? [{ known, count }] : []
    })
    await this.#tickets.saveCounts(
      tx,
      news.map(({ count }) => count),
    )
    const now = this.#clock.now()
    const changes: Changed[] = []
    for (const { known, count } of news) changes.push(...(await this.#follow(tx, known, count, policy, now)))
    await this.#tickets.record(tx, changes)
  }

  /** What follows from a ticket's counts for the ticket. */
  async #follow(
    tx: Tx,
    { ticket, counts }: LockedTicket,
    { tally, expression }: ToldCounts,
    policy: Versioned<DueDatePolicy>,
    now: Date,
  ): Promise<Changed[]> {
    const changes: Changed[] = []
    let current = ticket
    if (ticket.group !== null) {
      const left = instancesIn(tally)
      if (left === 0 && ticket.status === 'open') {
        await this.#tickets.markTicketDone(tx, ticket.id, now)
        changes.push(...finish(ticket, await this.#live(tx, ticket), null, now))
      } else if (left > 0 && ticket.status === 'done' && instancesIn(counts.tally) === 0) {
        // What a person has called done while something was left is theirs to open.
        changes.push(reopen(ticket, null, now))
      }
      current = changes.at(-1)?.ticket ?? ticket
      // While a request waits or a deferral is in force it stays as it was asked for, and follows with the next count after that.
      const edited = refusal(current, 'changeQuery') === null ? edit(current, { expression }, null, now) : null
      if (edited !== null) changes.push(edited)
      current = edited?.ticket ?? current
    }
    const moved = followPolicy(current, dueDateBy(policy.settings, tally), policy.version, now)
    return moved === null ? changes : [...changes, moved]
  }

  async #live(tx: Tx, ticket: Ticket): Promise<string[]> {
    if (ticket.waitingRequest === null && ticket.deferredBy === null) return []
    return (await this.#tickets.requests(tx, ticket.id))
      .filter(({ status }) => status === 'pendingApproval' || status === 'active')
      .map(({ exceptionId }) => exceptionId)
  }

  /** Opens the tickets of groups that have none. @returns the counts of those that have one */
  async #ofGroups(tx: Tx, groups: readonly ToldGroup[], policy: Versioned<DueDatePolicy>): Promise<ToldCounts[]> {
    if (groups.length === 0) return []
    const rules = await this.#rules.find(tx, [...new Set(groups.map(({ ruleId }) => ruleId))])
    // A rule that was edited since, or switched off, speaks of its groups anew, or not any more.
    const valid = groups.flatMap((group) => {
      const rule = rules.get(group.ruleId)
      return rule?.enabled === true && rule.queryVersion === group.ruleVersion ? [{ group, rule }] : []
    })
    const ids = await this.#tickets.findGroups(
      tx,
      valid.map(({ group }) => group),
    )
    const opened = valid.filter(({ group }, index) => ids[index] === null && instancesIn(group.tally) > 0)
    await this.#tickets.add(tx, await this.#open(tx, opened, policy))
    return valid.flatMap(({ group, rule }, index) => {
      const ticketId = ids[index]
      // Every edit of the rule counts as one of the query: what it selects is what the group's tickets have.
      return ticketId === null || ticketId === undefined
        ? []
        : [
            {
              ...group,
              ticketId,
              queryVersion: ANY_EDIT,
              expression: expressionOf(group.key, rule.filter),
            },
          ]
    })
  }

  async #open(
    tx: Tx,
    groups: ReadonlyArray<{ group: ToldGroup; rule: GroupingRule }>,
    policy: Versioned<DueDatePolicy>,
  ): Promise<NewTicket[]> {
    if (groups.length === 0) return []
    const now = this.#clock.now()
    const names = groups.flatMap(({ group: { key } }) => ('owner' in key ? [key.owner] : []))
    const byName = await this.#owners.find(tx, [...new Set(names)])
    const fallbacks = await this.#owners.byId(tx, [...new Set(groups.map(({ rule }) => rule.ownerId))])
    return groups.map(({ group, rule }) => {
      const named = 'owner' in group.key ? byName.get(group.key.owner.toLowerCase()) : undefined
      const owner = named ?? fallbacks.get(rule.ownerId) ?? { id: rule.ownerId, name: rule.ownerId }
      const opening = {
        id: uuidv7({ msecs: now.getTime() }),
        title: titleOf(group.key, group.assetName),
        owner,
        expression: expressionOf(group.key, rule.filter),
        dueDate: null,
        group: { ruleId: rule.id, key: group.key },
      }
      const due = dueDateBy(policy.settings, group.tally)
      const { tally, closed, asOf, incarnation, version } = group
      return {
        change: open(opening, null, policy.version, now, due),
        counts: { tally, closed, asOf, incarnation, version },
      }
    })
  }
}

const ANY_EDIT = Number.MAX_SAFE_INTEGER

const keyOf = ({ ruleId, key }: ToldGroup): string => JSON.stringify([ruleId, Object.entries(key).sort()])

function isNews(count: ToldCounts, { ticket, counted }: LockedTicket): boolean {
  const isNewer =
    count.incarnation > counted.incarnation ||
    (count.incarnation === counted.incarnation && count.version > counted.version)
  return isNewer && count.queryVersion >= ticket.queryVersion
}

/** Of several of one subject the newest. */
function newestOf<T extends Version>(told: readonly T[], subjectOf: (one: T) => string): T[] {
  const newest = new Map<string, T>()
  for (const one of told) {
    const known = newest.get(subjectOf(one))
    const isNewer =
      known === undefined ||
      one.incarnation > known.incarnation ||
      (one.incarnation === known.incarnation && one.version > known.version)
    if (isNewer) newest.set(subjectOf(one), one)
  }
  return [...newest.values()]
}
