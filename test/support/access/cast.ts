import { randomUUID } from 'node:crypto'
import { generateSigningKey, type Permission, signToken } from '@reprieve/auth'
import { Api } from '../api.js'
import type { SystemInProcess } from '../system-in-process.js'

export const PASSWORD = 'correct horse battery staple'

/** Those who are signed in, each another kind of caller: by role, by what they are to the owner's exception, by token. */
export const SIGNED_IN = [
  'admin',
  'manager',
  'auditor',
  'scanner',
  // Asked for the exception that things are done to, and owns the other things.
  'owner',
  // Of the owner's role, with nothing to do with any of it.
  'colleague',
  // Hold its two steps, the first of which waits. Their role permits nothing that is done here.
  'deciding',
  'later',
  // Could have been chosen for the first step, and was not.
  'candidate',
  // Of a role that permits nothing.
  'outsider',
  // Tokens that were narrowed.
  'ownerForRequests',
  'ownerForReading',
  'decidingNarrowed',
  'adminForReading',
] as const
export type SignedIn = (typeof SIGNED_IN)[number]

/** Those who count as nobody, whatever they were. */
export const NOBODIES = ['nobody', 'deactivated', 'revoked', 'forged', 'altered'] as const
export type Nobody = (typeof NOBODIES)[number]

export type Caller = SignedIn | Nobody

/** Who has which permission, written down independently of the roles' own table. */
export const HOLDERS: Readonly<Record<Permission, readonly SignedIn[]>> = {
  'exceptions.request': ['admin', 'manager', 'owner', 'colleague', 'ownerForRequests'],
  'exceptions.read': ['admin', 'manager', 'auditor', 'adminForReading'],
  'exceptions.export': ['admin', 'manager', 'auditor'],
  'instances.read': ['admin', 'manager', 'auditor', 'owner', 'colleague', 'ownerForReading', 'adminForReading'],
  'instances.publish': ['admin', 'scanner'],
  'queries.write': ['admin', 'manager', 'owner', 'colleague'],
  'rules.manage': ['admin', 'manager'],
  'users.manage': ['admin'],
  'tickets.write': ['admin', 'manager', 'deciding', 'later', 'candidate', 'decidingNarrowed'],
  'tickets.manage': ['admin', 'manager'],
  'operations.manage': ['admin'],
  'audit.read': ['admin', 'auditor'],
}

const ROLES: Readonly<Record<string, readonly Permission[]>> = {
  developer: ['exceptions.request', 'instances.read', 'queries.write'],
  lead: ['tickets.write'],
  bystander: [],
}

const PEOPLE: Readonly<Record<string, string>> = {
  admin: 'admin',
  manager: 'exceptionsManager',
  auditor: 'auditor',
  scanner: 'scanner',
  owner: 'developer',
  colleague: 'developer',
  deciding: 'lead',
  later: 'lead',
  candidate: 'lead',
  outsider: 'bystander',
  deactivated: 'admin',
}

const NARROWED: Readonly<Record<string, readonly [owner: string, ...permissions: Permission[]]>> = {
  ownerForRequests: ['owner', 'exceptions.request'],
  ownerForReading: ['owner', 'instances.read'],
  decidingNarrowed: ['deciding', 'tickets.write'],
  adminForReading: ['admin', 'exceptions.read', 'instances.read'],
}

/** Somebody's token, and who that is. */
export interface Player {
  id: string
  email: string
  token: string
}

/** Everyone who calls, made through the API by the first administrator. */
export class Cast {
  readonly root: Api
  readonly #url: string
  readonly #players: ReadonlyMap<string, Player>

  private constructor(root: Api, url: string, players: ReadonlyMap<string, Player>) {
    this.root = root
    this.#url = url
    this.#players = players
  }

  static async assemble(system: SystemInProcess, admin: string): Promise<Cast> {
    const { url } = system.gateway
    const root = await new Api(url).signIn(admin, PASSWORD)
    for (const [name, permissions] of Object.entries(ROLES)) await created(root, '/roles', { name, permissions })
    const players = new Map<string, Player>()
    for (const [name, role] of Object.entries(PEOPLE)) {
      const email = `${name}@reprieve.example`
      const { id } = await created(root, '/users', { email, name, role, kind: 'person', password: PASSWORD })
      players.set(name, { id, email, token: await signIn(url, email) })
    }
    const token = async (owner: string, permissions?: readonly Permission[]) => {
      const player = of(players, owner)
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
      const asked = { name: 'narrowed', expiresAt, ...(permissions === undefined ? {} : { permissions }) }
      return created<{ id: string; token: string }>(new Api(url, player.token), '/tokens', asked)
    }
    for (const [name, [owner, ...permissions]] of Object.entries(NARROWED)) {
      players.set(name, { ...of(players, owner), token: (await token(owner, permissions)).token })
    }
    const revoked = await token('admin')
    await new Api(url, of(players, 'admin').token).call('DELETE', `/tokens/${revoked.id}`)
    players.set('revoked', { ...of(players, 'admin'), token: revoked.token })
    players.set('forged', { ...of(players, 'admin'), token: await forged(of(players, 'admin')) })
    players.set('altered', { ...of(players, 'admin'), token: altered(of(players, 'admin').token) })
    const gone = of(players, 'deactivated')
    const { headers } = await root.get(`/users/${gone.id}`)
    const ended = await root.call('PATCH', `/users/${gone.id}`, '{"active":false}', {
      'content-type': 'application/json',
      'if-match': headers.get('etag') ?? '',
    })
    if (ended.status !== 200) throw new Error(`nobody was deactivated: ${ended.status}`)
    await system.settled()
    return new Cast(root, url, players)
  }

  player(caller: Exclude<Caller, 'nobody'>): Player {
    return of(this.#players, caller)
  }

  /** A client with the caller's own token. */
  as(caller: Caller): Api {
    return new Api(this.#url, caller === 'nobody' ? null : of(this.#players, caller).token)
  }

  /** A new session of a person, for what ends one. */
  async anotherSession(email: string): Promise<string> {
    return signIn(this.#url, email)
  }
}

export async function created<T = { id: string }>(api: Api, path: string, body: unknown): Promise<T & { id: string }> {
  const answer = await api.post<T & { id: string }>(path, body)
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

async function signIn(url: string, email: string): Promise<string> {
  const { status, body } = await new Api(url).post<{ accessToken: string }>('/session', { email, password: PASSWORD })
  if (status !== 200) throw new Error(`${email} cannot sign in: ${status}`)
  return body.accessToken
}

/** A token for somebody that is right in everything, the name of its key included, but not signed by that key. */
async function forged({ id: userId, token }: Player): Promise<string> {
  const { key: own } = await generateSigningKey()
  const [header = ''] = token.split('.')
  const key = { ...own, ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }) }
  const now = Date.now()
  return signToken(key, {
    kind: 'session',
    tokenId: randomUUID(),
    userId,
    issuedAt: new Date(now),
    expiresAt: new Date(now + 3_600_000),
    permissions: null,
  })
}

/** A real token whose claims were changed after it was signed. */
function altered(token: string): string {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), exp: 4_102_444_800 }
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.')
}

function of(players: ReadonlyMap<string, Player>, name: string): Player {
  const player = players.get(name)
  if (player === undefined) throw new Error(`there is no ${name}`)
  return player
}
