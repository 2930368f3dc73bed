import { create } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { tickets } from '@reprieve/contracts'
import type { NewEvent } from '@reprieve/outbox'
import type { GroupKey, Tally } from '../../domain/tickets/known-ticket.js'

const toTally = ({ open, closed }: Tally, at: Date) => ({
  open: open.map(({ instances, firstSeen, ...bucket }) => ({
    ...bucket,
    instances: BigInt(instances),
    firstSeen: timestampFromDate(firstSeen),
  })),
  closed: BigInt(closed),
  asOf: timestampFromDate(at),
})

/** What a ticket's query selects, as ticket-counts.v1 tells of it. */
export const ticketCountsEvent = (
  ticket: { readonly id: string; readonly queryVersion: number },
  tally: Tally,
  version: number,
  at: Date,
): NewEvent<'ticket-counts.v1'> => ({
  topic: 'ticket-counts.v1',
  subjectId: ticket.id,
  version,
  actor: null,
  at,
  body: {
    subject: {
      case: 'ticket',
      value: { ticketId: ticket.id, queryVersion: ticket.queryVersion, tally: toTally(tally, at) },
    },
  },
})

/** What a grouping rule has put together. */
export const groupCountsEvent = (
  group: { readonly ruleId: string; readonly ruleVersion: number; readonly key: GroupKey; readonly assetName: string },
  tally: Tally,
  version: number,
  at: Date,
): NewEvent<'ticket-counts.v1'> => ({
  topic: 'ticket-counts.v1',
  subjectId: `${group.ruleId}/${JSON.stringify(group.key)}`,
  version,
  actor: null,
  at,
  body: {
    subject: {
      case: 'group',
      value: {
        ruleId: group.ruleId,
        ruleVersion: group.ruleVersion,
        key: create(tickets.GroupKeySchema, group.key),
        assetName: group.assetName,
        tally: toTally(tally, at),
      },
    },
  },
})
