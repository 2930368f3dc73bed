import type { ApiClient } from './api-client.js'
import { TICKET_SETTINGS, TICKETS } from './tickets.js'

export interface TicketCast {
  /** Who manages tickets. */
  manager: ApiClient
  /** By a person's key. */
  client: (key: string) => ApiClient
  id: (key: string) => string
  now: Date
}

const DAY_MS = 86_400_000

/** Makes the company's tickets through the API, with requests from them that wait, were approved and were denied. */
export async function loadTickets({ manager, client, id, now }: TicketCast): Promise<void> {
  const { reviewerRules, fallbackReviewer, ...settings } = TICKET_SETTINGS
  await manager.put('/settings/exceptions', {
    ...settings,
    reviewerRules: reviewerRules.map(({ reviewer, ...rule }) => ({ ...rule, reviewerId: id(reviewer) })),
    fallbackReviewerId: id(fallbackReviewer),
  })
  const day = (days: number) => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10)
  const reviewers = [...new Set([...reviewerRules.map(({ reviewer }) => reviewer), fallbackReviewer])]
  for (const { title, owner, expression, dueInDays, ask, done } of TICKETS) {
    const said = { title, ownerId: id(owner), expression, dueDate: day(dueInDays) }
    const ticket = await manager.post<{ id: string }>('/tickets', said)
    if (ask !== undefined) {
      const { days, useCase, justification, outcome: decision, comment } = ask
      const exception = await client(owner).post<{ id: string; waitingFor: { id: string } }>(
        `/tickets/${ticket.id}/exceptions`,
        { justification, riskAcknowledged: true, useCase, proposedDueDate: day(days) },
      )
      const reviewer = reviewers.find((key) => id(key) === exception.waitingFor.id)
      if (decision !== 'waits' && reviewer !== undefined) {
        await client(reviewer).post(`/approvals/${exception.id}/decision`, { decision, comment })
      }
    }
    if (done) await manager.patch(`/tickets/${ticket.id}`, { status: 'done' })
  }
}
