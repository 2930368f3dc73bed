import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Heard {
  id: string
  event: string
  type: string
  subject: { kind: string; id: string } | null
}

export interface ListenOptions {
  lastEventId?: string | null
  /** Opens the stream again where it broke off, from the last that came. */
  patient?: boolean
}

const AGAIN_MS = 200

/** A client of server-sent events that keeps what it hears. */
export class Listener {
  readonly heard: Heard[] = []
  /** The last `id:` that came, with an event or without. */
  lastId = ''
  ended = false
  #message: IncomingMessage
  #closed = false

  private constructor(message: IncomingMessage) {
    this.#message = message
  }

  /** @param url of the stream itself */
  static async open(url: string, token: string, { lastEventId = null, patient = false }: ListenOptions = {}) {
    const listener = new Listener(await streamOf(url, token, lastEventId))
    const keepReading = async () => {
      await listener.#read()
      while (patient && !listener.#closed) {
        await sleep(AGAIN_MS)
        const message = await streamOf(url, token, listener.lastId || lastEventId).catch(() => null)
        if (message === null) continue
        if (listener.#closed) message.destroy()
        else {
          listener.#message = message
          await listener.#read()
        }
      }
      listener.ended = true
    }
    void keepReading()
    return listener
  }

  close(): void {
    this.#closed = true
    this.#message.destroy()
  }

  about(id: string): string[] {
    return this.heard.filter(({ subject }) => subject?.id === id).map(({ type }) => type)
  }

  async #read(): Promise<void> {
    let unread = ''
    try {
      for await (const chunk of this.#message.setEncoding('utf8')) {
        unread += chunk as string
        const blocks = unread.split('\n\n')
        unread = blocks.pop() ?? ''
        for (const block of blocks) this.#take(block)
      }
    } catch {
      // It was broken off.
    }
  }

  #take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => line.split(': ', 2) as [string, string]))
    const id = fields.get('id')
    if (id !== undefined) this.lastId = id
    const data = fields.get('data')
    if (data === undefined) return
    const { type, subject } = JSON.parse(block.slice(block.indexOf('data: ') + 6)) as Pick<Heard, 'type' | 'subject'>
    this.heard.push({ id: id ?? '', event: fields.get('event') ?? 'message', type, subject })
  }
}

async function streamOf(url: string, token: string, lastEventId: string | null): Promise<IncomingMessage> {
  // Not fetch: it opens a connection anew after it was told to let go of one.
  const asking = request(url, {
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    },
  }).end()
  const [message] = (await once(asking, 'response')) as [IncomingMessage]
  const type = message.headers['content-type']
  if (message.statusCode !== 200 || type !== 'text/event-stream; charset=utf-8') {
    const answer = await text(message)
    throw new Error(`refused: ${message.statusCode} ${answer}`)
  }
  return message
}
