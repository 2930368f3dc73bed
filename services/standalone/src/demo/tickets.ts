/** Who may ask for more time, and who reviews it. People by their keys. */
export const TICKET_SETTINGS = {
  requesterRoles: ['developer', 'platformEngineer', 'securityAnalyst'],
  reviewerRules: [
    { name: 'More than two months', when: 'request.days > 60', reviewer: 'amara' },
    { name: 'Criticals', when: 'ticket.severity == "critical" || ticket.overdue', reviewer: 'henrik' },
  ],
  fallbackReviewer: 'henrik',
  maxDeferralDays: 120,
  maxDeferralsInARow: 3,
} as const

export interface DemoTicket {
  title: string
  owner: string
  expression: string
  dueInDays: number
  ask?: {
    days: number
    useCase: 'technicalLimitation' | 'fixUnavailable' | 'unacceptableBusinessImpact' | 'other'
    justification: string
    outcome: 'waits' | 'approve' | 'deny'
    comment?: string
  }
  done?: true
}

export const TICKETS: readonly DemoTicket[] = [
  {
    title: 'Log4j on payment hosts',
    owner: 'dana',
    expression: 'component.name == "log4j-core" && asset.businessUnit == "Payments"',
    dueInDays: 12,
    ask: {
      days: 40,
      useCase: 'technicalLimitation',
      justification: 'The ledger’s vendor certifies the new version with its June release.',
      outcome: 'approve',
      comment: 'Until the June release, not longer.',
    },
  },
  {
    title: 'OpenSSL on everything that faces the internet',
    owner: 'ines',
    expression: 'component.name == "openssl" && asset.exposure == "internet"',
    dueInDays: 5,
    ask: {
      days: 75,
      useCase: 'unacceptableBusinessImpact',
      justification: 'Restarting the edge is frozen until the end of the season’s sale.',
      outcome: 'waits',
    },
  },
  {
    title: 'curl on image builders',
    owner: 'tomas',
    expression: 'component.name == "curl" && asset.businessUnit == "Platform"',
    dueInDays: -4,
    ask: {
      days: 20,
      useCase: 'other',
      justification: 'Nobody has had the time yet.',
      outcome: 'deny',
      comment: 'The new base image has it. Please raise it this week.',
    },
  },
  {
    title: 'Known exploited in the storefront',
    owner: 'marek',
    expression: 'kev && asset.businessUnit == "Storefront"',
    dueInDays: 9,
  },
  {
    title: 'lodash in search',
    owner: 'dana',
    expression: 'component.name == "lodash" && "product:search" in asset.tags',
    dueInDays: 30,
    done: true,
  },
]
