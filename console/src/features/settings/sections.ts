import type { ComponentType, LazyExoticComponent } from 'react'
import { lazy } from 'react'
import type { Permission } from '../../api/schemas.js'

export interface Section {
  id: string
  label: string
  /** Any of these opens it. */
  permissions: readonly Permission[]
  component: LazyExoticComponent<ComponentType>
}

const part = <K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K) =>
  lazy(() => load().then((module) => ({ default: module[name] })))

/** The parts of Admin Settings, in their order. */
export const SECTIONS: readonly Section[] = [
  {
    id: 'rules',
    label: 'Exception rules',
    permissions: ['rules.manage', 'audit.read'],
    component: part(() => import('./rules/rules-section.js'), 'RulesSection'),
  },
  {
    id: 'users',
    label: 'Users',
    permissions: ['users.manage', 'audit.read'],
    component: part(() => import('./people/users-section.js'), 'UsersSection'),
  },
  {
    id: 'groups',
    label: 'Groups',
    permissions: ['users.manage', 'audit.read'],
    component: part(() => import('./people/groups-section.js'), 'GroupsSection'),
  },
  {
    id: 'roles',
    label: 'Roles',
    permissions: ['users.manage', 'audit.read'],
    component: part(() => import('./people/roles-section.js'), 'RolesSection'),
  },
  {
    id: 'ticket-exceptions',
    label: 'Ticket exceptions',
    permissions: ['tickets.manage', 'audit.read'],
    component: part(() => import('./tickets/ticket-exceptions-section.js'), 'TicketExceptionsSection'),
  },
  {
    id: 'due-dates',
    label: 'Due dates',
    permissions: ['tickets.manage', 'audit.read'],
    component: part(() => import('./tickets/due-dates-section.js'), 'DueDatesSection'),
  },
  {
    id: 'grouping-rules',
    label: 'Grouping rules',
    permissions: ['tickets.manage', 'audit.read'],
    component: part(() => import('./tickets/grouping-rules-section.js'), 'GroupingRulesSection'),
  },
  {
    id: 'webhooks',
    label: 'Webhooks',
    permissions: ['operations.manage'],
    component: part(() => import('./webhooks/webhooks-section.js'), 'WebhooksSection'),
  },
  {
    id: 'mail-templates',
    label: 'Mail templates',
    permissions: ['operations.manage'],
    component: part(() => import('./mail/mail-templates-section.js'), 'MailTemplatesSection'),
  },
  {
    id: 'reconciliations',
    label: 'Reconciliations',
    permissions: ['operations.manage'],
    component: part(() => import('./operations/reconciliations-section.js'), 'ReconciliationsSection'),
  },
  {
    id: 'journal',
    label: 'Journal',
    permissions: ['audit.read'],
    component: part(() => import('./journal/journal-section.js'), 'JournalSection'),
  },
]

export const sectionsFor = (permissions: readonly Permission[]): Section[] =>
  SECTIONS.filter((section) => section.permissions.some((permission) => permissions.includes(permission)))
