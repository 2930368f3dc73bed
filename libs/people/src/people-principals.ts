import {
  isTokenFault,
  type Principal,
  type PrincipalSource,
  type TokenClaims,
  type TokenFault,
  tokenFault,
  verifyToken,
} from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import { knownPermissions } from './people.js'
import type { PeopleTables } from './tables.js'
import { VerificationKeys } from './verification-keys.js'
import { lookUntil } from './wait.js'

/** A verified token, to be asked about again without its text: what long-lived answers rest on. */
export interface WatchedToken {
  claims: TokenClaims
  /** Of the key that signed it. */
  kid: string
}

/**
 * Who a token speaks for, checked against this service's replica of the directory. The owner, the role and the revocation are read for
 * each request (one lookup by keys), so nothing is remembered that a deactivation would have to reach.
 */
export class PeoplePrincipals implements PrincipalSource {
  readonly #database: Database<PeopleTables>
  readonly #clock: Clock
  readonly #keys: VerificationKeys

  constructor(database: Database<PeopleTables>, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#keys = new VerificationKeys(database, clock)
  }

  async principalOf(token: string): Promise<Principal | TokenFault> {
    const claims = await verifyToken(token, (kid) => this.#keys.find(kid), this.#clock)
    if (isTokenFault(claims)) return claims
    // The signature is right, so the owner exists: if nobody here has heard of them yet, their event is on its way.
    const owner = await lookUntil(
      () => this.#owner(claims),
      (seen) => seen !== undefined && seen.allowed !== null,
    )
    return this.#judge(claims, owner)
  }

  /** For `now`: the token as it was verified. */
  async watch(token: string): Promise<WatchedToken | TokenFault> {
    let kid = ''
    const claims = await verifyToken(
      token,
      (named) => {
        kid = named
        return this.#keys.find(named)
      },
      this.#clock,
    )
    return isTokenFault(claims) ? claims : { claims, kid }
  }

  /**
   * Who these tokens speak for at this moment, or why they no longer count: expired, revoked, their key retired, their owner deactivated.
   * One query for all of them. @returns by the token's id
   */
  async now(tokens: readonly WatchedToken[]): Promise<Map<string, Principal | TokenFault>> {
    if (tokens.length === 0) return new Map()
    const owners = await this.#owners(tokens.map(({ claims }) => claims))
    const judged = new Map<string, Principal | TokenFault>()
    for (const { claims, kid } of tokens) {
      if (claims.expiresAt <= this.#clock.now()) judged.set(claims.tokenId, tokenFault('TOKEN_EXPIRED'))
      else if ((await this.#keys.find(kid)) === null) judged.set(claims.tokenId, tokenFault('TOKEN_KEY_UNKNOWN'))
      else judged.set(claims.tokenId, this.#judge(claims, owners.get(claims.tokenId)))
    }
    return judged
  }

  #judge(claims: TokenClaims, owner: Owner | undefined): Principal | TokenFault {
    if (owner === undefined) return tokenFault('OWNER_UNKNOWN')
    if (owner.revoked_at !== null && owner.revoked_at <= this.#clock.now()) return tokenFault('TOKEN_REVOKED')
    if (!owner.active) return tokenFault('OWNER_INACTIVE')
    const allowed = knownPermissions(owner.allowed ?? [])
    const { permissions } = claims
    return {
      id: owner.id,
      name: owner.name,
      email: owner.email,
      role: owner.role,
      kind: owner.kind,
      permissions:
        permissions === null ? allowed : new Set(permissions.filter((permission) => allowed.has(permission))),
      narrowed: permissions !== null,
      tokenId: claims.tokenId,
    }
  }

  async #owner(claims: TokenClaims): Promise<Owner | undefined> {
    return (await this.#owners([claims])).get(claims.tokenId)
  }

  async #owners(claims: readonly TokenClaims[]): Promise<Map<string, Owner>> {
    const { rows } = await sql<Owner & { token_id: string }>`
      SELECT given.token_id, person.id, person.name, person.email, person.role, person.kind, person.active,
             role.permissions AS allowed, token.revoked_at
      FROM unnest(${claims.map(({ tokenId }) => tokenId)}::uuid[], ${claims.map(({ userId }) => userId)}::uuid[])
           AS given(token_id, person_id)
      JOIN people_person AS person ON person.id = given.person_id
      LEFT JOIN people_person_role AS role ON role.name = person.role
      LEFT JOIN people_access_token AS token ON token.id = given.token_id`.execute(this.#database.db)
    return new Map(rows.map((row) => [row.token_id, row]))
  }
}

interface Owner {
  id: string
  name: string
  email: string
  role: string
  kind: 'person' | 'service'
  active: boolean
  /** Null for a role that is not known yet. */
  allowed: string[] | null
  revoked_at: Date | null
}
