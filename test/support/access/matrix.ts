import { randomUUID } from 'node:crypto'
import { type Caller, HOLDERS, NOBODIES, PASSWORD, SIGNED_IN, type SignedIn } from './cast.js'
import type { Stage } from './stage.js'

/** A request to a route, so far as it is not the same for every route. */
export interface Ask {
  /** Parameters of the path, in their order. */
  params?: readonly string[]
  /** With its question mark. */
  query?: string
  body?: unknown
  type?: string
  headers?: Readonly<Record<string, string>>
  /** In place of the caller's own. */
  token?: string
}

/** One kind of thing that a route is called on, and who may. Whoever is not named is refused. */
export interface Case {
  /** What it is done to, where a route has several cases. */
  to?: string
  may: readonly Caller[]
  /** How those who may are answered: any 2xx where absent. */
  answer?: number
  /** How the others who are signed in are refused: any 403 where absent. 404: they are not even told that it is there. */
  refusal?: 404 | 409
  /** The answer is a stream that goes on for as long as somebody listens. */
  endless?: true
  /** @param may a thing that those who may use up has to be a new one */
  ask?(stage: Stage, who: Caller, may: boolean): Promise<Ask> | Ask
}

const EVERYBODY: readonly Caller[] = [...SIGNED_IN, ...NOBODIES]
const NARROWED: readonly SignedIn[] = ['ownerForRequests', 'ownerForReading', 'decidingNarrowed', 'adminForReading']
const PEOPLE = SIGNED_IN.filter((caller) => !NARROWED.includes(caller))
const anyOf = (...names: Array<keyof typeof HOLDERS>): SignedIn[] => [
  ...new Set(names.flatMap((name) => [...HOLDERS[name]])),
]

// Who sees the owner's exception: by permission, or as its requester or one of its approvers; a narrowed token only as a requester's.
const READERS: readonly SignedIn[] = [...HOLDERS['exceptions.read'], 'owner', 'ownerForRequests', 'deciding', 'later']

const to = (what: 'pending' | 'active' | 'autoPilot', body?: unknown) => ({
  to: what,
  ask: async (stage: Stage, _: Caller, may: boolean): Promise<Ask> => ({
    params: [await stage[what](may && body !== undefined)],
    ...(body === undefined ? {} : { body }),
  }),
})
const seen = { may: READERS, ...to('pending') }

const DIRECTORY_READERS = anyOf('users.manage', 'audit.read')
const RULE_READERS = anyOf('rules.manage', 'audit.read')
const TICKET_READERS = anyOf('tickets.write', 'tickets.manage', 'audit.read')
const REPORT_READERS = anyOf('instances.publish', 'operations.manage', 'audit.read')
const operators = (ask: Ask = {}, answer?: number): readonly Case[] => [
  { may: HOLDERS['operations.manage'], ask: () => ask, ...(answer === undefined ? {} : { answer }) },
]

const FILE: Ask = {
  body: '--x\r\ncontent-disposition: form-data; name="file"; filename="why.txt"\r\n\r\nSee the contract.\r\n--x--\r\n',
  type: 'multipart/form-data; boundary=x',
}

type AskFor = NonNullable<Case['ask']>

const named = (path: 'users' | 'groups' | 'rules', find: (stage: Stage) => Promise<string>): AskFor => {
  return async (stage) => {
    const id = await find(stage)
    return { params: [id], headers: { 'if-match': await stage.etag(`/${path}/${id}`) } }
  }
}
const changed = (ask: AskFor, body: unknown): AskFor => {
  return async (stage, who, may) => ({ ...(await ask(stage, who, may)), body })
}
/** What is there is sent back as it was read, so that nothing changes for the other callers. */
const asItIs = (path: string, ...params: string[]): AskFor => {
  return async (stage) => {
    const { body, headers } = await stage.cast.root.get(path)
    return { params, body, headers: { 'if-match': headers.get('etag') ?? '' } }
  }
}
const aUser = named('users', (stage) => stage.user())
const aGroup = named('groups', (stage) => stage.group())
const aRule = named('rules', (stage) => stage.rule())

