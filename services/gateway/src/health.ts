import type { FastifyInstance } from 'fastify'
import type { ServiceAddresses } from './forwarding/forwarder.js'

const PATIENCE_MS = 2_000

export interface GatewayReadiness {
  ready: boolean
  /** A sentence for each service that is not ready. What is wrong with it, its own readiness and log tell. */
  troubles: string[]
}

/** Whether every service can do its work. */
export async function readiness(addresses: ServiceAddresses): Promise<GatewayReadiness> {
  const troubles = await Promise.all(
    Object.entries(addresses).map(async ([name, address]) => {
      try {
        const { status } = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) })
        return status === 200 ? null : `${name} is not ready`
      } catch {
        return `${name} does not answer`
      }
    }),
  )
  const found = troubles.filter((trouble) => trouble !== null)
  return { ready: found.length === 0, troubles: found }
}

const LIVE_PATHS = ['/healthz', '/health/live', '/health/startup', '/health/ready']

export const HEALTH_PATHS: ReadonlySet<string> = new Set([...LIVE_PATHS, '/readyz'])

/**
 * `/readyz`: all services can do their work. The others: this process lives. `/health/ready`, by which requests are sent here or not, is
 * among them: with one service away the edge still answers for the rest.
 */
export function serveHealth(fastify: FastifyInstance, addresses: ServiceAddresses): void {
  for (const path of LIVE_PATHS) fastify.get(path, async () => ({ status: 'alive' }))
  fastify.get('/readyz', async (_request, reply) => {
    const current = await readiness(addresses)
    return reply.status(current.ready ? 200 : 503).send(current)
  })
}
