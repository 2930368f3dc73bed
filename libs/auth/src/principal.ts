import type { Permission } from './permissions.js'

/** Who is calling: a verified token's owner with what the directory says of them now. */
export interface Principal {
  id: string
  name: string
  email: string
  role: string
  kind: 'person' | 'service'
  /** Those of the role, narrowed to the token's where it has its own. */
  permissions: ReadonlySet<Permission>
  /**
   * The token has permissions of its own: it then does not act by what its owner is to a thing (say, a chosen approver), unless one of
   * those permissions says so. A token made for a pipeline must not be able to decide in its owner's name.
   */
  narrowed: boolean
  /** The session's or access token's id (`jti`). */
  tokenId: string
}
