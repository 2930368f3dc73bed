import { compileAssignment, reviewerPlaces, reviewersOf, ticketFields } from '@reprieve/assignment'
import type { Clock } from '@reprieve/clock'
import { etagOf, Problem, requireMatch } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import type { Tx } from '../adapters/postgres/tables.js'
import { type DueDatePolicy, FIRST_POLICY } from '../domain/due-date-policy.js'
import { type ExceptionSettings, FIRST_SETTINGS } from '../domain/settings.js'
import type { Person } from '../domain/ticket.js'
import type { SettingsName, SettingsStore, Versioned } from './settings.port.js'

/** The exceptions manager's settings and the due-date policy: each edit is a version, and none is ever lost. */
export class SettingsService {
  readonly #settings: SettingsStore
  readonly #people: People
  readonly #clock: Clock

  constructor(settings: SettingsStore, people: People, clock: Clock) {
    this.#settings = settings
    this.#people = people
    this.#clock = clock
  }

  exceptions(): Promise<Versioned<ExceptionSettings>> {
    return this.#settings.newest('exceptions', FIRST_SETTINGS)
  }

  dueDates(): Promise<Versioned<DueDatePolicy>> {
    return this.#settings.newest('dueDates', FIRST_POLICY)
  }

  /** Judges settings, waiting for roles and people not heard of yet: so before the transaction. @throws Problem QUERY_INVALID, INVALID, ROLE_UNKNOWN, USER_UNKNOWN */
  async check(settings: ExceptionSettings): Promise<void> {
    const compiled = compileAssignment(settings, ticketFields)
    if (!compiled.ok) {
      const { faults } = compiled
      const [first] = faults
      // A condition is written in the query language, and refused as a query is.
      const code = faults.every(({ line }) => line !== undefined) ? 'QUERY_INVALID' : 'INVALID'
      const detail = faults.length === 1 ? first?.detail : undefined
      throw new Problem(code, detail ?? 'Something in the reviewer rules is wrong: see `errors`.', { errors: faults })
    }
    const roles = await Promise.all(settings.requesterRoles.map((role) => this.#people.waitForRole(role)))
    const unknownRoles = roles.flatMap((role, index) => (role === null ? [index] : []))
    if (unknownRoles.length > 0) {
      throw new Problem('ROLE_UNKNOWN', 'Whoever may ask has a role that exists.', {
        errors: unknownRoles.map((index) => ({
          pointer: `/requesterRoles/${index}`,
          detail: 'There is no such role.',
        })),
      })
    }
    const unknown = await this.#people.waitForCandidates(reviewersOf(settings))
    if (unknown.size > 0) {
      throw new Problem('USER_UNKNOWN', 'Every reviewer is a user or a group.', {
        errors: [...reviewerPlaces(settings, unknown)].map((pointer) => ({
          pointer,
          detail: 'There is no such user or group.',
        })),
      })
    }
  }

  /** @throws Problem PRECONDITION_FAILED */
  saveExceptions(tx: Tx, settings: ExceptionSettings, ifMatch: string | null, by: Person) {
    return this.#save(tx, 'exceptions', FIRST_SETTINGS, settings, ifMatch, by)
  }

  /** @throws Problem PRECONDITION_FAILED */
  saveDueDates(tx: Tx, policy: DueDatePolicy, ifMatch: string | null, by: Person) {
    return this.#save(tx, 'dueDates', FIRST_POLICY, policy, ifMatch, by)
  }

  async #save<S>(tx: Tx, name: SettingsName, first: S, settings: S, ifMatch: string | null, by: Person) {
    await this.#settings.lock(tx, name)
    const before = await this.#settings.newest(name, first, tx)
    requireMatch(ifMatch, etagOf(before.version))
    // The members in the order of the first ones, whatever order they were sent or stored in.
    if (inOrder(first, before.settings) === inOrder(first, settings)) return before
    const next = { version: before.version + 1, settings }
    await this.#settings.add(tx, name, next, { id: by.id, name: by.name }, this.#clock.now())
    return next
  }
}

function inOrder<S>(first: S, settings: S): string {
  const sorted = (value: unknown): unknown =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? Array.isArray(value)
        ? value.map(sorted)
        : value
      : Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, sorted(v)]),
        )
  return JSON.stringify(sorted({ ...first, ...settings }))
}
