import type { Permission } from '@reprieve/auth'

/**
 * Nobody hands out more than they have. Managing users is not a way to become an administrator: whoever lacks a permission can
 * neither give it (by a role, a token or a password they choose) nor take it away from somebody who has it.
 * @returns the permissions that the actor lacks; empty where they may go on
 */
export function beyondAuthority(
  actor: ReadonlySet<Permission>,
  ...touched: ReadonlyArray<Iterable<Permission>>
): Permission[] {
  const beyond = new Set<Permission>()
  for (const permissions of touched) {
    for (const permission of permissions) if (!actor.has(permission)) beyond.add(permission)
  }
  return [...beyond]
}
