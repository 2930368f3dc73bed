import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Signal = 'traces' | 'metrics' | 'logs'

/** A collector that keeps what it is sent by OTLP over HTTP, byte by byte. Texts are UTF-8 in it, and ids are their bytes. */
export class OtlpReceiver {
  readonly #server: Server
  readonly #bodies: Record<Signal, Buffer[]> = { traces: [], metrics: [], logs: [] }

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const [, signal = ''] = /^\/v1\/(\w+)$/.exec(request.url ?? '') ?? []
      if (request.headers['content-encoding'] !== undefined || !(signal in this.#bodies)) {
        response.writeHead(415).end()
        return
      }
      this.#bodies[signal as Signal].push(Buffer.concat(parts))
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  }

  static async listen(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  received(signal: Signal): Buffer {
    return Buffer.concat(this.#bodies[signal])
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
