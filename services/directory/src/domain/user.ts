export type UserKind = 'person' | 'service'

export interface User {
  id: string
  /** Null for a service user without one. */
  email: string | null
  name: string
  role: string
  active: boolean
  kind: UserKind
  version: number
  createdAt: Date
}

export interface UserChanges {
  name?: string | undefined
  email?: string | undefined
  role?: string | undefined
  active?: boolean | undefined
  password?: string | undefined
}

/** What the user is after the changes, one version on. */
export function changed(user: User, changes: UserChanges): User {
  return {
    ...user,
    name: changes.name ?? user.name,
    email: changes.email ?? user.email,
    role: changes.role ?? user.role,
    active: changes.active ?? user.active,
    version: user.version + 1,
  }
}

/**
 * True where the change takes away a person who can sign in and manage everything. A service user does not count: it cannot sign in,
 * so it cannot let anybody back in.
 */
export function ceasesToAdminister(before: User, after: User, adminRole: string): boolean {
  const administers = (user: User) => user.active && user.kind === 'person' && user.role === adminRole
  return administers(before) && !administers(after)
}
