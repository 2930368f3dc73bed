import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { SubscriptionStatus } from '@reprieve/messaging'
import type { OutboxRelay } from '@reprieve/outbox'
import { measure, observe, observeEach } from '@reprieve/telemetry'
import type pg from 'pg'

/** How long answers take, by route. Probes are told like everything else: who watches can leave them out. */
export function measureRequests(service: string, app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', async (request, reply) => {
      // A stream of events is open for as long as somebody listens: that says nothing of how quick an answer is.
      if (String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream')) return
      measure('http.server.request.duration', reply.elapsedTime / 1_000, {
        'reprieve.service': service,
        'http.request.method': request.method,
        // Never the path itself: ids would make as many series.
        'http.route': request.routeOptions.url ?? 'none',
        'http.response.status_code': reply.statusCode,
      })
    })
}

export function measureCycle(service: string, outcome: 'published' | 'failed', events: number): void {
  measure('reprieve.outbox.cycles', 1, { 'reprieve.service': service, 'reprieve.outcome': outcome })
  if (events > 0) measure('reprieve.outbox.published', events, { 'reprieve.service': service })
}

export function measureCall(service: string, call: { handler: string; topic: string; seconds: number }): void {
  measure('reprieve.consumer.duration', call.seconds, {
    'reprieve.service': service,
    'reprieve.handler': call.handler,
    'messaging.destination.name': call.topic,
  })
}

interface Observed {
  database: { pool: pg.Pool }
  relay: OutboxRelay
  subscriptions: () => readonly SubscriptionStatus[]
}

/** What can be read at any time. @returns stops reading it */
export function observeService(service: string, { database, relay, subscriptions }: Observed): () => void {
  const labelsOf = (handler: string) => ({ 'reprieve.service': service, 'reprieve.handler': handler })
  const stops = [
    observe('reprieve.outbox.oldest_pending_age', { 'reprieve.service': service }, () =>
      // PostgreSQL being away is told by readiness; there is no number then.
      relay.oldestPendingAge(database.pool).catch(() => null),
    ),
    observeEach('reprieve.consumer.lag', () =>
      subscriptions().map(({ handler, lag }) => ({ value: lag, labels: labelsOf(handler) })),
    ),
    observeEach('reprieve.consumer.lag_time', () =>
      subscriptions().map(({ handler, lagSeconds }) => ({ value: lagSeconds, labels: labelsOf(handler) })),
    ),
    observeEach('reprieve.consumer.records', () =>
      subscriptions().flatMap(({ handler, handled, retried, deadLettered }) =>
        Object.entries({ handled, retried, dead_lettered: deadLettered }).map(([outcome, value]) => ({
          value,
          labels: { ...labelsOf(handler), 'reprieve.outcome': outcome },
        })),
      ),
    ),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
