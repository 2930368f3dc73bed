/** Everything a role can allow. */
export const PERMISSIONS = [
  'exceptions.request',
  'exceptions.read',
  'exceptions.export',
  'instances.read',
  'instances.publish',
  'queries.write',
  'rules.manage',
  'users.manage',
  'tickets.write',
  'tickets.manage',
  'operations.manage',
  'audit.read',
] as const

export type Permission = (typeof PERMISSIONS)[number]
