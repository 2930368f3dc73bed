import type { InstanceRows } from './instance-rows.js'
import type { Pages } from './pages.js'
import { SlotSet } from './slot-set.js'

export type Effect = 'suppress' | 'defer'

/**
 * Which instances are members of which exceptions, and from that, for the exceptions in force at a time, how many cover each instance. One
 * that comes into force or ends is counted in or out, and nothing else changes.
 */
export class Members {
  readonly #sets = new Map<number, SlotSet>()
  readonly #inForce = new Map<number, Effect>()

  constructor(private readonly rows: InstanceRows) {}

  get bytes(): number {
    let sum = 0
    for (const { bytes } of this.#sets.values()) sum += bytes + 200
    return sum
  }

  add(exception: number, instance: number): void {
    const slot = this.rows.slotOf(instance)
    if (slot === 0) return
    let set = this.#sets.get(exception)
    if (set === undefined) {
      set = new SlotSet()
      this.#sets.set(exception, set)
    }
    if (set.add(slot)) this.#count(exception, slot, 1)
  }

  remove(exception: number, instance: number): void {
    const slot = this.rows.slotOf(instance)
    const set = this.#sets.get(exception)
    if (slot === 0 || set === undefined || !set.delete(slot)) return
    this.#count(exception, slot, -1)
    if (set.size === 0) this.#sets.delete(exception)
  }

  of(exception: number): SlotSet {
    return this.#sets.get(exception) ?? new SlotSet()
  }

  /** These exceptions are in force, and no other. */
  setInForce(suppress: Iterable<number>, defer: Iterable<number>): void {
    const wanted = new Map<number, Effect>()
    for (const exception of suppress) wanted.set(exception, 'suppress')
    for (const exception of defer) wanted.set(exception, 'defer')
    for (const [exception, effect] of this.#inForce) {
      if (wanted.get(exception) !== effect) this.#flip(exception, effect, -1)
    }
    for (const [exception, effect] of wanted) {
      if (this.#inForce.get(exception) !== effect) this.#flip(exception, effect, 1)
    }
  }

  #flip(exception: number, effect: Effect, by: 1 | -1): void {
    if (by === 1) this.#inForce.set(exception, effect)
    else this.#inForce.delete(exception)
    const counts = this.#counts(effect)
    this.#sets.get(exception)?.forEach((slot) => {
      counts.set(slot, counts.get(slot) + by)
    })
  }

  #count(exception: number, slot: number, by: 1 | -1): void {
    const effect = this.#inForce.get(exception)
    if (effect === undefined) return
    const counts = this.#counts(effect)
    counts.set(slot, counts.get(slot) + by)
  }

  #counts(effect: Effect): Pages<Uint16Array> {
    return effect === 'suppress' ? this.rows.suppressed : this.rows.deferred
  }
}
