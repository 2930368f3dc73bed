import type { Principal } from './principal.js'
import type { TokenFault } from './token-fault.js'

/** Turns a bearer token into who is calling, or into why it does not count. */
export interface PrincipalSource {
  /** Rejects only for faults of the surroundings (say, the database is away), never for what the token says. */
  principalOf(token: string): Promise<Principal | TokenFault>
}
