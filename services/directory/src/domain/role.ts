import { PERMISSIONS, type Permission } from '@reprieve/auth'

export interface Role {
  name: string
  /** In the order of PERMISSIONS, each once. */
  permissions: readonly Permission[]
  builtIn: boolean
  version: number
  createdAt: Date
}

/** In the closed list's order, each once and nothing beside it: the same set is always written the same way. */
export const inOrder = (permissions: Iterable<string>): Permission[] => {
  const given = new Set<string>(permissions)
  return PERMISSIONS.filter((permission) => given.has(permission))
}
