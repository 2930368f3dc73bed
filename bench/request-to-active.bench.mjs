// From a request to an exception in force: under Auto Pilot it is active in the answer. Fifty people ask at the same time, through the
// gateway, each for themselves; every service runs in one process beside its PostgreSQL, and this one asks from the same machine.
import { percentile } from './lib/cluster.mjs'
import { PASSWORD, withStandalone } from './lib/standalone.mjs'

const CLIENTS = 50
const WARM_UP = 4
const REQUESTS = 30

export async function run() {
  return withStandalone(async ({ signIn }) => {
    const admin = await signIn()
    const permissions = ['exceptions.request', 'exceptions.read', 'instances.read']
    await admin.post('/roles', { name: 'automatic', permissions })
    await admin.post('/rules', { role: 'automatic', instructions: '', workflow: { type: 'autoPilot' } })
    const clients = []
    for (let n = 0; n < CLIENTS; n++) {
      const email = `person-${n}@reprieve.example`
      await admin.post('/users', { email, name: `Person ${n}`, role: 'automatic', password: PASSWORD, kind: 'person' })
      clients.push(await signIn(email))
    }
    await everyone(clients, WARM_UP, 'warm')
    const started = performance.now()
    const times = await everyone(clients, REQUESTS, 'timed')
    const seconds = (performance.now() - started) / 1_000
    const active = await admin.get('/exceptions?status=active&limit=1')
    const expected = CLIENTS * (WARM_UP + REQUESTS)
    if (active.count.value !== expected) throw new Error(`${active.count.value} of ${expected} exceptions are active`)
    const detail = `${CLIENTS} clients at once, ${times.length} requests, ${Math.round(times.length / seconds)} requests/s`
    const figure = (name, value) => ({
      id: `request → active, ${name}`,
      value,
      unit: 'ms',
      goal: null,
      holds: null,
      detail,
    })
    return [figure('p50', percentile(times, 50)), figure('p99', percentile(times, 99))]
  })
}

/** Every client asks that often, one request after the other. @returns milliseconds of each */
async function everyone(clients, times, word) {
  const took = await Promise.all(
    clients.map(async (client, person) => {
      const own = []
      for (let n = 0; n < times; n++) {
        const started = performance.now()
        const { status } = await client.post('/exceptions', {
          name: `${word} ${person}-${n}`,
          justification: 'To see how long it takes.',
          riskAcknowledged: true,
          expression: `asset.name == "host-${person}" && severity == "low"`,
          expiration: { type: 'days', days: 30 },
        })
        own.push(performance.now() - started)
        if (status !== 'active') throw new Error(`an exception under Auto Pilot is ${status}`)
      }
      return own
    }),
  )
  return took.flat()
}
