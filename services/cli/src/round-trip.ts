import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayClient, Refusal } from './gateway-client.js'
import type { Terminal } from './terminal.port.js'

export interface RoundTripOptions {
  url: string
  /** An administrator's. */
  email: string
  password: string
}

interface Page<T> {
  items: T[]
}

interface Instance {
  coveredBy: string[]
}

/** Whoever asks in the round trip: a role with a rule of its own, so that nobody else's rules are touched. */
const REQUESTER = {
  role: 'round-trip',
  email: 'round-trip@reprieve.example',
  name: 'Round trip',
  permissions: ['exceptions.request', 'exceptions.read', 'instances.read', 'instances.publish'],
}
const SCANNER = 'round-trip'

const WITHIN_MS = 60_000
const LOOK_EVERY_MS = 200
// Should this process be killed half-way, nothing stays in force.
const IN_FORCE_AT_MOST_MS = 15 * 60_000
// A moment changes these: of whoever was just made another service has not heard yet.
const PASSING: ReadonlySet<string | null> = new Set([
  'UNAUTHENTICATED',
  'NOT_PERMITTED',
  'NO_RULE_FOR_ROLE',
  'ROLE_UNKNOWN',
])

/**
 * Proves that an installation works, by what it is for: signs in, reports a finding on an asset of its own, asks for an exception, sees the
 * finding covered, and takes all of it back. One user, role and rule stay for the next time; the user is inactive meanwhile.
 * @returns 0, or 1 where a step was refused or took longer than a minute
 */
export async function roundTrip(terminal: Terminal, options: RoundTripOptions): Promise<number> {
  const trip = new RoundTrip(terminal, options)
  const went = await trip.there().then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      return false
    },
  )
  const came = await trip.back()
  return went && came ? 0 : 1
}

class RoundTrip {
  readonly #terminal: Terminal
  readonly #options: RoundTripOptions
  /** What is to be taken back, the last first. */
  readonly #undo: Array<{ what: string; work: () => Promise<unknown> }> = []

  constructor(terminal: Terminal, options: RoundTripOptions) {
    this.#terminal = terminal
    this.#options = options
  }

  async there(): Promise<void> {
    const { email, password } = this.#options
    const operator = await this.#step('an administrator signs in', () => this.#signIn(email, password))
    this.#undo.push({ what: 'the administrator signs out', work: () => operator.delete('/session') })
    const requester = await this.#step('a requester is there, whose requests are approved at once', () =>
      this.#prepare(operator),
    )

    const asset = `round-trip-${randomUUID()}`
    const identity = {
      scanner: SCANNER,
      scanId: asset,
      asset: { name: asset, type: 'ASSET_TYPE_HOST' },
      vulnerability: { id: 'ROUND-TRIP-1' },
      component: { name: 'round-trip', version: '1.0.0' },
    }
    const expression = `asset.name == "${asset}"`
    const found = async (choice: string): Promise<readonly Instance[]> => {
      const query = new URLSearchParams({ filter: expression, ...Object.fromEntries([choice.split('=')]) })
      return (await requester.get<Page<Instance>>(`/instances?${query}`)).items
    }

