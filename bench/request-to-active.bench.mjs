// From a request to an exception in force, fifty people at the same time, through the gateway, each for themselves: under Auto Pilot, where it
// is active in the answer, and by a rule with one step, where each asks, decides as the approver, and waits until it is active. Every service
// runs in one process beside its PostgreSQL, and this one asks from the same machine.
import { percentile } from './lib/cluster.mjs'
import { PASSWORD, withStandalone } from './lib/standalone.mjs'

const CLIENTS = 50
const WARM_UP = 4
const REQUESTS = 30

const DECIDED = 10
// Looking five times a second each, the clients asked for more than all the rest together.
const LOOK_MS = 1_000

export async function run() {
  return withStandalone(async ({ signIn }) => {
    const admin = await signIn()
    const permissions = ['exceptions.request', 'exceptions.read', 'instances.read']
    for (const name of ['automatic', 'decided', 'deciding']) await admin.post('/roles', { name, permissions })
    const member = async (role, n) => {
      const email = `${role}-${n}@reprieve.example`
      const { id } = await admin.post('/users', { email, name: email, role, password: PASSWORD, kind: 'person' })
      return { id, client: await signIn(email) }
    }
    const members = async (role, count) => {
      const all = []
      for (let n = 0; n < count; n++) all.push(await member(role, n))
      return all
    }
    const automatic = await members('automatic', CLIENTS)
    const requesters = await members('decided', CLIENTS)
    const approvers = await members('deciding', CLIENTS)
    await admin.post('/rules', { role: 'automatic', instructions: '', workflow: { type: 'autoPilot' } })
    await admin.post('/rules', {
      role: 'decided',
      instructions: '',
      workflow: { type: 'approvers', steps: [{ candidates: approvers.map(({ id }) => id) }] },
    })

    const clients = automatic.map(({ client }) => client)
    await everyone(clients, WARM_UP, 'warm')
    const started = performance.now()
    const times = await everyone(clients, REQUESTS, 'timed')
    const seconds = (performance.now() - started) / 1_000

    const pairs = requesters.map(({ client }, n) => ({ client, approver: approvers[n] }))
    await everyPair(pairs, 1, 'first')
    const deciding = performance.now()
    const steps = await everyPair(pairs, DECIDED, 'decided')
    const decidingSeconds = (performance.now() - deciding) / 1_000

    const active = await admin.get('/exceptions?status=active&limit=1')
    const expected = CLIENTS * (WARM_UP + REQUESTS + 1 + DECIDED)
    if (active.count.value !== expected) throw new Error(`${active.count.value} of ${expected} exceptions are active`)
    const figures = (id, list, detail) =>
      [50, 99].map((p) => ({
        id: `${id}, p${p}`,
        value: percentile(list, p),
        unit: 'ms',
        goal: null,
        holds: null,
        detail,
      }))
    const lives = `${CLIENTS} clients at once, ${steps.length} exceptions, ${Math.round(steps.length / decidingSeconds)} of them a second`
    return [
      ...figures(
        'request → active',
        times,
        `${CLIENTS} clients at once, ${times.length} requests, ${Math.round(times.length / seconds)} requests/s`,
      ),
      ...figures(
        'request of a step',
        steps.map(({ requested }) => requested),
        lives,
      ),
      ...figures(
        'request → in the approver’s list',
        steps.map(({ listed }) => listed),
        lives,
      ),
      ...figures(
        'decision',
        steps.map(({ decided }) => decided),
        lives,
      ),
      ...figures(
        'decision → active',
        steps.map(({ active }) => active),
        lives,
      ),
    ]
  })
}

const requested = (name, person) => ({
  name,
  justification: 'To see how long it takes.',
  riskAcknowledged: true,
  expression: `asset.name == "host-${person}" && severity == "low"`,
  expiration: { type: 'days', days: 30 },
})

/** Every client asks that often, one request after the other. @returns milliseconds of each */
async function everyone(clients, times, word) {
  const took = await Promise.all(
    clients.map(async (client, person) => {
      const own = []
      for (let n = 0; n < times; n++) {
        const started = performance.now()
        const { status } = await client.post('/exceptions', requested(`${word} ${person}-${n}`, person))
        own.push(performance.now() - started)
        if (status !== 'active') throw new Error(`an exception under Auto Pilot is ${status}`)
      }
      return own
    }),
  )
  return took.flat()
}

/** Each pair takes an exception from its request to where it is active, that often. @returns milliseconds of each part */
async function everyPair(pairs, times, word) {
  const took = await Promise.all(
    pairs.map(async ({ client, approver }, person) => {
      const own = []
      for (let n = 0; n < times; n++) {
        const began = performance.now()
        const { id } = await client.post('/exceptions', {
          ...requested(`${word} ${person}-${n}`, person),
          approvers: [approver.id],
        })
        const asked = performance.now()
        // An approver decides about what is in their list.
        while (!(await approver.client.get('/approvals?limit=200')).items.some((item) => item.exceptionId === id))
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        const listed = performance.now()
        await approver.client.post(`/approvals/${id}/decision`, { decision: 'approve' })
        const decided = performance.now()
        while ((await client.get(`/exceptions/${id}`)).status !== 'active')
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        own.push({
          requested: asked - began,
          listed: listed - asked,
          decided: decided - listed,
          active: performance.now() - decided,
        })
      }
      return own
    }),
  )
  return took.flat()
}
