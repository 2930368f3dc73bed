import type { Clock } from '@reprieve/clock'
import type { BackgroundWork, Check } from '@reprieve/service-host'
import { observe } from '@reprieve/telemetry'
import type { ScopeDatabase } from '../postgres/tables.js'

interface Last {
  ageSeconds: number
  differences: number
}

const HOUR_SECONDS = 3_600

/** Tells how long ago membership was proved to be what the queries say, and what had to be put right. */
export class ReconciliationHealth implements BackgroundWork {
  readonly #database: ScopeDatabase
  readonly #clock: Clock
  readonly #everyHours: number
  #stops: Array<() => void> = []

  constructor(database: ScopeDatabase, clock: Clock, everyHours: number) {
    this.#database = database
    this.#clock = clock
    this.#everyHours = everyHours
  }

  start(): void {
    // PostgreSQL being away is told by readiness; there is no number then.
    const read = (part: keyof Last) => () =>
      this.#last().then(
        (last) => last?.[part] ?? null,
        () => null,
      )
    this.#stops = [
      observe('reprieve.reconciliation.age', {}, read('ageSeconds')),
      observe('reprieve.reconciliation.differences', {}, read('differences')),
    ]
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop()
  }

  async checks(): Promise<readonly Check[]> {
    const last = await this.#last()
    const what = 'reconciliation'
    if (last === null) {
      return [{ what, status: 'ok', found: 'none has ended yet: it begins once there are instances', advice: null }]
    }
    const { ageSeconds, differences } = last
    const found = `ended ${(ageSeconds / HOUR_SECONDS).toFixed(1)} h ago, put ${differences} members right`
    // One may take long, or come late once.
    if (ageSeconds > 2 * this.#everyHours * HOUR_SECONDS) {
      return [
        {
          what,
          status: 'warn',
          found,
          advice: 'Start one: POST /api/v1/reconciliations; scope’s log tells why none runs.',
        },
      ]
    }
    if (differences > 0) {
      return [
        { what, status: 'warn', found, advice: 'GET /api/v1/reconciliations names examples: report them as a fault.' },
      ]
    }
    return [{ what, status: 'ok', found, advice: null }]
  }

  async #last(): Promise<Last | null> {
    const row = await this.#database.db
      .selectFrom('reconciliation')
      .select(['finished_at', 'missing', 'surplus'])
      .where('finished_at', 'is not', null)
      .orderBy('finished_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row === undefined || row.finished_at === null) return null
    return {
      ageSeconds: Math.max(0, (this.#clock.now().getTime() - row.finished_at.getTime()) / 1_000),
      differences: Number(row.missing) + Number(row.surplus),
    }
  }
}
