import type { Clock } from '@reprieve/clock'
import type { NewEvent } from '@reprieve/outbox'
import type { Republisher } from '@reprieve/service-host'
import { type GroupKey, tallyOfKey } from '../../domain/tickets/known-ticket.js'
import type { ScopeDatabase } from '../postgres/tables.js'
import { groupCountsEvent, ticketCountsEvent } from './ticket-count-events.js'

const BATCH = 500

/** Everything on ticket-counts.v1: what was last told of each ticket and of each group, in the versions in which it was. */
export class TicketCountsRepublisher implements Republisher<'ticket-counts.v1'> {
  readonly topic = 'ticket-counts.v1'

  constructor(
    private readonly database: ScopeDatabase,
    private readonly clock: Clock,
  ) {}

  async *events(): AsyncGenerator<ReadonlyArray<Omit<NewEvent<'ticket-counts.v1'>, 'replay' | 'topic'>>> {
    yield* this.#tickets()
    yield* this.#groups()
  }

  async *#tickets() {
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      const rows = await this.database.db
        .selectFrom('ticket')
        .select(['id', 'query_version', 'told', 'told_version'])
        .where('id', '>', after)
        .where('told', 'is not', null)
        .orderBy('id')
        .limit(BATCH)
        .execute()
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows.flatMap(({ id, query_version, told, told_version }) =>
        told === null || told_version === null
          ? []
          : [ticketCountsEvent({ id, queryVersion: query_version }, tallyOfKey(told), told_version, this.clock.now())],
      )
      after = last.id
    }
  }

  async *#groups() {
    let after = { rule: '00000000-0000-0000-0000-000000000000', key: '' }
    for (;;) {
      const { rule, key } = after
      const rows = await this.database.db
        .selectFrom('ticket_group')
        .select(['rule_id', 'group_key', 'asset_name', 'rule_version', 'told', 'told_version'])
        .where((eb) => eb.or([eb('rule_id', '>', rule), eb.and([eb('rule_id', '=', rule), eb('group_key', '>', key)])]))
        .orderBy('rule_id')
        .orderBy('group_key')
        .limit(BATCH)
        .execute()
      const last = rows.at(-1)
      if (last === undefined) return
      yield rows.map((row) =>
        groupCountsEvent(
          {
            ruleId: row.rule_id,
            ruleVersion: row.rule_version,
            key: JSON.parse(row.group_key) as GroupKey,
            assetName: row.asset_name,
          },
          tallyOfKey(row.told),
          row.told_version,
          this.clock.now(),
        ),
      )
      after = { rule: last.rule_id, key: last.group_key }
    }
  }
}
