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

const LIVE_PATHS = ['/healthz', '/health/live', '/health/startup']
const LEAVING: GatewayReadiness = { ready: false, troubles: ['stopping'] }

export const HEALTH_PATHS: ReadonlySet<string> = new Set([...LIVE_PATHS, '/health/ready', '/readyz'])

/**
 * `/readyz`: all services can do their work. `/health/ready`, by which requests are sent here or not: this process is not about to end;
 * with one service away the edge still answers for the rest. The others: it lives.
 */
export function serveHealth(fastify: FastifyInstance, addresses: ServiceAddresses, leaving: () => boolean): void {
  for (const path of LIVE_PATHS) fastify.get(path, async () => ({ status: 'alive' }))
  fastify.get('/health/ready', async (_request, reply) =>
    leaving() ? reply.status(503).send(LEAVING) : { status: 'alive' },
  )
  fastify.get('/readyz', async (_request, reply) => {
    const current = leaving() ? LEAVING : await readiness(addresses)
    return reply.status(current.ready ? 200 : 503).send(current)
  })
}
