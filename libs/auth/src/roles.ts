import { PERMISSIONS, type Permission } from './permissions.js'

/** The one role that owns what others own, too: see the truth table. */
export const ADMIN_ROLE = 'admin'

/** Roles that every installation has and nobody changes. Others are made by an admin. */
export const BUILT_IN_ROLES = {
  [ADMIN_ROLE]: PERMISSIONS,
  exceptionsManager: [
    'exceptions.request',
    'exceptions.read',
    'exceptions.export',
    'instances.read',
    'queries.write',
    'rules.manage',
    'tickets.write',
    'tickets.manage',
  ],
  auditor: ['exceptions.read', 'exceptions.export', 'instances.read', 'audit.read'],
  scanner: ['instances.publish'],
} as const satisfies Record<string, readonly Permission[]>

export type BuiltInRole = keyof typeof BUILT_IN_ROLES

export const isBuiltInRole = (name: string): name is BuiltInRole => Object.hasOwn(BUILT_IN_ROLES, name)
