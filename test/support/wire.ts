import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'

export interface WireAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

export interface WireRequest {
  method: string
  /** As it goes over the wire: nothing is escaped or made well. */
  path: string
  headers: OutgoingHttpHeaders
  body?: Buffer | undefined
}

const ANSWER_WITHIN_MS = 30_000

/** A client that sends what a decent one refuses to send: any path, any header, any bytes. */
export class Wire {
  readonly #origin: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 })

  constructor(url: string) {
    this.#origin = new URL(url)
  }

  send({ method, path, headers, body }: WireRequest): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: this.#origin.hostname,
          port: this.#origin.port,
          method,
          path,
          headers,
          agent: this.#agent,
          timeout: ANSWER_WITHIN_MS,
        },
        (incoming) => {
          const { statusCode: status = 0, headers: answered } = incoming
          // It would go on for ever: that it began is all that is asked here.
          if (answered['content-type']?.startsWith('text/event-stream') && method !== 'HEAD') {
            incoming.destroy()
            resolve({ status, headers: answered, text: '' })
            return
          }
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.once('error', reject)
          incoming.once('end', () =>
            resolve({
              status,
              headers: answered,
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          )
        },
      )
      outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)))
      outgoing.once('error', reject)
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
