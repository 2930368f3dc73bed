import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateSigningKey, type SigningKey, signToken, type TokenClaims } from '@reprieve/auth'
import { FORWARDED_SERVICES, type GatewayOptions, type RunningGateway, startGateway } from '../../src/index.js'

export interface Seen {
  service: string
  method: string
  path: string
  headers: IncomingHttpHeaders
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** Plain HTTP servers in the place of the services, and a gateway before them. */
export interface World {
  gateway: RunningGateway
  seen: Seen[]
  logged: { level: string; fields: Record<string, unknown>; message: string }[]
  key: SigningKey
  /** What a service answers from now on; by default its name and the path. */
  answer(service: string, handler: Handler): void
  /** Takes a service away: its port refuses. */
  kill(service: string): Promise<void>
  revive(service: string): Promise<void>
  token(userId: string, change?: Partial<TokenClaims>): Promise<string>
  call(method: string, path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

const echo =
  (service: string): Handler =>
  (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ service, path: request.url }))
  }

export async function startWorld(
  options: Pick<GatewayOptions, 'limits' | 'trustedProxies' | 'closeWithinMs'> = {},
): Promise<World> {
  const { key } = await generateSigningKey()
  const seen: Seen[] = []
  const handlers = new Map<string, Handler>()
  const servers = new Map<string, { server: Server; port: number }>()

  const listen = async (service: string, port = 0): Promise<void> => {
    const server = createServer((request, response) => {
      if (request.url === '/.well-known/jwks.json') {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ keys: [key.publicJwk] }))
        return
      }
      // That a session is in use is told beside the requests that tests look at.
      if (request.url === '/session/last-use' && request.method === 'PUT' && !handlers.has('last-use')) {
        response.writeHead(204).end()
        return
      }
      if (request.url !== '/readyz') {
        seen.push({ service, method: request.method ?? '', path: request.url ?? '', headers: request.headers })
      }
      const name = request.url === '/session/last-use' ? 'last-use' : service
      void (handlers.get(name) ?? echo(service))(request, response)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    servers.set(service, { server, port: (server.address() as AddressInfo).port })
  }
  const stop = async (service: string): Promise<void> => {
    const server = servers.get(service)?.server
    if (server === undefined || !server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  for (const service of FORWARDED_SERVICES) await listen(service)
  const logged: World['logged'] = []
  const logger = (level: string) => (fields: object, message: string) => {
    logged.push({ level, fields: fields as Record<string, unknown>, message })
  }
  const gateway = await startGateway({
    services: Object.fromEntries([...servers].map(([name, { port }]) => [name, `http://127.0.0.1:${port}`])),
    logger: { info: logger('info'), warn: logger('warn'), error: logger('error') },
    ...options,
  })
  return {
    gateway,
    seen,
    logged,
    key,
    answer: (service, handler) => void handlers.set(service, handler),
    kill: stop,
    revive: (service) => listen(service, servers.get(service)?.port),
    token: (userId, change = {}) =>
      signToken(key, {
        kind: 'session',
        tokenId: `${userId}-session`,
        userId,
        issuedAt: new Date(),
        expiresAt: new Date(Date.now() + 3_600_000),
        permissions: null,
        ...change,
      }),
    call: (method, path, init = {}) => fetch(`${gateway.url}${path}`, { method, redirect: 'manual', ...init }),
    async close() {
      await gateway.close()
      for (const service of servers.keys()) await stop(service)
    },
  }
}
