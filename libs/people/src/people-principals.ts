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
import { knownPermissions } from './people.js'
import type { PeopleTables } from './tables.js'
import { VerificationKeys } from './verification-keys.js'
import { lookUntil } from './wait.js'

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

  async #owner({ userId, tokenId }: TokenClaims) {
    return await this.#database.db
      .selectFrom('people_person as person')
      .leftJoin('people_person_role as role', 'role.name', 'person.role')
      .leftJoin('people_access_token as token', (join) => join.on('token.id', '=', tokenId))
      .select(['person.id', 'person.name', 'person.email', 'person.role', 'person.kind', 'person.active'])
      .select(['role.permissions as allowed', 'token.revoked_at'])
      .where('person.id', '=', userId)
      .executeTakeFirst()
  }
}
