import { randomUUID } from 'node:crypto'
import { eventually } from '../api.js'
import type { SystemInProcess } from '../system-in-process.js'
import { type Caller, type Cast, created, PASSWORD, type SignedIn } from './cast.js'

interface Exception {
  id: string
  status: string
  query: { id: string }
}

/**
 * The things that routes are called on. Whoever may do what uses a thing up gets a new one; all those who may not get the same one,
 * which is there all the time.
 */
export class Stage {
  readonly cast: Cast
  readonly #system: SystemInProcess
  readonly #shared = new Map<string, Promise<string>>()

  constructor(system: SystemInProcess, cast: Cast) {
    this.#system = system
    this.cast = cast
  }

  /** Rules for every role that may request: two steps for developers, Auto Pilot for the others. */
  async set(): Promise<void> {
    const { cast } = this
    const steps = [{ candidates: [this.id('deciding'), this.id('candidate')] }, { candidates: [this.id('later')] }]
    const workflow = { type: 'approvers', steps }
    await created(cast.root, '/rules', { role: 'developer', instructions: '', workflow })
    for (const role of ['admin', 'exceptionsManager']) {
      await created(cast.root, '/rules', { role, instructions: '', workflow: { type: 'autoPilot' } })
    }
    await this.#system.settled()
    // It never holds, but names whom a reviewer can pass their part on to.
    const never = { name: 'never', when: 'request.days > 100000', reviewerId: this.id('candidate') }
    const settings = { requesterRoles: ['developer'], reviewerRules: [never], fallbackReviewerId: this.id('deciding') }
    const saved = await cast.root.call('PUT', '/settings/exceptions', JSON.stringify(settings), {
      'content-type': 'application/json',
      'if-match': '*',
    })
    if (saved.status !== 200) throw new Error(`no settings of tickets: ${JSON.stringify(saved.body)}`)
  }

  id(caller: Exclude<Caller, 'nobody'>): string {
    return this.cast.player(caller).id
  }

  /** What the caller would ask for. */
  request(caller: Caller): Record<string, unknown> {
    const isDeveloper = !(['admin', 'manager'] as Caller[]).includes(caller)
    return {
      name: `Of ${caller}`,
      justification: 'It is switched off next month.',
      riskAcknowledged: true,
      expression: 'asset.name == "nowhere"',
      expiration: { type: 'never' },
      ...(isDeveloper ? { approvers: [this.id('deciding'), null] } : {}),
    }
  }

