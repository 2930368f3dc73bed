import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { ALIVE, LIVE_PATHS, READY_PATHS } from './health-routes.js'

/**
 * Answers while a service has not started yet: alive, not ready, and why. What it needs may be away for as long as it takes, and whoever
 * watches must be able to tell that from a process that died.
 */
export class WaitingServer {
  readonly #server: Server
  #reason = 'starting'

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url?.split('?')[0] ?? ''
      if (LIVE_PATHS.includes(path))
        return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ALIVE))
      request.resume()
      const ready = READY_PATHS.includes(path)
      response
        .writeHead(503, {
          'content-type': ready ? 'application/json' : 'application/problem+json',
          'retry-after': '2',
          connection: 'close',
        })
        .end(
          JSON.stringify(
            ready
              ? { ready: false, troubles: [this.#reason] }
              : {
                  type: 'urn:reprieve:problem:try-again',
                  title: 'Try again',
                  status: 503,
                  code: 'TRY_AGAIN',
                  detail: 'The service is starting. The same request can be sent again.',
                  traceId: traceIdOf(request),
                },
          ),
        )
    })
  }

  static async listen(host: string, port: number): Promise<WaitingServer> {
    const waiting = new WaitingServer()
    waiting.#server.listen(port, host)
    await once(waiting.#server, 'listening')
    return waiting
  }

  because(reason: string): void {
    this.#reason = reason
  }

  /** Again it does nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

/** The caller's, so that it is found with whatever else there is of it; nothing else is told of a request here. */
const traceIdOf = ({ headers }: IncomingMessage): string =>
  /^00-([0-9a-f]{32})-/.exec(String(headers['traceparent']))?.[1] ?? randomBytes(16).toString('hex')
