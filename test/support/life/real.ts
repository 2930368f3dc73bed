import type { ManualClock } from '@reprieve/clock'
import { Api, type ApiAnswer } from '../api.js'
import type { SystemInProcess } from '../system-in-process.js'
import {
  type AssignedStep,
  type Candidate,
  GROUPS,
  type Group,
  isAssigned,
  PEOPLE,
  REQUESTERS,
  REVIEWERS,
  type RuleStep,
  type Who,
} from './model.js'

export const ADMIN = 'first@reprieve.example'
export const PASSWORD = 'correct horse battery staple'
export const ASSETS = ['host-1', 'host-2'] as const

const TOKEN_LIFE_MS = 360 * 86_400_000
const RENEW_BEFORE_MS = 250 * 86_400_000

interface Kept {
  id: string
  etag: string
}

export type AnswerOf<T = Record<string, never>> = ApiAnswer<T & { code?: string }>

/** The people of the model in the real system, each with a token of their own, and what an administrator does to them. */
export class Real {
  readonly system: SystemInProcess
  readonly clock: ManualClock
  #root: Api
  #tokensUntil = 0
  readonly #tokens = new Map<Who, Api>()
  readonly #people = new Map<Who, Kept>()
  readonly #groups = new Map<Group, Kept>()
  #rule: Kept = { id: '', etag: '' }

  private constructor(system: SystemInProcess, clock: ManualClock, root: Api) {
    this.system = system
    this.clock = clock
    this.#root = root
  }

  static async start(system: SystemInProcess, clock: ManualClock): Promise<Real> {
    const real = new Real(system, clock, await new Api(system.gateway.url).signIn(ADMIN, PASSWORD))
    await real.#make('/roles', { name: 'developer', permissions: ['exceptions.request'] })
    await real.#make('/roles', { name: 'lead', permissions: [] })
    for (const who of PEOPLE) {
      const role = (REQUESTERS as readonly Who[]).includes(who) ? 'developer' : 'lead'
      const made = { email: `${who}@reprieve.example`, name: who, role, kind: 'person', password: PASSWORD }
      real.#people.set(who, await real.#make('/users', made))
    }
    for (const name of GROUPS) real.#groups.set(name, await real.#make('/groups', { name, members: [] }))
    real.#rule = await real.#make('/rules', { role: 'developer', instructions: '', workflow: { type: 'autoPilot' } })
    await system.settled()
    const settings = await real.#root.get<Record<string, unknown>>('/settings/exceptions')
    const asked = {
      requesterRoles: ['developer'],
      reviewerRules: [],
      fallbackReviewerId: real.id(REVIEWERS),
      maxDeferralDays: null,
    }
    const headers = { 'content-type': 'application/json', 'if-match': settings.headers.get('etag') ?? '' }
    const kept = await real.#root.call('PUT', '/settings/exceptions', JSON.stringify(asked), headers)
    if (kept.status !== 200) throw new Error(`settings: ${kept.status} ${JSON.stringify(kept.body)}`)
    for (const who of PEOPLE) {
      real.#tokens.set(who, await new Api(system.gateway.url).signIn(`${who}@reprieve.example`, PASSWORD))
    }
    await real.renewTokens()
    await real.#observe()
    return real
  }

  /** The administrator: manages rules and people, and reads everything. */
  get root(): Api {
    return this.#root
  }

  as(who: Who): Api {
    const api = this.#tokens.get(who)
    if (api === undefined) throw new Error(`${who} has no token`)
    return api
  }

  id(who: Candidate): string {
    const found = this.#people.get(who as Who) ?? this.#groups.get(who as Group)
    if (found === undefined) throw new Error(`there is no ${who}`)
    return found.id
  }

