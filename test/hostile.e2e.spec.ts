import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { ApiDocument, type Operation } from './support/api-document.js'
import { type HostileRequest, HostileRequests, type Known } from './support/hostile-requests.js'
import { Random } from './support/random.js'
import { PASSWORD, Standalone } from './support/standalone.js'
import { Wire, type WireAnswer } from './support/wire.js'

const ADMIN = 'admin@reprieve.example'
const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const SEED = Number(process.env['REPRIEVE_TEST_SEED'] ?? 20_260_301)
const REQUESTS_OF_EACH = NIGHTLY ? 1_500 : 40
const CLIENTS = 6
// Of what is in use at once. V8 collects no sooner than it has to: without a bound, what it happens to hold by then says nothing (from 443
// MiB to anything between 658 and 798 in three runs), and with one a process whose requests need more ends.
const MOST_HEAP_MIB = 256
// Beyond the heap: what requests and answers are made of.
const MOST_GROWTH_MIB = 300

interface Caller {
  role: string
  permissions: readonly string[]
  email: string
  token: string
}

const document = new ApiDocument()
const forEveryone = document.operations.filter(({ permissions }) => permissions === null)
const forSomebody = document.operations.filter(({ permissions }) => permissions !== null)
const named = ({ method, path }: Operation) => `${method} ${path}`

