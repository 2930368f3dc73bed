import { describe, expect, it } from 'vitest'
import { explore } from './explorer.js'
import { membershipProtocol } from './membership-protocol.js'
import { MISTAKES } from './mistakes.js'
import { LARGE_SCENARIOS, SCENARIOS } from './scenarios.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const MOST_STATES = NIGHTLY ? 10_000_000 : 400_000
const TIMEOUT = NIGHTLY ? 30 * 60_000 : 60_000

const say = (states: number, what: string) => process.stdout.write(`${String(states).padStart(9)} states: ${what}\n`)

describe('In whatever order, nothing is covered wrongly, and at rest membership and what was told are what the queries say, when', () => {
  it.each(NIGHTLY ? [...SCENARIOS, ...LARGE_SCENARIOS] : SCENARIOS)(
    '$name',
    (scenario) => {
      const { states, found } = explore(membershipProtocol(scenario), MOST_STATES)
      say(states, scenario.name)
      expect(found).toBeNull()
    },
    TIMEOUT,
  )
})

describe('It would be found, by a shortest way there, if', () => {
  const seeded = SCENARIOS.flatMap((scenario) => scenario.finds.map((mistake) => ({ mistake, scenario })))

  it.each(seeded)(
    '$mistake ($scenario.name)',
    ({ mistake, scenario }) => {
      const { states, found } = explore(membershipProtocol(scenario, mistake), MOST_STATES)
      say(states, `${mistake}: ${found?.violation} after ${found?.trace.length} steps`)
      expect(found?.trace.length).toBeGreaterThan(0)
    },
    TIMEOUT,
  )

  it('any of the known mistakes were made', () => {
    expect([...new Set(seeded.map(({ mistake }) => mistake))].sort()).toEqual([...MISTAKES].sort())
  })
})
