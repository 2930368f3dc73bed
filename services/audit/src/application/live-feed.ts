import { isTokenFault, type Principal, type TokenFault } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import type { PeoplePrincipals, WatchedToken } from '@reprieve/people'
import type { Logger } from '@reprieve/telemetry'
import { type LiveEvent, mayHear } from '../domain/live-event.js'
import { eventId, eventText, heartbeatText, openingText, readEventId, resetText } from './event-text.js'
import { LiveConnection } from './live-connection.js'
import type { LiveStore } from './live-store.port.js'

export interface LiveFeedOptions {
  store: LiveStore
  principals: Pick<PeoplePrincipals, 'now'>
  clock: Clock
  logger: Pick<Logger, 'warn'>
  mostConnections: number
  mostOfOnePerson: number
}

type Judged = ReadonlyMap<string, Principal | TokenFault>

const PAGE = 500
// How long somebody who was signed out, deactivated or given another role goes on as before.
const CHECK_EVERY_MS = 1_000
const HEARTBEAT_EVERY_MS = 15_000
// Another process, which the listener comes from, may have looked a moment later. Beyond that it was told by a database that is gone.
const MOST_AHEAD = 10_000

/**
 * Tells everyone who listens to this process what happens, from one reading of the database that all of them share. What each may hear is
 * decided when it is sent, by what is stored then.
 */
