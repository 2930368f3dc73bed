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
  /** The session's or access token's id (`jti`). */
  tokenId: string
}
