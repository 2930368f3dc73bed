import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { AuditTables, Tx } from '../adapters/postgres/tables.js'
import { type Placed, sealOf } from '../domain/chain.js'
import { entryOf, isJournalled, isKept, subjectOf, typeOf } from '../domain/entry.js'
import type { LiveEvent } from '../domain/live-event.js'
import { isNewer, type Known, type Told } from '../domain/told.js'
import { type Head, type JournalStore, type SubjectKey, subjectKey } from './journal-store.port.js'

// In one transaction: few enough that who waits for it waits milliseconds.
const BATCH = 500

/**
 * Writes what consumers were told into the journal and the list of live events, one process at a time: so the entries are chained, and
 * whoever has read up to a position has missed nothing before it.
 */
export class JournalWriter {
  readonly #database: Database<AuditTables>
  readonly #store: JournalStore
  readonly #clock: Clock
  readonly #written: () => void

  /** @param written told after each transaction that wrote something */
  constructor(database: Database<AuditTables>, store: JournalStore, clock: Clock, written: () => void) {
    this.#database = database
    this.#store = store
    this.#clock = clock
    this.#written = written
  }

  /** Writes all that waits. @returns how many events were taken up */
  async writeAll(): Promise<number> {
    for (let total = 0; ; ) {
      const taken = await this.#database.transaction((tx) => this.#writeSome(tx))
      total += taken
      if (taken > 0) this.#written()
      if (taken < BATCH) return total
    }
  }

  async #writeSome(tx: Tx): Promise<number> {
    const head = await this.#store.lockHead(tx)
    const { upTo, told } = await this.#store.take(tx, BATCH)
    if (upTo.length === 0) return 0
    const subjects = await this.#store.known(tx, told.flatMap(subjectsOf))
    const now = this.#clock.now()
    const batch = new Batch(head, subjects, now)
    for (const one of told) batch.add(one)
    await this.#store.write(tx, batch.head, { ...batch.written(), upTo })
    return upTo.length
  }
}

const subjectsOf = ({ kind, id }: Told): SubjectKey[] =>
  kind === 'approval'
    ? [
        { kind, id },
        { kind: 'exception', id },
      ]
    : [{ kind, id }]

/** What one transaction writes. */
class Batch {
  head: Head
  readonly #subjects: Map<string, Known>
  readonly #changed = new Map<string, SubjectKey & Known>()
  readonly #now: Date
  readonly #entries: Array<Placed & { hash: Uint8Array }> = []
  // The newest of each that says the same: a count that changed ten times is looked up once.
  readonly #events = new Map<string, Omit<LiveEvent, 'position'>>()

  constructor(head: Head, subjects: Map<string, Known>, now: Date) {
    this.head = head
    this.#subjects = subjects
    this.#now = now
  }

  add(told: Told): void {
    const key = subjectKey(told)
    const before = this.#subjects.get(key) ?? null
    if (isJournalled(told)) this.#write(told, before)
    if (!told.replay) this.#tell(told, before)
    if (before !== null && !isNewer(told.version, before.version)) return
    if (!isKept(told)) return
    const known = { version: told.version, name: told.name, state: told.state }
    this.#subjects.set(key, known)
    this.#changed.set(key, { kind: told.kind, id: told.id, ...known })
  }

  written() {
    const first = this.head.livePosition - this.#events.size + 1
    const events = [...this.#events.values()].map((event, index) => ({
      ...event,
      position: first + index,
      recordedAt: this.#now,
    }))
    return { entries: this.#entries, events, subjects: [...this.#changed.values()] }
  }

  #write(told: Told, before: Known | null): void {
    const exceptionName =
      told.kind === 'approval' ? (this.#subjects.get(subjectKey({ ...told, kind: 'exception' }))?.name ?? null) : null
    const placed: Placed = {
      ...entryOf(told, before, exceptionName),
      position: this.head.position + 1,
      recordedAt: this.#now,
    }
    const hash = sealOf(this.head.hash, placed)
    this.#entries.push({ ...placed, hash })
    this.head = { ...this.head, position: placed.position, hash }
  }

  #tell(told: Told, before: Known | null): void {
    const event = { at: told.at, type: typeOf(told, before), subject: subjectOf(told), ownerId: told.ownerId }
    const same = `${event.type} ${event.subject.id} ${event.ownerId}`
    if (!this.#events.delete(same)) this.head = { ...this.head, livePosition: this.head.livePosition + 1 }
    this.#events.set(same, event)
  }
}