  /** Time moves by months over the runs: nobody's token may end within one. Everybody must be active. */
  async renewTokens(): Promise<void> {
    const now = this.clock.now().getTime()
    if (now < this.#tokensUntil) return
    const expiresAt = new Date(now + TOKEN_LIFE_MS).toISOString()
    const renewed = async (api: Api) => {
      const { body } = await api.post<{ token: string }>('/tokens', { name: 'model', expiresAt })
      return new Api(this.system.gateway.url, body.token)
    }
    this.#root = await renewed(this.#root)
    for (const who of PEOPLE) this.#tokens.set(who, await renewed(this.as(who)))
    this.#tokensUntil = now + RENEW_BEFORE_MS
  }

  async setActive(who: Who, active: boolean): Promise<void> {
    await this.#change('PATCH', '/users', this.#kept(this.#people, who), { active })
  }

  async setMembers(group: Group, members: readonly Who[]): Promise<void> {
    await this.#change('PATCH', '/groups', this.#kept(this.#groups, group), {
      members: members.map((who) => this.id(who)),
    })
  }

  async setRule(steps: readonly RuleStep[] | null): Promise<void> {
    const workflow =
      steps === null
        ? { type: 'autoPilot' }
        : {
            type: 'approvers',
            steps: steps.map((step) =>
              isAssigned(step) ? { assigned: this.#assignment(step) } : { candidates: step.map((one) => this.id(one)) },
            ),
          }
    await this.#change('PUT', '/rules', this.#rule, { instructions: '', workflow })
  }

  /** A ticket of somebody's over one asset. */
  async openTicket(owner: Who, asset: string, dueDate: string): Promise<string> {
    const body = {
      title: `${owner} has to fix ${asset}`,
      ownerId: this.id(owner),
      expression: `asset.name == "${asset}"`,
      dueDate,
    }
    return (await this.#make('/tickets', body)).id
  }

  async ticketDone(id: string): Promise<void> {
    await this.#change('PATCH', '/tickets', { id, etag: '' }, { status: 'done' })
  }

  #assignment({ long, ofDana, fallback }: AssignedStep) {
    const one = (name: string, when: string, reviewer: Candidate) => ({ name, when, reviewerId: this.id(reviewer) })
    return {
      reviewerRules: [
        one('long', '!has(request.days) || request.days > 2', long),
        one('of Dana', `requester.id == "${this.id('dana')}"`, ofDana),
      ],
      fallbackReviewerId: fallback === null ? null : this.id(fallback),
    }
  }

  /** One open instance on each asset, so that coverage shows. */
  async #observe(): Promise<void> {
    const lines = ASSETS.map((name) =>
      JSON.stringify({
        observed: {
          scanner: 'model',
          scanId: '1',
          asset: { name, type: 'ASSET_TYPE_HOST' },
          vulnerability: { id: 'CVE-2024-1' },
          component: { name: 'openssl', version: '3.0.1' },
          severity: 'high',
          observedAt: this.clock.now().toISOString(),
        },
      }),
    )
    await this.#root.call('POST', '/instances/batch', lines.join('\n'), { 'content-type': 'application/x-ndjson' })
    await this.system.settled()
  }

  async #make(path: string, body: unknown): Promise<Kept> {
    const answer = await this.#root.post<{ id: string }>(path, body)
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return { id: answer.body.id, etag: answer.headers.get('etag') ?? '' }
  }

  async #change(method: 'PATCH' | 'PUT', path: string, kept: Kept, body: unknown): Promise<void> {
    const answer = await this.#root.call(method, `${path}/${kept.id}`, JSON.stringify(body), {
      'content-type': 'application/json',
      'if-match':
        kept.etag === '' ? ((await this.#root.get(`${path}/${kept.id}`)).headers.get('etag') ?? '') : kept.etag,
    })
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    kept.etag = answer.headers.get('etag') ?? ''
  }

  #kept<K>(of: ReadonlyMap<K, Kept>, key: K): Kept {
    const kept = of.get(key)
    if (kept === undefined) throw new Error(`there is no ${String(key)}`)
    return kept
  }
}
