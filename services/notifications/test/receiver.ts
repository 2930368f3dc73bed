import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface Received {
  id: string
  type: string
  body: string
  headers: Record<string, string>
  data: Record<string, unknown>
  path: string
}

type Answer = (request: Received, response: ServerResponse, count: number) => void | Promise<void>

/** Another system, listening on loopback: keeps what it is sent, and answers as it is told to. */
export class Receiver {
  readonly received: Received[] = []
  readonly #server: Server
  #answer: Answer = (_, response) => void response.writeHead(204).end()

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<Receiver> {
    const server = createServer()
    const receiver = new Receiver(server)
    server.on('request', (request, response) => void receiver.#take(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return receiver
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`
  }

  /** What to answer from now on; what was received is kept before. */
  answer(answer: Answer): void {
    this.#answer = answer
  }

  answerStatus(status: number, headers: Record<string, string> = {}): void {
    this.#answer = (_, response) => void response.writeHead(status, headers).end()
  }

  ids(): string[] {
    return this.received.map(({ id }) => id)
  }

  types(): string[] {
    return this.received.map(({ type }) => type)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString('utf8')
    const { type, data } = JSON.parse(body) as { type: string; data: Record<string, unknown> }
    const headers = request.headers as Record<string, string>
    const received = { id: headers['webhook-id'] ?? '', type, body, headers, data, path: request.url ?? '' }
    this.received.push(received)
    await this.#answer(received, response, this.received.length)
  }
}

/** Whether Standard Webhooks' own library takes it for real. */
export function isGenuine({ body, headers }: Received, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}
