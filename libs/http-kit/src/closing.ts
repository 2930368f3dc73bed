import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

const LOOK_EVERY_MS = 50
const PATIENCE_MS = 10_000

/**
 * Makes closing end with the last request in flight, or after `patienceMs` for a client that has stopped to read. Without it a client that
 * keeps its connection for later (as the gateway does) would hold the server open until the connection times out: Fastify closes only
 * those that are idle at the moment it starts to close.
 */
export function closeConnectionsAsTheyIdle(fastify: FastifyInstance, patienceMs = PATIENCE_MS): void {
  const sockets = new Set<Socket>()
  fastify.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  fastify.addHook('preClose', (done) => {
    const { server } = fastify
    if (server.listening) {
      const sweep = setInterval(() => {
        server.closeIdleConnections()
        // Opened in advance, as browsers do, and never used: Node counts them as busy.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
      }, LOOK_EVERY_MS)
      const limit = setTimeout(() => server.closeAllConnections(), patienceMs)
      server.once('close', () => {
        clearInterval(sweep)
        clearTimeout(limit)
      })
    }
    done()
  })
}
