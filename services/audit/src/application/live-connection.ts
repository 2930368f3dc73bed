import { Readable } from 'node:stream'
import type { WatchedToken } from '@reprieve/people'

// Some thousand events. Who has not read them by then reads on from their position when they come back.
const MOST_BUFFERED_BYTES = 256 * 1024

/** One listener: its stream, and how far it has been told. */
export class LiveConnection {
  readonly personId: string
  readonly token: WatchedToken
  readonly stream: Readable
  /** Of the last event that was looked at for it, sent or not. */
  position: number
  /** It has been told all it missed, and is told what comes. */
  live = false
  /** `performance.now()` of what was sent last. */
  sentAt = performance.now()
  #wanted: (() => void) | null = null

  constructor(personId: string, token: WatchedToken, position: number, closed: (connection: LiveConnection) => void) {
    this.personId = personId
    this.token = token
    this.position = position
    this.stream = new Readable({
      read: () => {
        this.#wanted?.()
        this.#wanted = null
      },
    })
    // Nobody is told of a listener who went away, or was sent away.
    this.stream.on('error', () => {})
    this.stream.once('close', () => {
      this.#wanted?.()
      closed(this)
    })
  }

  get open(): boolean {
    return !this.stream.destroyed && !this.stream.readableEnded
  }

  /** Sends, or drops a listener who does not read: memory is bounded, and `Last-Event-ID` tells where to go on. */
  send(text: string): void {
    if (!this.open) return
    this.stream.push(text)
    this.sentAt = performance.now()
    if (this.stream.readableLength > MOST_BUFFERED_BYTES) this.stream.destroy(new Error('the listener does not read'))
  }

  /** Resolves once the listener has taken what was sent, or is gone. */
  async drained(): Promise<void> {
    if (!this.open || this.stream.readableLength < this.stream.readableHighWaterMark) return
    await new Promise<void>((resolve) => {
      this.#wanted = resolve
    })
  }

  /** Ends it in order: what was sent arrives. */
  end(): void {
    if (this.open) this.stream.push(null)
  }
}
