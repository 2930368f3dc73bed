// A large CycloneDX report, from the first byte sent to the gateway until every finding is an instance: for the first time, and again
// with nothing changed.
import { generateCyclonedx } from '../services/scope/test/generate-cyclonedx.ts'
import { median } from './lib/cluster.mjs'
import { withStandalone } from './lib/standalone.mjs'

const FINDINGS = 13_000
const ROUNDS = 3
const LOOK_MS = 20
const COUNTS = ['created', 'updated', 'unchanged', 'merged', 'ignored', 'rejected']

export async function run() {
  return withStandalone(async ({ signIn }) => {
    const admin = await signIn()
    const first = []
    const again = []
    for (let round = 0; round < ROUNDS; round++) {
      const image = `registry.example/acme/shop-${round}:1.0`
      const report = [...generateCyclonedx({ findings: FINDINGS, image })].join('')
      first.push(await taken(admin, report, 'created'))
      again.push(await taken(admin, report, 'unchanged'))
    }
    const open = Object.values((await admin.get('/summary')).open).reduce((sum, n) => sum + n, 0)
    if (open !== ROUNDS * FINDINGS) throw new Error(`${open} instances are open instead of ${ROUNDS * FINDINGS}`)
    const figure = (id, rates, goal, what) => ({
      id,
      value: median(rates),
      unit: 'findings/s',
      goal: `≥ ${goal}`,
      holds: median(rates) >= goal,
      detail: `${what}, ${FINDINGS} findings, every one accounted for; ${rates.map((rate) => `${(FINDINGS / rate).toFixed(2)} s`).join(', ')}`,
    })
    return [
      figure('B12.firstImport', first, 5_000, 'first import'),
      figure('B12.unchanged', again, 30_000, 'unchanged'),
    ]
  })
}

/** Sends it and waits until it is done. @returns findings a second, of a report whose every finding is `as` */
async function taken(admin, report, as) {
  const started = performance.now()
  const { id } = await admin.post('/reports?scanner=bench', report)
  let state
  do {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    state = await admin.get(`/reports/${id}`)
  } while (state.status === 'processing')
  const rate = FINDINGS / ((performance.now() - started) / 1_000)
  const sum = COUNTS.reduce((total, count) => total + state[count], 0)
  if (state.status !== 'done' || state.received !== FINDINGS || sum !== FINDINGS || state[as] !== FINDINGS) {
    throw new Error(`not every finding is accounted for as ${as}: ${JSON.stringify(state)}`)
  }
  return rate
}
