import type { IncomingMessage } from 'node:http'

const PATIENCE_MS = 10_000

/**
 * Reads on and throws away what is left of a body that was answered before it was read whole. A connection that is closed while the
 * client still sends takes the answer with it.
 */
export function linger(request: IncomingMessage, patienceMs = PATIENCE_MS): void {
  if (request.readableEnded || request.destroyed) return
  const timer = setTimeout(() => {
    // Once all of it has come, the connection serves another request by now, whether anybody has read this one or not.
    if (!request.complete) request.socket.destroy()
  }, patienceMs)
  timer.unref()
  const done = (): void => clearTimeout(timer)
  // Whoever it was piped to would pause it when they close.
  request.unpipe().once('end', done).once('close', done).resume()
}
