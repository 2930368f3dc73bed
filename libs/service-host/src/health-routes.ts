import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyInstance } from 'fastify'
import type { Readiness } from './health.js'

/** `/healthz`: the process lives. `/readyz`: it can do its work; 503 with what is wrong otherwise. Both without sign-in. */
export function serveHealth(app: NestFastifyApplication, readiness: () => Promise<Readiness>): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance
  fastify.get('/healthz', async () => ({ status: 'alive' }))
  fastify.get('/readyz', async (_request, reply) => {
    const current = await readiness()
    return reply.status(current.ready ? 200 : 503).send(current)
  })
}
