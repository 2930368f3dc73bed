import { Problem, readBody } from '@reprieve/http-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { byAddress } from '../callers/callers.js'
import { BASE } from '../documents/api-info.js'
import type { Forwarder } from '../forwarding/forwarder.js'
import type { Limits } from '../limits/limits.js'
import { isLive, ROUTE_TABLE, type RouteRow } from './route-table.js'

// An address and a password; more is no attempt to sign in.
const SIGN_IN_BYTES = 16_384

/** Serves every row of the route table by forwarding it. */
export function serveForwardedRoutes(fastify: FastifyInstance, forwarder: Forwarder, limits: Limits): void {
  for (const row of ROUTE_TABLE) {
    const signsIn = row.method === 'POST' && row.path === '/session'
    fastify.route({
      method: row.method,
      url: `${BASE}${row.path.replace(/\{(\w+)\}/g, ':$1')}`,
      handler: (request, reply) => {
        // The router lets a parameter be empty; a service does not.
        if (Object.values(request.params as Record<string, string>).includes('')) return reply.callNotFound()
        return signsIn ? signIn(request, reply, row, forwarder, limits) : pass(request, reply, row, forwarder)
      },
    })
  }
}

async function pass(
  request: FastifyRequest,
  reply: FastifyReply,
  row: RouteRow,
  forwarder: Forwarder,
): Promise<FastifyReply> {
  const path = pathBelow(request)
  if (isLive(row)) await forwarder.forwardLive(request, reply, row.service, path)
  else await forwarder.forward(request, reply, row.service, path)
  return reply
}

/** Failed attempts are limited by account, so this one body is read here. */
async function signIn(
  request: FastifyRequest,
  reply: FastifyReply,
  row: RouteRow,
  forwarder: Forwarder,
  limits: Limits,
): Promise<FastifyReply> {
  const body = await readBody(request.raw, SIGN_IN_BYTES)
  const takeBack = limits.signIn(accountIn(body), byAddress(request.ip))
  let failed = false
  try {
    failed = (await forwarder.forward(request, reply, row.service, pathBelow(request), body)) === 401
  } finally {
    if (!failed) takeBack()
  }
  return reply
}

/** What the directory will make of the body is its own affair; here it only has to be the same for the same account. */
function accountIn(body: Buffer): string {
  try {
    const { email } = JSON.parse(body.toString('utf8')) as { email?: unknown }
    return typeof email === 'string' ? email : ''
  } catch {
    return ''
  }
}

function pathBelow(request: FastifyRequest): string {
  const { url } = request.raw
  // The router also takes a whole address as the target of a request; nobody needs that here.
  if (url === undefined || !url.startsWith(`${BASE}/`)) throw new Problem('MALFORMED', 'The address cannot be read.')
  return url.slice(BASE.length)
}
