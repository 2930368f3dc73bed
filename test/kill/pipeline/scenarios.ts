import { Random } from '../../support/random.js'
import type { Kill } from './pipeline.js'
import { CRASH_POINTS, type CrashPoint } from './points.js'

/** One pipeline, killed at each of these points, one after the other. */
export interface Scenario {
  seed: number
  kills: readonly Kill[]
  /** The same in words, for the test's name. */
  order: string
}

const KILLS_A_PIPELINE = 5
const MOST_DELAY_MS = 6

/** A sample in an ordinary run, many in the nightly one. */
export const SEEDS: readonly number[] = Array.from(
  { length: process.env['REPRIEVE_TEST_SIZE'] === 'nightly' ? 20 : 1 },
  (_, index) => index + 1,
)

/** Every crash point once for each seed, in an order of the seed's, dealt to several pipelines. */
export function scenarios(): Scenario[] {
  return SEEDS.flatMap((seed) => {
    const random = new Random(seed)
    const points = random.shuffled(CRASH_POINTS)
    return Array.from({ length: Math.ceil(points.length / KILLS_A_PIPELINE) }, (_, index) =>
      scenario(seed, random, points.slice(index * KILLS_A_PIPELINE, (index + 1) * KILLS_A_PIPELINE)),
    )
  })
}

/** For pipelines with two processes: the first kill takes the leader of the relay, the others one of the two that consume. */
export function scenariosOfTwo(): Scenario[] {
  return SEEDS.map((seed) => {
    const random = new Random(seed)
    const ofRelay = (point: CrashPoint) => point.name.startsWith('relay: ')
    const [leading] = random.shuffled(CRASH_POINTS.filter(ofRelay))
    const others = random.shuffled(CRASH_POINTS.filter((point) => !ofRelay(point))).slice(0, 2)
    return scenario(seed, random, leading === undefined ? others : [leading, ...others])
  })
}

function scenario(seed: number, random: Random, points: readonly CrashPoint[]): Scenario {
  const kills = points.map(({ name, passes }) => ({
    point: name,
    pass: random.between(1, passes),
    delayMs: random.between(0, MOST_DELAY_MS),
  }))
  return { seed, kills, order: kills.map(({ point, pass }) => `${point} (${pass})`).join(' → ') }
}