const savedQuery: AskFor = async (stage, _, may) => {
  const id = await stage.query(may)
  return { params: [id], headers: { 'if-match': await stage.etag(`/queries/${id}`) } }
}
const aTicket: AskFor = async (stage) => {
  const id = await stage.ticket(false)
  return { params: [id], headers: { 'if-match': await stage.etag(`/tickets/${id}`) } }
}
// Given to nobody, so that the others still find it the owner's. Who is not known is waited for: once, by those who may.
const ownerlessTicket: AskFor = async (stage, who, may) => ({
  ...(await aTicket(stage, who, may)),
  body: { ownerId: may ? randomUUID() : stage.id('owner') },
})
const managedQuery: AskFor = async (stage) => ({ params: [await stage.managedQuery()] })
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

/**
 * Every route of the API, and who may call it: written down by hand, independently of the routes and of the table of who may do what.
 * A route that is not here fails the test, so that none comes without this having been thought about.
 */
export const MATRIX: Readonly<Record<string, readonly Case[]>> = {
  // People
  'POST /session': [
    { may: EVERYBODY, ask: (stage) => ({ body: { email: stage.cast.player('owner').email, password: PASSWORD } }) },
  ],
  'DELETE /session': [
    {
      may: PEOPLE,
      refusal: 409,
      ask: async (stage, who, may) => (may ? { token: await stage.spareSession(who as SignedIn) } : {}),
    },
  ],
  'GET /me': [{ may: SIGNED_IN }],
  'PUT /me/password': [
    { may: PEOPLE, answer: 422, ask: () => ({ body: { currentPassword: PASSWORD, newPassword: 'short' } }) },
  ],
  'GET /users': [{ may: DIRECTORY_READERS }],
  'POST /users': [
    {
      may: HOLDERS['users.manage'],
      ask: () => ({ body: { name: 'Made', role: 'bystander', kind: 'service' } }),
    },
  ],
  'GET /users/{id}': [{ may: DIRECTORY_READERS, ask: aUser }],
  'PATCH /users/{id}': [{ may: HOLDERS['users.manage'], ask: changed(aUser, { name: 'Somebody else' }) }],
  'GET /groups': [{ may: DIRECTORY_READERS }],
  'POST /groups': [{ may: HOLDERS['users.manage'], ask: () => ({ body: { name: randomUUID() } }) }],
  'GET /groups/{id}': [{ may: DIRECTORY_READERS, ask: aGroup }],
  'PATCH /groups/{id}': [{ may: HOLDERS['users.manage'], ask: changed(aGroup, { members: [] }) }],
  'GET /roles': [{ may: DIRECTORY_READERS }],
  'POST /roles': [{ may: HOLDERS['users.manage'], ask: () => ({ body: { name: randomUUID(), permissions: [] } }) }],
  'GET /roles/{name}': [{ may: DIRECTORY_READERS, ask: () => ({ params: ['lead'] }) }],
  'PATCH /roles/{name}': [
    {
      may: HOLDERS['users.manage'],
      ask: async (stage) => ({
        params: ['bystander'],
        headers: { 'if-match': await stage.etag('/roles/bystander') },
        body: { permissions: [] },
      }),
    },
  ],
  'GET /tokens': [
    { to: 'their own', may: PEOPLE },
    { to: 'the owner’s', may: ['owner', 'admin'], ask: (stage) => ({ query: `?userId=${stage.id('owner')}` }) },
  ],
  'POST /tokens': [
    { to: 'themselves', may: PEOPLE, ask: () => ({ body: { name: 'mine', expiresAt: inAnHour() } }) },
    {
      to: 'a service user',
      may: HOLDERS['users.manage'],
      ask: async (stage) => ({
        body: { name: 'its', expiresAt: inAnHour(), userId: await stage.serviceUser() },
      }),
    },
  ],
  'DELETE /tokens/{id}': [
    {
      to: 'the owner’s',
      may: ['owner', 'admin'],
      refusal: 404,
      ask: async (stage, _, may) => ({ params: [await stage.token(may)] }),
    },
  ],
  'PUT /session/last-use': [{ may: SIGNED_IN }],
  'GET /audit': [{ may: HOLDERS['audit.read'] }],
  'GET /audit/verification': [{ may: HOLDERS['audit.read'] }],
  // What each hears there is decided event by event.
  // It goes on for as long as somebody listens: what counts is how it begins.
  'GET /events': [{ may: SIGNED_IN, endless: true }],
  'GET /signing-keys': [{ may: anyOf('operations.manage', 'audit.read') }],
  'POST /signing-keys': operators(),
  'DELETE /signing-keys/{kid}': [
    // A real one would end every session there is.
    { may: HOLDERS['operations.manage'], answer: 404, ask: () => ({ params: ['unknown'] }) },
  ],
  'GET /.well-known/jwks.json': [{ may: EVERYBODY }],

  // Rules
  'GET /rules': [{ may: RULE_READERS }],
  'POST /rules': [
    {
      may: HOLDERS['rules.manage'],
      answer: 409,
      ask: () => ({ body: { role: 'developer', instructions: '', workflow: { type: 'autoPilot' } } }),
    },
  ],
  'GET /rules/{id}': [{ may: RULE_READERS, ask: aRule }],
  'PUT /rules/{id}': [
    {
      may: HOLDERS['rules.manage'],
      ask: async (stage, who, may) => {
        const id = await stage.rule()
        return asItIs(`/rules/${id}`, id)(stage, who, may)
      },
    },
  ],
  'DELETE /rules/{id}': [{ may: HOLDERS['rules.manage'], answer: 405, ask: aRule }],
  'GET /rules/{id}/versions': [{ may: RULE_READERS, ask: aRule }],
  'GET /rule-candidates': [{ may: RULE_READERS }],
  'GET /assignment-fields': [{ may: RULE_READERS }],
  'GET /request-form': [{ may: HOLDERS['exceptions.request'] }],

  // Exceptions
  'POST /exceptions/dry-run': [
    {
      may: HOLDERS['exceptions.request'],
      ask: () => ({ body: { expression: 'kev', expiration: { type: 'never' } } }),
    },
  ],
  'POST /exceptions': [
    { may: HOLDERS['exceptions.request'], ask: (stage, who) => ({ body: stage.request(who) }) },
    {
      to: 'be approved by themselves',
      may: HOLDERS['exceptions.request'],
      answer: 422,
      ask: (stage, who) => ({
        body: { ...stage.request(who), approvers: [who === 'nobody' ? null : stage.id(who), null] },
      }),
    },
  ],
  'GET /exceptions': [
    { may: HOLDERS['exceptions.read'] },
    {
      to: 'take away',
      may: HOLDERS['exceptions.export'],
      ask: () => ({ headers: { accept: 'text/csv' } }),
    },
  ],
  'POST /evidence': [{ may: HOLDERS['exceptions.request'], ask: () => FILE }],
  'GET /exceptions/{id}/evidence': [seen],
  'POST /exceptions/{id}/evidence': [
    {
      may: ['owner', 'ownerForRequests'],
      ask: async (stage, _, may) => ({ ...FILE, params: [await stage.pending(may)] }),
    },
  ],
  'GET /exceptions/{id}/evidence/{fileId}': [
    { may: READERS, ask: async (stage) => ({ params: [await stage.pending(false), await stage.file()] }) },
  ],
  'GET /exceptions/{id}': [seen],
  'GET /exceptions/{id}/history': [seen],
  'GET /exceptions/{id}/instances': [seen],
  'GET /exceptions/{id}/comments': [seen],
  'POST /exceptions/{id}/comments': [{ may: READERS, ...to('pending', { text: 'Why?' }) }],
  'POST /exceptions/{id}/withdraw': [
    { may: ['owner', 'ownerForRequests'], ...to('pending', {}) },
    // Too late for its requester, and never anybody else's.
    { may: ['owner', 'ownerForRequests'], answer: 409, ...to('active', {}) },
  ],
  'POST /exceptions/{id}/deactivate': [
    { may: ['deciding', 'later'], ...to('active', { reason: 'It is fixed.' }) },
    { may: ['deciding', 'later'], answer: 409, ...to('pending', { reason: 'It is fixed.' }) },
    { may: ['manager'], ...to('autoPilot', { reason: 'It is fixed.' }) },
  ],

  // Approvals
  'GET /approvals': [{ may: [...PEOPLE, 'adminForReading'] }],
  'POST /approvals/{exceptionId}/decision': [
    { may: ['deciding'], ...to('pending', { decision: 'approve' }) },
    { may: [], ...to('autoPilot', { decision: 'approve' }) },
  ],
  'GET /approvals/{exceptionId}/steps/{step}/candidates': [
    {
      may: HOLDERS['rules.manage'],
      ask: async (stage, _, may) => ({ params: [await stage.pending(may), '0'] }),
    },
  ],
  'POST /approvals/{exceptionId}/hand-over': [
    {
      may: HOLDERS['rules.manage'],
      ask: async (stage, _, may) => ({
        params: [await stage.pending(may)],
        body: { step: 0, toUserId: stage.id('candidate'), reason: 'on leave' },
      }),
    },
    {
      to: 'somebody else, of a request from a ticket: its reviewer can, too',
      may: [...HOLDERS['rules.manage'], 'deciding'],
      ask: async (stage, _, may) => ({
        params: [await stage.deferral(may)],
        body: { step: 0, toUserId: stage.id('candidate'), reason: 'on leave' },
      }),
    },
    {
      to: 'the requester',
      may: HOLDERS['rules.manage'],
      answer: 422,
      ask: async (stage) => ({
        params: [await stage.pending(false)],
        body: { step: 0, toUserId: stage.id('owner'), reason: 'on leave' },
      }),
    },
  ],

  // Queries, instances, ingest
  'GET /fields': [{ may: SIGNED_IN }],
  'GET /queries': [{ may: HOLDERS['instances.read'] }],
  'POST /queries': [
    { may: HOLDERS['queries.write'], ask: () => ({ body: { name: 'New', folder: '', expression: 'kev' } }) },
    {
      to: 'the reserved folder',
      may: HOLDERS['queries.write'],
      answer: 422,
      ask: () => ({ body: { name: 'New', folder: 'Vulnerability Exception Queries', expression: 'kev' } }),
    },
  ],
  'POST /queries/preview': [{ may: HOLDERS['instances.read'], ask: () => ({ body: { expression: 'kev' } }) }],
  'GET /queries/{id}': [
    { to: 'saved', may: HOLDERS['instances.read'], ask: savedQuery },
    { to: 'managed', may: HOLDERS['instances.read'], ask: managedQuery },
  ],
  'PATCH /queries/{id}': [
    { to: 'the owner’s', may: ['owner', 'admin'], ask: changed(savedQuery, { name: 'Renamed' }) },
    {
      to: 'a managed one',
      may: HOLDERS['queries.write'],
      answer: 409,
      ask: changed(managedQuery, { expression: 'true' }),
    },
  ],
  'DELETE /queries/{id}': [
    { to: 'the owner’s', may: ['owner', 'admin'], ask: savedQuery },
    { to: 'a managed one', may: HOLDERS['queries.write'], answer: 409, ask: managedQuery },
  ],
  'GET /instances': [{ may: HOLDERS['instances.read'] }],
  'GET /instances/{id}': [
    { may: HOLDERS['instances.read'], ask: async (stage) => ({ params: [await stage.instance()] }) },
  ],
  'GET /instances/{id}/coverage': [
    { may: HOLDERS['instances.read'], ask: async (stage) => ({ params: [await stage.instance()] }) },
  ],
  'GET /instances/{id}/tickets': [
    { may: HOLDERS['instances.read'], ask: async (stage) => ({ params: [await stage.instance()] }) },
  ],
  'GET /summary': [{ may: HOLDERS['instances.read'] }],
  'GET /summary/history': [{ may: HOLDERS['instances.read'] }],
  'POST /instances/batch': [
    { may: HOLDERS['instances.publish'], ask: () => ({ body: '{}', type: 'application/x-ndjson' }) },
  ],
  'POST /reports': [
    {
      may: HOLDERS['instances.publish'],
      ask: () => ({
        query: '?scanner=access&asset=nowhere',
        body: { bomFormat: 'CycloneDX', specVersion: '1.5', vulnerabilities: [] },
      }),
    },
  ],
  'GET /reports': [{ may: REPORT_READERS }],
  'GET /reports/{id}': [
    {
      to: 'the scanner’s',
      may: ['scanner', ...anyOf('operations.manage', 'audit.read')],
      ask: async (stage) => ({ params: [await stage.report()] }),
    },
  ],
  'GET /scans': [{ may: anyOf('instances.read', 'instances.publish') }],

  // Tickets
  'GET /tickets': [{ may: TICKET_READERS }],
  'POST /tickets': [{ may: anyOf('tickets.write', 'tickets.manage'), ask: (stage) => ({ body: stage.newTicket() }) }],
  'GET /tickets/{id}': [{ may: [...TICKET_READERS, 'owner', 'ownerForRequests'], ask: aTicket }],
  'GET /tickets/{id}/updates': [{ may: [...TICKET_READERS, 'owner', 'ownerForRequests'], ask: aTicket }],
  'PATCH /tickets/{id}': [
    {
      to: 'its title and status',
      may: anyOf('tickets.write', 'tickets.manage'),
      ask: changed(aTicket, { title: 'Of the owner', status: 'open' }),
    },
    ...[{ dueDate: '2099-01-01' }, { expression: 'kev' }, { ownerId: randomUUID() }].map((part) => ({
      to: `its ${Object.keys(part)[0]}`,
      may: HOLDERS['tickets.manage'],
      ...('ownerId' in part ? { answer: 422 } : {}),
      ask: 'ownerId' in part ? ownerlessTicket : changed(aTicket, part),
    })),
  ],
  'POST /tickets/{id}/exceptions': [
    {
      may: ['owner', 'ownerForRequests'],
      ask: async (stage, _, may) => ({
        params: [await stage.ticket(may)],
        body: {
          justification: 'The vendor ships a fix next month.',
          riskAcknowledged: true,
          useCase: 'fixUnavailable',
          proposedDueDate: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
        },
      }),
    },
  ],
  'PUT /external-tickets/{source}/{key}': [
    {
      may: HOLDERS['tickets.manage'],
      ask: (stage) => ({ params: ['access', randomUUID()], body: stage.newTicket() }),
    },
  ],
  'GET /settings/exceptions': [{ may: anyOf('tickets.manage', 'audit.read') }],
  'PUT /settings/exceptions': [{ may: HOLDERS['tickets.manage'], ask: asItIs('/settings/exceptions') }],
  'POST /settings/exceptions/dry-run': [
    {
      may: HOLDERS['tickets.manage'],
      ask: async (stage) => ({
        body: { ticketId: await stage.ticket(false), requesterId: stage.id('owner'), proposedDueDate: '2099-01-01' },
      }),
    },
  ],
  'GET /settings/due-dates': [{ may: anyOf('tickets.manage', 'audit.read') }],
  'PUT /settings/due-dates': [{ may: HOLDERS['tickets.manage'], ask: asItIs('/settings/due-dates') }],
  'GET /settings/grouping-rules': [{ may: anyOf('tickets.manage', 'audit.read') }],
  'POST /settings/grouping-rules': [
    {
      may: HOLDERS['tickets.manage'],
      ask: (stage) => ({
        body: { name: randomUUID(), by: 'asset', filter: 'asset.name == "nowhere"', ownerId: stage.id('owner') },
      }),
    },
  ],
  'PATCH /settings/grouping-rules/{id}': [
    {
      may: HOLDERS['tickets.manage'],
      answer: 404,
      ask: () => ({ params: [randomUUID()], headers: { 'if-match': '*' }, body: { enabled: false } }),
    },
  ],

  // Notices
  'GET /me/notifications': [{ may: PEOPLE }],
  'PATCH /me/notifications': [{ may: PEOPLE, ask: () => ({ body: { read: true } }) }],
  'GET /me/preferences': [{ may: PEOPLE }],
  'PUT /me/preferences': [{ may: PEOPLE, ask: () => ({ body: {}, headers: { 'if-match': '*' } }) }],
  'GET /mails': operators(),
  'GET /mail-templates': operators(),
  'GET /mail-templates/{kind}': operators({ params: ['approved'] }),
  'PUT /mail-templates/{kind}': operators({
    params: ['approved'],
    headers: { 'if-match': '*' },
    body: { subject: 'Approved: {{exceptionName}}', text: 'x', html: 'x' },
  }),
  'DELETE /mail-templates/{kind}': operators({ params: ['approved'] }),
  'POST /mail-templates/{kind}/preview': operators({ params: ['approved'], body: {} }),
  'GET /webhooks': operators(),
  // Whoever may make one makes none that goes within the network.
  'POST /webhooks': operators({ body: { url: 'https://127.0.0.1/' } }, 422),
  'GET /webhooks/{id}': operators({ params: [randomUUID()] }, 404),
  'PATCH /webhooks/{id}': operators({ params: [randomUUID()], headers: { 'if-match': '*' }, body: {} }, 404),
  'DELETE /webhooks/{id}': operators({ params: [randomUUID()] }, 404),
  'POST /webhooks/{id}/secret': operators({ params: [randomUUID()], body: {} }, 404),
  'POST /webhooks/{id}/ping': operators({ params: [randomUUID()] }, 404),
  'GET /webhooks/{id}/deliveries': operators({ params: [randomUUID()] }, 404),
  'GET /webhook-hosts': operators(),
  'PUT /webhook-hosts': operators({ body: { hosts: [] }, headers: { 'if-match': '*' } }),

  // Operations
  'GET /feeds': operators(),
  // Nothing says where it comes from.
  'POST /feeds/{name}/takes': operators({ params: ['kev'] }, 409),
  'GET /dead-letters': operators(),
  'GET /dead-letters/{id}': operators({ params: [randomUUID()] }, 404),
  'POST /dead-letters/{id}/redrive': operators({ params: [randomUUID()] }, 404),
  'POST /dead-letters/{id}/discard': operators({ params: [randomUUID()], body: { reason: 'None.' } }, 404),
  'GET /diagnostics/approvals': operators(),
  'GET /diagnostics/audit': operators(),
  'GET /diagnostics/directory': operators(),
  'GET /diagnostics/exceptions': operators(),
  'GET /diagnostics/notifications': operators(),
  'GET /diagnostics/rules': operators(),
  'GET /diagnostics/scope': operators(),
  'GET /diagnostics/tickets': operators(),
  'GET /reconciliations': operators(),
  'POST /reconciliations': operators(),
  'POST /republications/approvals.v1': operators(),
  'POST /republications/coverage.v1': operators(),
  'POST /republications/directory.v1': operators(),
  'POST /republications/exceptions.v1': operators(),
  'POST /republications/rules.v1': operators(),
  'POST /republications/scope.v1': operators(),
  'POST /republications/ticket-counts.v1': operators(),
  'POST /republications/tickets.v1': operators(),
}
