import { Controller, Inject } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { tickets } from '@reprieve/contracts'
import { Consumes, PoisonError } from '@reprieve/messaging'
import type { Grouping, GroupKey, KnownGroupingRule, KnownTicket } from '../../domain/tickets/known-ticket.js'
import { TicketStore } from '../postgres/ticket.store.js'

const GROUPINGS: Readonly<Partial<Record<tickets.Grouping, Grouping>>> = {
  [tickets.Grouping.OWNER_AND_COMPONENT]: 'ownerAndComponent',
  [tickets.Grouping.ASSET]: 'asset',
  [tickets.Grouping.VULNERABILITY]: 'vulnerability',
}

const MOST_AT_ONCE = 500

/** Keeps what scope knows of tickets and grouping rules. Every row knows the version it was made from, so no inbox is needed. */
@Controller()
export class TicketsConsumer {
  constructor(@Inject(TicketStore) private readonly store: TicketStore) {}

  @Consumes('tickets.v1', { batch: MOST_AT_ONCE })
  async ticketsTold(@Payload() events: readonly tickets.TicketsEvent[]): Promise<void> {
    const told: KnownTicket[] = []
    const rules: KnownGroupingRule[] = []
    for (const { meta, subject } of events) {
      if (subject.case === 'ticket') told.push(knownTicket(meta, subject.value.ticket))
      if (subject.case === 'groupingRule') rules.push(knownRule(meta, subject.value))
    }
    await this.store.take(told, rules)
  }
}

type Meta = tickets.TicketsEvent['meta']

function versionOf(meta: Meta): { incarnation: number; version: number } {
  if (meta?.version === undefined) throw new PoisonError('an event of tickets has a version')
  return { incarnation: Number(meta.version.incarnation), version: Number(meta.version.n) }
}

function knownTicket(meta: Meta, ticket: tickets.Ticket | undefined): KnownTicket {
  if (ticket?.owner === undefined) throw new PoisonError('a ticket event has a ticket with an owner')
  const group = ticket.group?.key === undefined ? null : { ruleId: ticket.group.ruleId, key: keyOf(ticket.group.key) }
  return {
    ...versionOf(meta),
    id: ticket.id,
    title: ticket.title,
    ownerId: ticket.owner.id,
    open: ticket.status === tickets.Status.OPEN,
    dueOn: ticket.dueDate === '' ? null : ticket.dueDate,
    expression: ticket.expression,
    queryVersion: ticket.queryVersion,
    group,
  }
}

function keyOf({ owner, component, asset, vulnerability }: tickets.GroupKey): GroupKey {
  if (owner !== undefined && component !== undefined) return { owner, component }
  if (asset !== undefined) return { asset }
  if (vulnerability !== undefined) return { vulnerability }
  throw new PoisonError('a group has a key of one of the three kinds')
}

function knownRule(meta: Meta, rule: tickets.GroupingRule): KnownGroupingRule {
  const by = GROUPINGS[rule.by]
  if (by === undefined) throw new PoisonError('a grouping rule says what it groups by')
  return { ...versionOf(meta), id: rule.id, by, filter: rule.filter, ruleVersion: rule.version, enabled: rule.enabled }
}