    await this.#step('a finding is published', async () => {
      const event = { observed: { ...identity, severity: 'low', observedAt: new Date().toISOString() } }
      await requester.postLines('/instances/batch', [event])
      this.#undo.push({
        what: 'the finding is resolved',
        work: async () => {
          const resolved = { resolved: { ...identity, observedAt: new Date().toISOString() } }
          await requester.postLines('/instances/batch', [resolved])
          await this.#until('the finding is not closed', async () => (await found('status=open')).length === 0)
        },
      })
    })
    await this.#step('it is listed, and not covered', () =>
      this.#until('the finding is not listed', async () => (await found('coverage=uncovered')).length === 1),
    )
    const exceptionId = await this.#step('an exception is asked for, and active', () =>
      this.#request(requester, expression),
    )
    this.#undo.push({
      what: 'the exception is deactivated, and the finding is not covered any more',
      work: async () => {
        await requester.post(`/exceptions/${exceptionId}/deactivate`, { reason: 'The round trip is over.' })
        await this.#until('the finding is still covered', async () => (await found('coverage=covered')).length === 0)
      },
    })
    await this.#step('the finding is covered', () =>
      this.#until('the finding is not covered', async () => {
        const [instance] = await found('coverage=covered')
        return instance?.coveredBy.includes(exceptionId) ?? false
      }),
    )
  }

  /** Takes back what was done. @returns whether all of it could be; what could not is told */
  async back(): Promise<boolean> {
    let whole = true
    for (const { what, work } of this.#undo.splice(0).reverse()) {
      await this.#step(what, work).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error
        whole = false
      })
    }
    return whole
  }

  async #step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    try {
      const result = await work()
      this.#terminal.out(`ok    ${String(Math.round(performance.now() - started)).padStart(6)} ms  ${what}`)
      return result
    } catch (error) {
      this.#terminal.error(`fail  ${String(Math.round(performance.now() - started)).padStart(6)} ms  ${what}`)
      if (error instanceof Refusal) this.#terminal.error(`${' '.repeat(17)}${error.message}`)
      throw error
    }
  }

  async #signIn(email: string, password: string): Promise<GatewayClient> {
    const { url } = this.#options
    const session = { email, password }
    const client = new GatewayClient(url, null, WITHIN_MS)
    const { accessToken } = await client.post<{ accessToken: string }>('/session', session)
    return new GatewayClient(url, accessToken, WITHIN_MS)
  }

  /** Role, rule and user, made at the first time. */
  async #prepare(operator: GatewayClient): Promise<GatewayClient> {
    const { role, email, name, permissions } = REQUESTER
    await unless('NAME_TAKEN', () => operator.post('/roles', { name: role, permissions }))
    await unless('ROLE_HAS_RULE', () =>
      this.#patiently(() => operator.post('/rules', { role, workflow: { type: 'autoPilot' } })),
    )
    // New each time, and nobody's to know.
    const password = randomBytes(24).toString('base64url')
    const id = await this.#userId(operator, email)
    if (id !== undefined) await operator.change('PATCH', `/users/${id}`, { role, active: true, password })
    else await operator.post('/users', { email, name, role, password, kind: 'person' })
    this.#undo.push({
      what: 'the requester is inactive',
      work: async () => operator.change('PATCH', `/users/${await this.#userId(operator, email)}`, { active: false }),
    })
    const requester = await this.#signIn(email, password)
    await this.#patiently(() => requester.get('/request-form'))
    await this.#silence(requester)
    return requester
  }

  async #userId(operator: GatewayClient, email: string): Promise<string | undefined> {
    const query = new URLSearchParams({ text: email })
    const { items } = await operator.get<Page<{ id: string; email: string | null }>>(`/users?${query}`)
    return items.find((user) => user.email === email)?.id
  }

  /** Nobody reads that address. */
  async #silence(requester: GatewayClient): Promise<void> {
    interface Preferences {
      kinds: Record<string, object>
      required: readonly string[]
    }
    const { kinds, required } = await this.#patiently(() => requester.get<Preferences>('/me/preferences'))
    const off = Object.keys(kinds).filter((kind) => !required.includes(kind))
    await requester.change('PUT', '/me/preferences', {
      kinds: Object.fromEntries(off.map((kind) => [kind, { mail: false, inApp: false }])),
    })
  }

  async #request(requester: GatewayClient, expression: string): Promise<string> {
    const { id, status } = await this.#patiently(() =>
      requester.post<{ id: string; status: string }>('/exceptions', {
        name: `Round trip ${new Date().toISOString()}`,
        justification: 'Proves that this installation works.',
        riskAcknowledged: true,
        expression,
        expiration: { type: 'at', at: new Date(Date.now() + IN_FORCE_AT_MOST_MS).toISOString() },
      }),
    )
    if (status === 'active') return id
    throw new Refusal(`it is ${status}: the rule of the role ${REQUESTER.role} must approve at once (Auto Pilot)`)
  }

  /** Again while it is refused for what passes. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (const deadline = performance.now() + WITHIN_MS; ; ) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Refusal) || !PASSING.has(error.code) || performance.now() > deadline) throw error
      }
      await sleep(LOOK_EVERY_MS)
    }
  }

  async #until(otherwise: string, holds: () => Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + WITHIN_MS; ; ) {
      if (await this.#patiently(holds)) return
      if (performance.now() > deadline) throw new Refusal(`${otherwise} after ${WITHIN_MS / 1_000} s`)
      await sleep(LOOK_EVERY_MS)
    }
  }
}

/** Does it, unless that has been done before. */
async function unless(code: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== code) throw error
  }
}