  /** The owner's request, which waits for its first step. */
  pending(used: boolean): Promise<string> {
    return this.#thing('pending', used, async () => {
      const { id } = await created<Exception>(this.cast.as('owner'), '/exceptions', this.request('owner'))
      await this.#system.settled()
      return id
    })
  }

  /** The owner's exception, in force after both steps. */
  active(used: boolean): Promise<string> {
    return this.#thing('active', used, async () => {
      const id = await this.pending(true)
      for (const approver of ['deciding', 'later'] as const) {
        const { status, body } = await this.cast.as(approver).post(`/approvals/${id}/decision`, { decision: 'approve' })
        if (status !== 200) throw new Error(`${approver} could not approve: ${JSON.stringify(body)}`)
      }
      await this.#system.settled()
      await eventually(
        async () => (await this.cast.as('owner').get<Exception>(`/exceptions/${id}`)).body.status,
        (status) => status === 'active',
      )
      return id
    })
  }

  /** An exception of the manager's, in force by Auto Pilot. */
  autoPilot(used: boolean): Promise<string> {
    return this.#thing('autoPilot', used, async () => {
      const { id } = await created(this.cast.as('manager'), '/exceptions', this.request('manager'))
      await this.#system.settled()
      return id
    })
  }

  /** A saved query of the owner's. */
  query(used: boolean): Promise<string> {
    return this.#thing('query', used, async () => {
      const query = { name: 'Mine', folder: 'Mine', expression: 'kev' }
      return (await created(this.cast.as('owner'), '/queries', query)).id
    })
  }

  /** The managed copy of the owner's request. */
  managedQuery(): Promise<string> {
    return this.#thing('managedQuery', false, async () => {
      const { body } = await this.cast.as('owner').get<Exception>(`/exceptions/${await this.pending(false)}`)
      return body.query.id
    })
  }

  /** An access token of the owner's. */
  token(used: boolean): Promise<string> {
    return this.#thing('token', used, async () => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
      return (await created(this.cast.as('owner'), '/tokens', { name: 'pipeline', expiresAt })).id
    })
  }

  /** What a ticket of the owner's says. */
  newTicket(): Record<string, unknown> {
    const dueDate = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
    return { title: 'Of the owner', ownerId: this.id('owner'), expression: 'asset.name == "nowhere"', dueDate }
  }

  /** A ticket of the owner's. */
  ticket(used: boolean): Promise<string> {
    return this.#thing('ticket', used, async () => (await created(this.cast.root, '/tickets', this.newTicket())).id)
  }

  /** A request from a ticket of the owner's; the one who decides the owner's other request reviews it. */
  deferral(used: boolean): Promise<string> {
    return this.#thing('deferral', used, async () => {
      const ticketId = (await created(this.cast.root, '/tickets', this.newTicket())).id
      const { id } = await created(this.cast.as('owner'), `/tickets/${ticketId}/exceptions`, {
        justification: 'The vendor ships a fix next month.',
        riskAcknowledged: true,
        useCase: 'fixUnavailable',
        proposedDueDate: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
      })
      await this.#system.settled()
      return id
    })
  }

  /** A report that the scanner sent. */
  report(): Promise<string> {
    return this.#thing('report', false, async () => {
      const { status, body } = await this.cast
        .as('scanner')
        .post<{ id: string }>('/reports?scanner=access&asset=nowhere', {
          bomFormat: 'CycloneDX',
          specVersion: '1.5',
          vulnerabilities: [],
        })
      if (status !== 202) throw new Error(`no report: ${JSON.stringify(body)}`)
      return body.id
    })
  }

  /** A file of evidence in the owner's request. */
  file(): Promise<string> {
    return this.#thing('file', false, async () => {
      const form = new FormData()
      form.set('file', new Blob(['See the contract.']), 'why.txt')
      const { body, type } = await multipart(form)
      const answer = await this.cast
        .as('owner')
        .call<{ id: string }>('POST', `/exceptions/${await this.pending(false)}/evidence`, body, {
          'content-type': type,
        })
      if (answer.status !== 201) throw new Error(`no file: ${JSON.stringify(answer.body)}`)
      return answer.body.id
    })
  }

  instance(): Promise<string> {
    return this.#thing('instance', false, async () => {
      const observed = {
        scanner: 'access',
        scanId: '1',
        asset: { name: 'somewhere', type: 'ASSET_TYPE_HOST' },
        vulnerability: { id: 'CVE-2024-1' },
        component: { name: 'openssl', version: '3.0.1' },
        severity: 'high',
        observedAt: new Date().toISOString(),
      }
      await this.cast.as('scanner').call('POST', '/instances/batch', JSON.stringify({ observed }), {
        'content-type': 'application/x-ndjson',
      })
      const { body } = await eventually(
        () => this.cast.root.get<{ items: Array<{ id: string }> }>('/instances'),
        (answer) => answer.body.items.length > 0,
      )
      return body.items[0]?.id ?? ''
    })
  }

  /** Somebody without a part in anything. */
  user(): Promise<string> {
    return this.#thing('user', false, async () => (await this.#person()).id)
  }

  serviceUser(): Promise<string> {
    return this.#thing('serviceUser', false, async () => {
      return (await created(this.cast.root, '/users', { name: 'Pipeline', role: 'scanner', kind: 'service' })).id
    })
  }

  group(): Promise<string> {
    return this.#thing('group', false, async () => {
      return (await created(this.cast.root, '/groups', { name: 'Access', members: [] })).id
    })
  }

  rule(): Promise<string> {
    return this.#thing('rule', false, async () => {
      const { body } = await this.cast.root.get<{ items: Array<{ id: string }> }>('/rules?role=developer')
      return body.items[0]?.id ?? ''
    })
  }

  /** The ETag of what is at a path. */
  async etag(path: string, who: Caller | null = null): Promise<string> {
    const api = who === null ? this.cast.root : this.cast.as(who)
    return (await api.get(path)).headers.get('etag') ?? ''
  }

  /** A further session of the caller's, which may end. */
  async spareSession(caller: SignedIn): Promise<string> {
    return this.cast.anotherSession(this.cast.player(caller).email)
  }

  #person(): Promise<{ id: string }> {
    const email = `${randomUUID()}@reprieve.example`
    const asked = { email, name: 'Somebody', role: 'bystander', kind: 'person', password: PASSWORD }
    return created(this.cast.root, '/users', asked)
  }

  #thing(kind: string, used: boolean, make: () => Promise<string>): Promise<string> {
    if (used) return make()
    const shared = this.#shared.get(kind) ?? make()
    this.#shared.set(kind, shared)
    return shared
  }
}

async function multipart(form: FormData): Promise<{ body: Uint8Array; type: string }> {
  const encoded = new Response(form)
  return { body: new Uint8Array(await encoded.arrayBuffer()), type: encoded.headers.get('content-type') ?? '' }
}
