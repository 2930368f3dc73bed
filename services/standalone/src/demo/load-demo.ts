import { ApiClient, ApiFault } from './api-client.js'
import { DOMAIN, PEOPLE, ROLES } from './company.js'
import { inventory } from './inventory.js'
import { loadTickets } from './load-tickets.js'
import { SeededRandom } from './random.js'
import { type DemoException, EXCEPTIONS, QUERIES, RULES } from './story.js'

export interface DemoSource {
  /** The gateway's address. */
  url: string
  adminEmail: string
  /** Of the admin and of all demo people. */
  password: string
  now: Date
  onStep: (text: string) => void
}

const SEED = 20_260_101
const EVENTS_PER_BATCH = 1_000
// Long enough for the exception that is to expire to be seen in force, short enough to wait for.
const SHORT_LIFE_MS = 1_500

type Clients = Readonly<Record<string, ApiClient>>
type Ids = Readonly<Record<string, string>>

/**
 * Makes the demo company through the API: roles, people, what three scanners found, rules, queries, exceptions in every status, and tickets.
 * @returns how many events were published
 */
export async function loadDemo(source: DemoSource): Promise<number> {
  const admin = await new ApiClient(source.url).signIn(source.adminEmail, source.password)
  source.onStep('Demo: people and rules')
  const ids = await makePeople(admin, source.password)
  const clients: Clients = Object.fromEntries(
    await Promise.all(
      PEOPLE.map(
        async ({ key }) => [key, await new ApiClient(source.url).signIn(`${key}@${DOMAIN}`, source.password)] as const,
      ),
    ),
  )
  for (const rule of RULES) {
    await admin.post('/rules', {
      role: rule.role,
      instructions: rule.instructions,
      workflow:
        rule.steps.length === 0
          ? { type: 'autoPilot' }
          : { type: 'approvers', steps: rule.steps.map((step) => ({ candidates: step.map((key) => idOf(ids, key)) })) },
    })
  }

  source.onStep('Demo: what three scanners found')
  const events = [...inventory(new SeededRandom(SEED), source.now)]
  for (let start = 0; start < events.length; start += EVENTS_PER_BATCH) {
    await admin.postLines('/instances/batch', events.slice(start, start + EVENTS_PER_BATCH))
  }

  source.onStep('Demo: queries and exceptions')
  for (const query of QUERIES) {
    await clientOf(clients, query.by).post('/queries', {
      name: query.name,
      folder: query.folder,
      expression: query.expression,
    })
  }
  for (const exception of EXCEPTIONS) await play(exception, clients, ids)

  source.onStep('Demo: tickets')
  await loadTickets({
    manager: clientOf(clients, 'lena'),
    client: (key) => clientOf(clients, key),
    id: (key) => idOf(ids, key),
    now: source.now,
  })
  return events.length
}

async function makePeople(admin: ApiClient, password: string): Promise<Ids> {
  for (const role of ROLES) await admin.post('/roles', role)
  const ids: Record<string, string> = {}
  for (const { key, name, role } of PEOPLE) {
    const { id } = await admin.post<{ id: string }>('/users', {
      email: `${key}@${DOMAIN}`,
      name,
      role,
      password,
      kind: 'person',
    })
    ids[key] = id
  }
  return ids
}

/** Asks for one exception and takes it to where the story wants it. */
async function play(exception: DemoException, clients: Clients, ids: Ids): Promise<void> {
  const requester = clientOf(clients, exception.by)
  const role = PEOPLE.find(({ key }) => key === exception.by)?.role
  const approvers = (RULES.find((rule) => rule.role === role)?.steps ?? []).map((step) => step[0] ?? '')
  const { outcome } = exception
  const { id } = await requester.post<{ id: string }>('/exceptions', {
    name: exception.name,
    justification: exception.justification,
    riskAcknowledged: true,
    expression: exception.expression,
    expiration:
      outcome.is === 'expired'
        ? { type: 'at', at: new Date(Date.now() + SHORT_LIFE_MS).toISOString() }
        : exception.expiration,
    ...(exception.useCase === undefined ? {} : { useCase: exception.useCase }),
    ...(exception.evidenceLink === undefined ? {} : { evidenceLink: exception.evidenceLink }),
    ...(approvers.length === 0 ? {} : { approvers: approvers.map((key) => idOf(ids, key)) }),
  })

  const approvals =
    outcome.is === 'pending'
      ? outcome.approvedSteps
      : outcome.is === 'denied' || outcome.is === 'withdrawn'
        ? 0
        : approvers.length
  for (const key of approvers.slice(0, approvals)) {
    await clientOf(clients, key).post(`/approvals/${id}/decision`, { decision: 'approve' })
  }
  if (outcome.is === 'denied') {
    await clientOf(clients, approvers[0] ?? '').post(`/approvals/${id}/decision`, {
      decision: 'deny',
      comment: outcome.comment,
    })
  } else if (outcome.is === 'withdrawn') {
    await requester.post(`/exceptions/${id}/withdraw`, { reason: outcome.reason })
  } else if (outcome.is === 'deactivated') {
    const who = approvers.length === 0 ? requester : clientOf(clients, approvers[0] ?? '')
    await statusOf(requester, id, 'active')
    await who.post(`/exceptions/${id}/deactivate`, { reason: outcome.reason })
  }
}

async function statusOf(client: ApiClient, id: string, wanted: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { status } = await client.get<{ status: string }>(`/exceptions/${id}`)
    if (status === wanted) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new ApiFault(`exception ${id} did not become ${wanted}`)
}

function idOf(ids: Ids, key: string): string {
  const id = ids[key]
  if (id === undefined) throw new ApiFault(`there is no demo person "${key}"`)
  return id
}

function clientOf(clients: Clients, key: string): ApiClient {
  const client = clients[key]
  if (client === undefined) throw new ApiFault(`there is no demo person "${key}"`)
  return client
}
