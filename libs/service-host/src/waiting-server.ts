import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { ALIVE, LIVE_PATHS, READY_PATHS } from './health-routes.js'

/**
 * Answers while a service cannot start yet: alive, not ready, and why. What it needs may be away for as long as it takes, and whoever
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
                  type: 'about:blank',
                  title: 'Try again',
                  status: 503,
                  code: 'TRY_AGAIN',
                  detail: 'The service is starting. The same request can be sent again.',
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

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}
