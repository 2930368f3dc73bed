/** The demo company: an online shop with its people, units and what they run. All names are made up. */

export const DOMAIN = 'reprieve.example'

export interface DemoRole {
  name: string
  permissions: readonly string[]
}

export const ROLES: readonly DemoRole[] = [
  {
    name: 'developer',
    permissions: ['exceptions.request', 'exceptions.read', 'instances.read', 'queries.write', 'tickets.write'],
  },
  {
    name: 'platformEngineer',
    permissions: ['exceptions.request', 'exceptions.read', 'instances.read', 'queries.write', 'tickets.write'],
  },
  {
    name: 'securityAnalyst',
    permissions: [
      'exceptions.request',
      'exceptions.read',
      'exceptions.export',
      'instances.read',
      'queries.write',
      'audit.read',
    ],
  },
  { name: 'riskOwner', permissions: ['exceptions.read', 'instances.read'] },
]

export interface DemoPerson {
  key: string
  name: string
  role: string
}

export const PEOPLE: readonly DemoPerson[] = [
  { key: 'dana', name: 'Dana Okafor', role: 'developer' },
  { key: 'marek', name: 'Marek Novák', role: 'developer' },
  { key: 'ines', name: 'Inês Carvalho', role: 'platformEngineer' },
  { key: 'tomas', name: 'Tomás Rivera', role: 'platformEngineer' },
  { key: 'sofia', name: 'Sofia Lindqvist', role: 'securityAnalyst' },
  { key: 'priya', name: 'Priya Raman', role: 'securityAnalyst' },
  { key: 'henrik', name: 'Henrik Vogel', role: 'riskOwner' },
  { key: 'amara', name: 'Amara Diallo', role: 'riskOwner' },
  { key: 'lena', name: 'Lena Fischer', role: 'exceptionsManager' },
  { key: 'olu', name: 'Olu Adeyemi', role: 'auditor' },
]

export interface BusinessUnit {
  name: string
  owner: string
  products: readonly string[]
}

export const UNITS: readonly BusinessUnit[] = [
  {
    name: 'Storefront',
    owner: 'storefront-team',
    products: ['catalog', 'search', 'cart', 'checkout-web', 'recommendations'],
  },
  { name: 'Payments', owner: 'payments-team', products: ['ledger', 'card-gateway', 'refunds', 'fraud-scoring'] },
  { name: 'Logistics', owner: 'logistics-team', products: ['warehouse', 'labels', 'routing', 'returns'] },
  {
    name: 'Platform',
    owner: 'platform-team',
    products: ['ingress', 'identity', 'ci-runner', 'observability', 'batch'],
  },
]
