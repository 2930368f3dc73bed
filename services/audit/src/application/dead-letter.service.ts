import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import { EventTooLargeError, type Outbox } from '@reprieve/outbox'
import { traceId } from '@reprieve/telemetry'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import type { WholeDeadLetter } from '../domain/dead-letter.js'
import type { JsonObject } from '../domain/told.js'
import type { DeadLetterStore, Settlement } from './dead-letter-store.port.js'
import type { Intake } from './intake.port.js'

export interface Decider {
  id: string
  name: string
}

/** What people do to dead letters: the new state, the event that carries the record back and the journal's entry in one transaction. */
export class DeadLetterService {
  readonly #letters: DeadLetterStore
  readonly #intake: Intake
  readonly #outbox: Outbox
  readonly #clock: Clock

  constructor(letters: DeadLetterStore, intake: Intake, outbox: Outbox, clock: Clock) {
    this.#letters = letters
    this.#intake = intake
    this.#outbox = outbox
    this.#clock = clock
  }

  /** @throws Problem NOT_FOUND, DEAD_LETTER_SETTLED, DEAD_LETTER_TOO_LARGE */
  async redrive(tx: Tx, id: string, by: Decider): Promise<WholeDeadLetter> {
    const letter = await this.#held(tx, id)
    if (letter.state === 'redriven') return letter
    if (letter.state === 'discarded') {
      throw new Problem('DEAD_LETTER_SETTLED', 'It was discarded. Whoever sent the record can send it again.')
    }
    const at = this.#clock.now()
    const redrive = letter.redrives + 1
    try {
      await this.#outbox.append(tx, {
        topic: 'redrives.v1',
        subjectId: id,
        version: letter.version + 1,
        actor: by,
        at,
        body: {
          deadLetterId: id,
          redrive,
          group: letter.consumer,
          topic: letter.topic,
          partition: letter.partition,
          offset: BigInt(letter.offset),
          publishedAtMs: BigInt(letter.publishedAt.getTime()),
          key: letter.key,
          value: letter.value,
          headers: letter.headers,
        },
      })
    } catch (error) {
      if (!(error instanceof EventTooLargeError)) throw error
      throw new Problem(
        'DEAD_LETTER_TOO_LARGE',
        'The record has nearly 1 MiB and cannot be wrapped once more. Whoever sent it can send it again.',
      )
    }
    return await this.#settle(tx, letter, { state: 'redriven', at, by, reason: null })
  }

  /** @throws Problem NOT_FOUND, DEAD_LETTER_SETTLED */
  async discard(tx: Tx, id: string, by: Decider, reason: string): Promise<WholeDeadLetter> {
    const letter = await this.#held(tx, id)
    if (letter.state === 'discarded') return letter
    if (letter.state === 'redriven') {
      throw new Problem('DEAD_LETTER_SETTLED', 'It was redriven. It can be discarded if it comes back.')
    }
    return await this.#settle(tx, letter, { state: 'discarded', at: this.#clock.now(), by, reason })
  }

  async #held(tx: Tx, id: string): Promise<WholeDeadLetter> {
    const letter = await this.#letters.find(id, tx)
    if (letter === null) throw new Problem('NOT_FOUND', 'There is no such dead letter.')
    return letter
  }

  async #settle(tx: Tx, letter: WholeDeadLetter, settled: Settlement): Promise<WholeDeadLetter> {
    await this.#letters.settle(tx, letter.id, settled)
    const after = await this.#held(tx, letter.id)
    await this.#intake.add(
      [
        {
          eventId: uuidv7(),
          at: settled.at,
          actor: { id: settled.by.id, name: settled.by.name },
          kind: 'deadLetter',
          id: letter.id,
          name: `${letter.topic}/${letter.partition} at ${letter.offset}`,
          // Its own database is the journal's, so there is no other incarnation to tell apart.
          version: { incarnation: 1, n: after.version },
          verb: settled.state,
          state: stateOf(after),
          replay: false,
          traceId: traceId(),
          ownerId: null,
        },
      ],
      tx,
    )
    return after
  }
}

/** Nothing of the record itself: the journal is read by others. */
const stateOf = ({
  state,
  topic,
  partition,
  offset,
  consumer,
  redrives,
  cause,
  settled,
}: WholeDeadLetter): JsonObject => ({
  state,
  topic,
  partition,
  offset,
  consumer,
  redrives,
  cause: cause.code,
  ...(settled?.reason ? { reason: settled.reason } : {}),
})
