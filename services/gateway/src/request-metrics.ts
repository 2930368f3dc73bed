import { measure } from '@reprieve/telemetry'
import type { FastifyInstance } from 'fastify'

/** How long answers take as callers see it, by route; streams that stay open say nothing of that and are left out. */
export function measureRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    if (String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream')) return
    measure('http.server.request.duration', reply.elapsedTime / 1_000, {
      'reprieve.service': 'gateway',
      'http.request.method': request.method,
      // Never the path itself: ids would make as many series.
      'http.route': request.routeOptions.url ?? 'none',
      'http.response.status_code': reply.statusCode,
    })
  })
}
