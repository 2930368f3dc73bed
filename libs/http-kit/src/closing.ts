import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as afterReading, setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

const LOOK_EVERY_MS = 50
const PATIENCE_MS = 10_000
// How long a connection may stay unused as it is announced, and for those who do not heed that, as proxies and load balancers are used to.
const UNUSED_FOR_MS = 4_000
const CLOSED_UNUSED_AFTER_MS = 72_000
// Opened, and its first request is perhaps still on its way.
const FIRST_REQUEST_MS = 1_000

/** How long a process that ends goes on answering on connections that are there: longer than a client keeps one that it does not use. */
export const LEAVING_MS = UNUSED_FOR_MS + 1_000

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Lets the clients go: everything is answered as before, and every answer says that it is its connection's last. A load balancer
     * sends no new connections by then, but it does not close those that are there; and one that is closed while a request is on its way
     * costs the client an answer. So they are left to be used, or closed, by the other side.
     * @returns once no connection is left, or after `withinMs`
     */
    leave(withinMs: number): Promise<void>
  }
}

/**
 * Adds `leave`, and makes closing end with the last request in flight, or `patienceMs` after the beginning of either for a client that has
 * stopped to read. Without it a client that keeps its connection for later (as the gateway does) would hold the server open until the
 * connection times out: Fastify closes only those that are idle at the moment it starts to close.
 */
export function closeConnectionsInOrder(fastify: FastifyInstance, patienceMs = PATIENCE_MS): void {
  const { server } = fastify
  server.keepAliveTimeout = UNUSED_FOR_MS
  server.keepAliveTimeoutBuffer = CLOSED_UNUSED_AFTER_MS - UNUSED_FOR_MS
  const connections = new Connections(server)
  // Closing calls it, too. Node's own takes an answer for sent that still waits to be read, and cuts it off.
  server.closeIdleConnections = () => connections.closeUnused()

  let leftAtMs: number | null = null
  fastify.addHook('onSend', async (request, reply) => {
    // Closed while the client still sends, a connection would take the answer with it; the next answer on it says so, then.
    if (leftAtMs !== null && request.raw.complete) void reply.header('connection', 'close')
  })
  fastify.decorate('leave', async (withinMs: number) => {
    leftAtMs ??= performance.now()
    const deadlineMs = leftAtMs + withinMs
    while (connections.count > 0 && performance.now() < deadlineMs) await sleep(LOOK_EVERY_MS)
  })
  fastify.addHook('preClose', (done) => {
    if (server.listening) {
      const sweep = setInterval(async () => {
        // What has come for this process is read by then, and its connection is not idle any more.
        await afterReading()
        server.closeIdleConnections()
      }, LOOK_EVERY_MS)
      const spentMs = leftAtMs === null ? 0 : performance.now() - leftAtMs
      const limit = setTimeout(() => server.closeAllConnections(), Math.max(patienceMs - spentMs, 0))
      server.once('close', () => {
        clearInterval(sweep)
        clearTimeout(limit)
      })
    }
    done()
  })
}

interface Use {
  openedAtMs: number
  /** Requests that are not read, or not answered, to the end. */
  underway: number
  /** Of requests that are done with; more means that another has begun to come. */
  bytesDone: number
}

/** The connections of a server, and which of them nobody uses at the moment. */
class Connections {
  readonly #uses = new Map<Socket, Use>()

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#uses.set(socket, { openedAtMs: performance.now(), underway: 0, bytesDone: 0 })
      socket.once('close', () => this.#uses.delete(socket))
    })
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request
      const use = this.#uses.get(socket)
      if (use === undefined) return
      for (const part of [request, response]) {
        use.underway += 1
        part.once('close', () => {
          use.underway -= 1
          use.bytesDone = socket.bytesRead
        })
      }
    })
  }

  get count(): number {
    return this.#uses.size
  }

  closeUnused(): void {
    const before = performance.now() - FIRST_REQUEST_MS
    for (const [socket, { openedAtMs, underway, bytesDone }] of this.#uses) {
      // One that was never used was opened in advance, as browsers do.
      if (underway === 0 && socket.bytesRead === bytesDone && (bytesDone > 0 || openedAtMs < before)) socket.destroy()
    }
  }
}
