import type { Clock } from '@reprieve/clock'
import type { Republisher } from '@reprieve/service-host'
import { ruleEvent } from '../../application/rule-event.js'
import type { RuleReader } from '../postgres/rule.reader.js'

const BATCH = 500
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000'

/** Every rule's newest version on `rules.v1` again. Exceptions carry the workflow they were made with, so older versions are not needed. */
export class RulesRepublisher implements Republisher<'rules.v1'> {
  readonly topic = 'rules.v1'
  readonly #reader: RuleReader
  readonly #clock: Clock

  constructor(reader: RuleReader, clock: Clock) {
    this.#reader = reader
    this.#clock = clock
  }

  async *events() {
    let after = BEFORE_ALL_IDS
    for (;;) {
      const rules = await this.#reader.following(after, BATCH)
      const last = rules.at(-1)
      if (last === undefined) return
      after = last.id
      yield rules.map((rule) => ({ actor: null, at: this.#clock.now(), ...ruleEvent(rule) }))
    }
  }
}
