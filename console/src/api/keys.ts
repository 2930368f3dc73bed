/**
 * The first part of every query key: what kind of thing it shows. The live stream marks all of a kind as old when one of them changes, so a
 * query whose answer depends on several kinds names each, joined by a plus.
 */
export const KINDS = [
  'me',
  'exceptions',
  'approvals',
  'instances',
  'queries',
  'reports',
  'summary',
  'rules',
  'users',
  'groups',
  'roles',
  'tokens',
  'webhooks',
  'mailTemplates',
  'notifications',
  'preferences',
  'audit',
  'tickets',
  'fields',
  'reconciliations',
  'scans',
  'deadLetters',
  'feeds',
] as const

export type Kind = (typeof KINDS)[number]
