import {
  IconAdjustments,
  IconBug,
  IconFileImport,
  IconHome,
  IconListSearch,
  IconShieldCheck,
  IconTicket,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Permission } from '../api/schemas.js'

export interface Place {
  to: string
  label: string
  icon: TablerIcon
  /** Any of these opens it; none: everybody. */
  permissions: readonly Permission[]
  /** The second key after `g`. */
  key: string
  /** What else people call it. */
  words?: string
}

/** The pages of the first level, in the order of the sidebar. */
export const PLACES: readonly Place[] = [
  { to: '/', label: 'Home', icon: IconHome, permissions: [], key: 'h', words: 'dashboard overview waiting for me' },
  {
    to: '/instances',
    label: 'Vulnerability Instances',
    icon: IconBug,
    permissions: ['instances.read'],
    key: 'i',
    words: 'findings assets cve covered uncovered',
  },
  {
    to: '/exceptions',
    label: 'Exception Management',
    icon: IconShieldCheck,
    permissions: ['exceptions.read', 'exceptions.request'],
    key: 'e',
    words: 'requests approvals accepted risk',
  },
  {
    to: '/queries',
    label: 'Queries',
    icon: IconListSearch,
    permissions: ['instances.read'],
    key: 'q',
    words: 'saved filters vulnerability exception queries cel',
  },
  {
    to: '/tickets',
    label: 'Tickets',
    icon: IconTicket,
    permissions: ['tickets.write', 'tickets.manage', 'audit.read'],
    key: 't',
    words: 'remediation due dates deferral',
  },
  {
    to: '/reports',
    label: 'Reports and Scanners',
    icon: IconFileImport,
    permissions: ['instances.publish', 'operations.manage', 'audit.read'],
    key: 'r',
    words: 'import upload scans dead letters',
  },
  {
    to: '/settings',
    label: 'Admin Settings',
    icon: IconAdjustments,
    permissions: ['rules.manage', 'users.manage', 'tickets.manage', 'operations.manage', 'audit.read'],
    key: 's',
    words: 'rules users roles groups webhooks mail templates',
  },
]

/** The places that these permissions open. */
export const placesFor = (permissions: readonly Permission[]): Place[] =>
  PLACES.filter((place) => place.permissions.length === 0 || place.permissions.some((p) => permissions.includes(p)))
