import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Readiness } from './health.js'

export interface Examinations {
  /** Whether it can do all of its work. */
  all: () => Promise<Readiness>
  /** Whether it can answer requests. */
  requests: () => Promise<Readiness>
}

export const ALIVE = { status: 'alive' }
/** Answered 200 by a process that lives, even one that waits for what it needs: to be started anew would not help it. */
export const LIVE_PATHS = ['/healthz', '/health/live', '/health/startup']
/** Answered 503 by one that waits. */
export const READY_PATHS = ['/readyz', '/health/ready']
export const HEALTH_PATHS = [...LIVE_PATHS, ...READY_PATHS]

/**
 * For people and monitors `/healthz` (the process lives) and `/readyz` (it can do all of its work; 503 with what is wrong otherwise). For
 * whoever runs the process `/health/startup` (it has come up), `/health/live` (it answers) and `/health/ready` (requests may be sent to
 * it). All without sign-in.
 */
export function serveHealth(app: NestFastifyApplication, { all, requests }: Examinations): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance
  const answer = async (reply: FastifyReply, examine: () => Promise<Readiness>) => {
    const current = await examine()
    return reply.status(current.ready ? 200 : 503).send(current)
  }
  for (const path of LIVE_PATHS) fastify.get(path, async () => ALIVE)
  fastify.get('/readyz', (_request, reply) => answer(reply, all))
  fastify.get('/health/ready', (_request, reply) => answer(reply, requests))
}
