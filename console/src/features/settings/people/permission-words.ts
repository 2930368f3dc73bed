import type { Permission } from '../../../api/schemas.js'

/** Every permission, and what it lets one do. */
export const PERMISSION_WORDS: Readonly<Record<Permission, string>> = {
  'exceptions.request': 'Request exceptions (the role also needs a rule)',
  'exceptions.read': 'Read all exceptions',
  'exceptions.export': 'Export exceptions',
  'instances.read': 'Read vulnerability instances',
  'instances.publish': 'Publish instances and reports',
  'queries.write': 'Save queries',
  'rules.manage': 'Write exception rules, hand steps over',
  'users.manage': 'Manage users, groups and roles',
  'tickets.write': 'Work on tickets',
  'tickets.manage': 'Manage tickets and their settings',
  'operations.manage': 'Operate: reconciliation, dead letters, webhooks, mail',
  'audit.read': 'Read the journal',
}

export const PERMISSIONS = Object.keys(PERMISSION_WORDS) as Permission[]
