import type { IncomingMessage } from 'node:http'

const PATIENCE_MS = 10_000

/**
 * Reads on and throws away what is left of a body that was answered before it was read whole. A connection that is closed while the
 * client still sends takes the answer with it.
 */
export function linger(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return
  const timer = setTimeout(() => request.socket.destroy(), PATIENCE_MS)
  timer.unref()
  const done = (): void => clearTimeout(timer)
  request.once('end', done).once('close', done).resume()
}