export class LiveFeed {
  readonly #options: LiveFeedOptions
  readonly #connections = new Set<LiveConnection>()
  #incarnation = 0
  /** The last event that this process has looked at; null until it knows where the list stands. */
  #head: number | null = null
  #checkedAt = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(options: LiveFeedOptions) {
    this.#options = options
  }

  get connections(): number {
    return this.#connections.size
  }

  /** Learns where the list stands, so that the first listener is taken at once. */
  async begin(): Promise<void> {
    if (this.#head !== null) return
    const { incarnation, newest } = await this.#options.store.position()
    this.#incarnation = incarnation
    this.#head = newest
  }

  /** Ends every stream in order and takes no other. */
  stop(): void {
    this.#stopped = true
    for (const connection of this.#connections) connection.end()
  }

  /**
   * A new listener.
   * @param lastEventId what it was told last, if it was here before: it is told what it missed since, or to load anew where that is not known
   * @throws Problem TRY_AGAIN, TOO_MANY_REQUESTS
   */
  listen(personId: string, token: WatchedToken, lastEventId: string | null): LiveConnection {
    const head = this.#head
    if (head === null || this.#stopped) throw away()
    if (this.#connections.size >= this.#options.mostConnections) throw away()
    const own = [...this.#connections].filter((connection) => connection.personId === personId).length
    if (own >= this.#options.mostOfOnePerson) {
      throw new Problem('TOO_MANY_REQUESTS', `You listen in ${own} places already. Close one of them.`, {
        headers: { 'retry-after': '5' },
      })
    }
    const connection = new LiveConnection(personId, token, head, (closed) => this.#connections.delete(closed))
    this.#connections.add(connection)
    const last = lastEventId === null ? null : readEventId(lastEventId)
    if (lastEventId === null) {
      connection.send(openingText(this.#idOf(head)))
      connection.live = true
    } else if (last === null || last.incarnation !== this.#incarnation || last.position > head + MOST_AHEAD) {
      this.#reset(connection, head)
    } else if (last.position >= head) {
      connection.position = last.position
      connection.send(openingText(this.#idOf(last.position)))
      connection.live = true
    } else {
      connection.position = last.position
      connection.send(openingText(this.#idOf(last.position)))
      this.#catchUp(connection).catch((err: unknown) => {
        // It comes back by itself, and asks again.
        this.#options.logger.warn({ err }, 'a listener could not be told what it missed')
        connection.end()
      })
    }
    return connection
  }

  #reset(connection: LiveConnection, head: number): void {
    connection.send(resetText(this.#idOf(head), this.#options.clock.now()))
    connection.position = head
    connection.live = true
  }

  /** Tells what was missed, page by page, as fast as it is read; then the listener is live. */
  async #catchUp(connection: LiveConnection): Promise<void> {
    const { store, principals } = this.#options
    while (connection.open && !this.#stopped) {
      const head = this.#head ?? 0
      // Between this look and the next line nothing else runs: no event is missed or told twice.
      if (connection.position >= head) {
        connection.live = true
        return
      }
      await connection.drained()
      const events = await store.after(connection.position, PAGE)
      // Asked after the reading: what was forgotten meanwhile is noticed.
      const { forgotten, incarnation } = await store.position()
      if (events.length === 0 || forgotten > connection.position || incarnation !== this.#incarnation) {
        this.#reset(connection, this.#head ?? head)
        return
      }
      await this.#tell([connection], await principals.now([connection.token]), events)
    }
  }

  /** Tells what has been written since the last look, all of it. Called again and again, never twice at a time. */
  async look(): Promise<void> {
    while (await this.#lookOnce());
  }

  /** @returns whether more waits already */
  async #lookOnce(): Promise<boolean> {
    const { store } = this.#options
    await this.begin()
    const from = this.#head ?? 0
    const events = await store.after(from, PAGE)
    // From here to the first wait nothing else runs: whoever begins to listen later begins behind these.
    const head = events.at(-1)?.position ?? from
    this.#head = head
    const everyone = [...this.#connections]
    try {
      await this.#tellAll(everyone, events)
    } catch (error) {
      // They come back and are told what they missed; who stayed would have a gap.
      for (const connection of everyone) if (connection.live && connection.position < head) connection.end()
      throw error
    }
    this.#beat(head)
    return events.length === PAGE
  }

  async #tellAll(everyone: readonly LiveConnection[], events: readonly LiveEvent[]): Promise<void> {
    const due = performance.now() - this.#checkedAt >= CHECK_EVERY_MS
    if (everyone.length === 0 || (events.length === 0 && !due)) return
    const judged = await this.#options.principals.now(everyone.map(({ token }) => token))
    this.#checkedAt = performance.now()
    for (const connection of everyone) if (personIn(judged, connection) === null) connection.end()
    await this.#tell(
      everyone.filter(({ live }) => live),
      judged,
      events,
    )
  }

  /** Sends each of them those events that they may hear of. */
  async #tell(connections: readonly LiveConnection[], judged: Judged, events: readonly LiveEvent[]): Promise<void> {
    const last = events.at(-1)
    if (last === undefined || connections.length === 0) return
    const about = new Set(events.filter(({ subject }) => subject.kind === 'exception').map(({ subject }) => subject.id))
    const exceptions = await this.#options.store.exceptions([...about])
    const texts = new Map(events.map((event) => [event, eventText(this.#incarnation, event)]))
    for (const connection of connections) {
      const person = personIn(judged, connection)
      if (person === null) {
        connection.end()
        continue
      }
      const from = connection.position
      const heard = events.filter(
        (event) => event.position > from && mayHear(person, event, exceptions.get(event.subject.id) ?? null),
      )
      connection.position = last.position
      if (heard.length > 0) connection.send(heard.map((event) => texts.get(event) ?? '').join(''))
    }
  }

  #beat(head: number): void {
    const now = performance.now()
    for (const connection of this.#connections) {
      if (connection.live && now - connection.sentAt >= HEARTBEAT_EVERY_MS) {
        connection.send(heartbeatText(this.#idOf(head)))
      }
    }
  }

  #idOf(position: number): string {
    return eventId(this.#incarnation, position)
  }
}

/** Null where the token no longer counts. */
function personIn(judged: Judged, { token }: LiveConnection): Principal | null {
  const person = judged.get(token.claims.tokenId)
  return person === undefined || isTokenFault(person) ? null : person
}

const away = (): Problem =>
  new Problem('TRY_AGAIN', 'No more listeners are taken here at the moment.', { headers: { 'retry-after': '5' } })