describe('the API against bad input', () => {
  let standalone: Standalone
  let wire: Wire
  let admin: Api
  let known: Known
  const callers: Caller[] = []

  beforeAll(async () => {
    standalone = await Standalone.start({ environment: { NODE_OPTIONS: `--max-old-space-size=${MOST_HEAP_MIB}` } })
    wire = new Wire(standalone.url)
    admin = await new Api(standalone.url).signIn(ADMIN, PASSWORD)
    known = await fill(standalone.url, admin)
    const { body } = await admin.get<{ items: Array<{ name: string; permissions: string[] }> }>('/roles?limit=200')
    for (const role of body.items) {
      // Bad requests end sessions, so that whoever makes them is nobody that others name.
      for (let times = 0; times < (role.name === 'admin' ? CLIENTS : 1); times++) callers.push(await caller(role))
    }
  })
  afterAll(async () => {
    wire?.close()
    await standalone?.remove()
  })

  async function caller({ name, permissions }: { name: string; permissions: readonly string[] }): Promise<Caller> {
    const email = `${name.toLowerCase()}-${randomUUID()}@reprieve.example`
    const made = { email, name: `A ${name}`, role: name, password: PASSWORD, kind: 'person' }
    expect(await admin.post('/users', made)).toMatchObject({ status: 201 })
    const { body } = await admin.post<{ accessToken: string }>('/session', { email, password: PASSWORD })
    return { role: name, permissions, email, token: body.accessToken }
  }

  /** Sends it until it is not the rate that is refused. */
  async function send(request: HostileRequest, token?: string): Promise<WireAnswer> {
    const headers = token === undefined ? request.headers : { authorization: `Bearer ${token}`, ...request.headers }
    for (;;) {
      const answer = await wire.send({ ...request, headers })
      if (answer.status !== 429) return answer
      await sleep(Number(answer.headers['retry-after']) * 1_000)
    }
  }

  it('lets nobody in without a sound token', async () => {
    const requests = new HostileRequests(document, new Random(SEED), known)
    const faults: string[] = []
    const sound = callers[0]?.token ?? ''
    const tokens = ['x', 'a.b.c', `${sound}x`, `${sound.split('.').slice(0, 2).join('.')}.`]
    for (const operation of forSomebody) {
      for (const token of [undefined, ...tokens]) {
        const answer = await send(requests.plausible(operation), token)
        for (const fault of document.faults(operation, answer)) faults.push(`${named(operation)} ${fault}`)
        if (answer.status !== 401) faults.push(`${named(operation)} was answered ${answer.status}`)
      }
    }
    expect(faults).toEqual([])
  })

  it('lets nobody do what their role does not permit', async () => {
    const requests = new HostileRequests(document, new Random(SEED), known)
    const faults: string[] = []
    for (const operation of forSomebody) {
      const needed = operation.permissions ?? []
      for (const { role, permissions, token } of callers) {
        if (needed.length === 0 || needed.some((permission) => permissions.includes(permission))) continue
        const answer = await send(requests.plausible(operation), token)
        for (const fault of document.faults(operation, answer)) faults.push(`${named(operation)} ${fault}`)
        if (answer.status !== 403 || !answer.text.includes('"NOT_PERMITTED"'))
          faults.push(`${named(operation)} as ${role} was answered ${answer.status}`)
      }
    }
    expect(faults).toEqual([])
  })

  it(`answers ${REQUESTS_OF_EACH} bad requests to each route as its document says, and never with a fault of its own`, async () => {
    const before = rssMib(standalone)
    let peak = before
    const watching = setInterval(() => {
      peak = Math.max(peak, rssMib(standalone))
    }, 100)
    const faults = new Map<string, string>()
    const statuses = new Map<string, number>()
    const work = document.operations.flatMap((operation) =>
      Array.from({ length: REQUESTS_OF_EACH }, (_, round) => ({ operation, seed: SEED + round * 1_000_003 })),
    )
    const shuffled = new Random(SEED).shuffled(work.length > 20_000 ? work.slice(0, 20_000) : work)
    let next = 0
    const client = async (): Promise<void> => {
      for (let at = next++; at < shuffled.length; at = next++) {
        const task = shuffled[at]
        if (task === undefined) return
        const { operation } = task
        const random = new Random(task.seed ^ hash(named(operation)))
        const requests = new HostileRequests(document, random, known)
        const request = random.between(1, 10) === 1 ? requests.plausible(operation) : requests.hostile(operation)
        const able = callers.filter(
          ({ permissions }) => operation.permissions?.some((one) => permissions.includes(one)) ?? true,
        )
        const from = random.between(1, 8) === 1 || able.length === 0 ? callers : able
        const who = from[random.between(0, from.length - 1)]
        let answer = await send(request, forEveryone.includes(operation) ? undefined : who?.token)
        if (answer.status === 401 && who !== undefined && !forEveryone.includes(operation)) {
          // Its session has been ended by a request before.
          Object.assign(who, await caller({ name: who.role, permissions: who.permissions }))
          answer = await send(request, who.token)
        }
        const seen = `${answer.status}`
        statuses.set(seen, (statuses.get(seen) ?? 0) + 1)
        for (const fault of document.faults(operation, answer, request.elsewhere)) {
          const key = `${named(operation)} ${answer.status} ${fault}`
          if (!faults.has(key)) faults.set(key, `${key}: ${request.malice} -> ${answer.text.slice(0, 400)}`)
        }
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => clearInterval(watching))
    process.stdout.write(
      `${[...statuses]
        .sort()
        .map(([status, count]) => `${count} × ${status}`)
        .join(', ')}; ${before} MiB, at most ${peak} MiB\n`,
    )
    expect([...faults.values()]).toEqual([])
    expect(peak - before).toBeLessThan(MOST_GROWTH_MIB)
  })

  it('has written no fault of its own into its log', async () => {
    await eventually(
      async () => (await fetch(`${standalone.url}/readyz`)).status,
      (status) => status === 200,
    )
    const lines = readFileSync(`${standalone.data}/reprieve.log`, 'utf8').split('\n')
    expect(lines.filter((line) => /"level":"(error|fatal)"/.test(line)).slice(0, 10)).toEqual([])
  })
})

function hash(text: string): number {
  let value = 0
  for (const character of text) value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) | 0
  return value
}

const rssMib = ({ process: { child } }: Standalone): number =>
  Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024)

