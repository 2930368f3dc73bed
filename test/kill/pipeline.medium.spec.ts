import { startKafka } from '@reprieve/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { Random } from '../support/random.js'
import { type Kill, type Outcome, Pipeline, type Store } from './pipeline/pipeline.js'
import { CRASH_POINTS, LEADS_THE_RELAY } from './pipeline/points.js'

const nightly = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const SEEDS = Array.from({ length: nightly ? 20 : 1 }, (_, index) => index + 1)
const KILLS_A_PIPELINE = 5

interface Scenario {
  seed: number
  kills: Kill[]
  order: string
}

/** Every crash point once for each seed, dealt to pipelines that live through a few of them one after the other. */
function scenarios(): Scenario[] {
  return SEEDS.flatMap((seed) => {
    const random = new Random(seed)
    const kills = random.shuffled(CRASH_POINTS).map(({ name, passes }) => ({
      point: name,
      pass: random.between(1, passes),
      delayMs: random.between(0, 6),
    }))
    return Array.from({ length: Math.ceil(kills.length / KILLS_A_PIPELINE) }, (_, index) => {
      const own = kills.slice(index * KILLS_A_PIPELINE, (index + 1) * KILLS_A_PIPELINE)
      return { seed, kills: own, order: own.map(({ point, pass }) => `${point} (${pass})`).join(' → ') }
    })
  })
}

/** Nothing lost, nothing acted on twice, each rule's changes in their order. */
function expectExactlyOnce(outcome: Outcome): void {
  const { changes, rules, effects, copies, ledger, records } = outcome
  expect(outcome.waiting).toBe(0)
  expect(changes.map(({ n }) => n)).toEqual(expect.arrayContaining(outcome.told))
  const byRule = (rows: ReadonlyArray<{ rule_id: string; version: number }>) =>
    rules.map(({ id }) => rows.filter(({ rule_id }) => rule_id === id).map(({ version }) => version))
  expect(byRule(effects)).toEqual(rules.map(({ version }) => Array.from({ length: version }, (_, n) => n + 1)))
  expect(effects.map(({ says }) => says).toSorted((a, b) => a - b)).toEqual(changes.map(({ n }) => n))
  expect(copies).toEqual(rules)
  // A record may be there twice, where the relay was killed before it knew of the first; each is booked once, in order.
  expect(ledger.map(({ place }) => place).toSorted()).toEqual(records.toSorted())
  expect(new Set(ledger.map(({ event_id }) => event_id)).size).toBe(changes.length)
  for (let partition = 0; partition < 4; partition++) {
    const offsets = (places: string[]) => places.filter((place) => place.startsWith(`${partition}/`))
    expect(offsets(ledger.map(({ place }) => place))).toEqual(offsets(records))
  }
}

function killed(store: () => Store): void {
  it.concurrent.each(scenarios())(
    'seed $seed: $order',
    async ({ kills }) => {
      const pipeline = await Pipeline.create(store())
      try {
        for (const kill of kills) await pipeline.runUntil(kill)
        expectExactlyOnce(await pipeline.finish())
      } finally {
        await pipeline.close()
      }
    },
    180_000,
  )
}

describe('an event takes effect exactly once, in order, whatever step its process is killed at', () => {
  describe('carried in process', () => {
    killed(() => ({ kind: 'in-process' }))
  })

  const kafka = await startKafka()
  afterAll(async () => kafka?.close())

  describe.skipIf(kafka === null)('carried by Kafka', () => {
    const store = (): Store => ({
      kind: 'kafka',
      brokers: kafka?.brokers ?? [],
      // A broker that was given allows no shorter session by default.
      sessionTimeoutMs: kafka?.controllable ? 3_000 : 6_000,
    })
    killed(store)
  })
})
