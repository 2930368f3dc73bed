import { day, id, instant, personName } from '@reprieve/http-kit'
import { z } from 'zod'
import type { TicketRecord } from '../../application/tickets.port.js'
import { isOver } from '../../domain/day.js'
import { GROUPINGS } from '../../domain/grouping.js'
import { bySeverity, instancesIn, SEVERITIES, severityOf } from '../../domain/tally.js'
import { EXCEPTION_STATUSES, type Request, TICKET_STATUSES, type Update, USE_CASES } from '../../domain/ticket.js'

export const updateView = z
  .object({
    at: instant(),
    actor: personName().nullable().meta({ description: 'Null where the system acted.' }),
    type: z.string(),
    text: z.string(),
    exceptionId: id().nullable(),
  })
  .meta({ id: 'TicketUpdate' })

const severities = () =>
  z.object(
    Object.fromEntries(SEVERITIES.map((severity) => [severity, z.int().min(0)])) as Record<
      (typeof SEVERITIES)[number],
      z.ZodInt
    >,
  )

export const ticketView = z
  .object({
    id: id(),
    title: z.string(),
    owner: personName(),
    expression: z.string(),
    dueDate: day()
      .nullable()
      .meta({ description: 'Overdue once that day is over in UTC. Null until the policy has something to go by.' }),
    originalDueDate: day().nullable(),
    dueDateBy: z
      .enum(['policy', 'person'])
      .meta({ description: 'Whether the policy governs it, or a date was given.' }),
    status: z.enum(TICKET_STATUSES),
    doneAt: instant().nullable(),
    overdue: z.boolean(),
    instanceCount: z.int().min(0).meta({ description: 'Open instances that it has: how many are left.' }),
    severity: z.enum(SEVERITIES).nullable().meta({ description: 'The highest among them; null where it has none.' }),
    counts: z.object({ bySeverity: severities(), closed: z.int().min(0), asOf: instant().nullable() }),
    deferredBy: id().nullable().meta({ description: 'The exception in force.' }),
    waitingRequest: id().nullable().meta({ description: 'The exception that waits for its reviewer.' }),
    group: z
      .object({ ruleId: id(), by: z.enum(GROUPINGS), key: z.record(z.string(), z.string()) })
      .nullable()
      .meta({ description: 'What a grouping rule put together.' }),
    external: z.object({ source: z.string(), key: z.string(), url: z.string().nullable() }).nullable(),
    createdAt: instant(),
    version: z.int().min(1),
    exceptions: z.array(
      z.object({
        id: id(),
        status: z.enum(EXCEPTION_STATUSES),
        requestedBy: personName(),
        requestedAt: instant(),
        proposedDueDate: day(),
        useCase: z.enum(USE_CASES),
        reviewer: personName(),
        assignedBy: z.string().nullable().meta({ description: 'The reviewer rule that held; null: the fallback.' }),
        updates: z.array(updateView),
      }),
    ),
  })
  .meta({ id: 'Ticket' })

export const toUpdateView = ({ at, actor, type, text, exceptionId }: Update): z.input<typeof updateView> => ({
  at: at.toISOString(),
  actor,
  type,
  text,
  exceptionId,
})

/** A ticket as the API shows it. */
export function toTicketView(
  { ticket, counts }: TicketRecord,
  requests: readonly Request[],
  updates: ReadonlyMap<string, readonly Update[]>,
  now: Date,
): z.input<typeof ticketView> {
  const { due, group } = ticket
  return {
    id: ticket.id,
    title: ticket.title,
    owner: ticket.owner,
    expression: ticket.expression,
    dueDate: due?.day ?? null,
    originalDueDate: due?.original ?? null,
    dueDateBy: ticket.byPolicy ? 'policy' : 'person',
    status: ticket.status,
    doneAt: ticket.doneAt?.toISOString() ?? null,
    overdue: ticket.status === 'open' && due !== null && isOver(due.day, now),
    instanceCount: instancesIn(counts.tally),
    severity: severityOf(counts.tally),
    counts: {
      bySeverity: bySeverity(counts.tally),
      closed: counts.closed,
      asOf: counts.asOf?.toISOString() ?? null,
    },
    deferredBy: ticket.deferredBy,
    waitingRequest: ticket.waitingRequest,
    group:
      group === null
        ? null
        : {
            ruleId: group.ruleId,
            by: 'asset' in group.key ? 'asset' : 'vulnerability' in group.key ? 'vulnerability' : 'ownerAndComponent',
            key: { ...group.key },
          },
    external: ticket.external,
    createdAt: ticket.createdAt.toISOString(),
    version: ticket.version,
    exceptions: requests.map((request) => ({
      id: request.exceptionId,
      status: request.status,
      requestedBy: request.requestedBy,
      requestedAt: request.requestedAt.toISOString(),
      proposedDueDate: request.proposedDueDate,
      useCase: request.useCase,
      reviewer: request.reviewer,
      assignedBy: request.assignedBy,
      updates: (updates.get(request.exceptionId) ?? []).map(toUpdateView),
    })),
  }
}
