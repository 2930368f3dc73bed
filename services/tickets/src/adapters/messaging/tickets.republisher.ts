import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { NewEvent } from '@reprieve/outbox'
import type { Republisher } from '@reprieve/service-host'
import type { GroupingRules } from '../../application/grouping-rules.port.js'
import type { Tickets } from '../../application/tickets.port.js'
import { groupingRuleEvent } from '../postgres/grouping-rules.repository.js'
import { settingsEvent } from '../postgres/settings.repository.js'
import type { TicketsTables } from '../postgres/tables.js'
import { ticketAsItIs } from './ticket-event.js'

const BATCH = 200

/** Everything on `tickets.v1` as it is now: settings, grouping rules, and every ticket with its newest request. */
export class TicketsRepublisher implements Republisher<'tickets.v1'> {
  readonly topic = 'tickets.v1'
  readonly #database: Database<TicketsTables>
  readonly #tickets: Tickets
  readonly #rules: GroupingRules
  readonly #clock: Clock

  constructor(database: Database<TicketsTables>, tickets: Tickets, rules: GroupingRules, clock: Clock) {
    this.#database = database
    this.#tickets = tickets
    this.#rules = rules
    this.#clock = clock
  }

  async *events(): AsyncGenerator<NewEvent<'tickets.v1'>[]> {
    const at = this.#clock.now()
    yield await this.#settings()
    yield (await this.#rules.all()).map((rule) => ({ ...groupingRuleEvent(rule), actor: null, at }))
    for (let after: string | null = null; ; ) {
      const ids: string[] = await this.#idsAfter(after)
      const last = ids.at(-1)
      if (last === undefined) return
      after = last
      const requests = await this.#tickets.requestsOf(ids)
      yield (await this.#tickets.findAll(ids)).map(({ ticket }) =>
        ticketAsItIs(ticket, requests.get(ticket.id)?.at(-1) ?? null, at),
      )
    }
  }

  async #settings(): Promise<NewEvent<'tickets.v1'>[]> {
    const rows = await this.#database.db
      .selectFrom('settings_version')
      .distinctOn('name')
      .selectAll()
      .orderBy('name')
      .orderBy('version', 'desc')
      .execute()
    return rows.map(({ name, version, settings, actor_id, actor_name, at }) =>
      settingsEvent({
        name,
        version,
        json: JSON.stringify(settings),
        actor: { id: actor_id, name: actor_name },
        at,
      }),
    )
  }

  async #idsAfter(after: string | null): Promise<string[]> {
    let query = this.#database.db.selectFrom('ticket').select('id').orderBy('id').limit(BATCH)
    if (after !== null) query = query.where('id', '>', after)
    return (await query.execute()).map(({ id }) => id)
  }
}