/** Makes a few of everything, for requests to name. */
async function fill(url: string, admin: Api): Promise<Known> {
  const ids: Record<string, string[]> = {}
  const make = async (api: Api, path: string, body: unknown): Promise<string> => {
    const { status, body: made } = await api.post<{ id: string }>(path, body)
    expect({ status, made }).toMatchObject({ status: 201 })
    const [, kind = ''] = path.split('/')
    ids[kind] = [...(ids[kind] ?? []), made.id]
    return made.id
  }
  const permissions = ['exceptions.request', 'exceptions.read', 'instances.read', 'queries.write']
  await admin.post('/roles', { name: 'developer', permissions })
  await admin.post('/roles', { name: 'spare', permissions: [] })
  const person = (name: string, role: string) =>
    make(admin, '/users', { email: `${name}@reprieve.example`, name, role, password: PASSWORD, kind: 'person' })
  const sofia = await person('sofia', 'exceptionsManager')
  const dana = await person('dana', 'developer')
  await person('spare', 'spare')
  await make(admin, '/groups', { name: 'reviewers', members: [sofia] })
  await make(admin, '/groups', { name: 'nobody', members: [] })
  const steps = [{ candidates: [sofia] }, { candidates: [sofia, dana] }]
  await make(admin, '/rules', { role: 'developer', instructions: 'Say why.', workflow: { type: 'approvers', steps } })
  await make(admin, '/rules', { role: 'admin', instructions: '', workflow: { type: 'autoPilot' } })
  const events = Array.from({ length: 20 }, (_, index) => ({
    observed: {
      scanner: 'filler',
      scanId: '1',
      asset: { name: `host-${index % 4}`, type: 'ASSET_TYPE_HOST' },
      vulnerability: { id: `CVE-2024-${1_000 + index}` },
      component: { name: 'openssl', version: '3.0.1' },
      severity: index % 2 === 0 ? 'high' : 'low',
      observedAt: new Date().toISOString(),
    },
  }))
  await admin.call('POST', '/instances/batch', events.map((event) => JSON.stringify(event)).join('\n'), {
    'content-type': 'application/x-ndjson',
  })
  const instances = await eventually(
    () => admin.get<{ items: Array<{ id: string }> }>('/instances'),
    ({ body }) => body.items.length === events.length,
  )
  ids['instances'] = instances.body.items.map(({ id }) => id)
  for (const [name, expression] of [
    ['High', 'severity == "high"'],
    ['One', 'asset.name == "host-1"'],
  ]) {
    await make(admin, '/queries', { name, folder: 'Daily', expression })
  }
  const request = {
    justification: 'It is switched off next month.',
    riskAcknowledged: true,
    expression: 'asset.name == "host-2"',
    expiration: { type: 'never' },
  }
  const asDana = await new Api(url).signIn('dana@reprieve.example', PASSWORD)
  for (const name of ['Active', 'Also active']) await make(admin, '/exceptions', { ...request, name })
  for (const name of ['Waiting', 'Also waiting'])
    await make(asDana, '/exceptions', { ...request, name, approvers: [sofia, sofia] })
  const report = await admin.post<{ id: string }>('/reports?scanner=filler&asset=host-1&partial=true', {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    vulnerabilities: [],
  })
  ids['reports'] = [report.body.id]
  ids['roles'] = ['developer', 'spare']
  const cursors: Record<string, string[]> = {}
  for (const { method, path, parameters } of document.operations) {
    if (method !== 'GET' || path.includes('{') || !parameters.some(({ name }) => name === 'cursor')) continue
    const { body } = await admin.get<{ nextCursor: string | null }>(`${path}?limit=1`)
    if (body.nextCursor !== null) cursors[path] = [body.nextCursor]
  }
  return {
    ids,
    cursors,
    texts: {
      expression: ['severity == "high"', 'asset.name == "host-1" && cvss > 7.0', 'kev || "x" in asset.tags'],
      filter: ['severity == "high"', 'now - firstSeen > duration("1h")'],
      role: ['developer', 'spare', 'auditor'],
      queryId: ids['queries'] ?? [],
      text: ['a', '%', '_'],
      scanner: ['hostile'],
      asset: ['host-1'],
      password: [PASSWORD],
    },
  }
}
