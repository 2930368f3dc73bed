import type { Permission } from '@reprieve/auth'

/** A user as the directory last told of them. `email` is empty for a service user without one. */
export interface Person {
  id: string
  name: string
  email: string
  role: string
  active: boolean
  kind: 'person' | 'service'
}

export interface Group {
  id: string
  name: string
}

export interface Role {
  name: string
  permissions: ReadonlySet<Permission>
}
