/** The demo's exceptions: who asked for what, why, and how it went. Days count from the start of the demo. */

export type Outcome =
  | { is: 'pending'; approvedSteps: number }
  | { is: 'active' }
  | { is: 'denied'; comment: string }
  | { is: 'deactivated'; reason: string }
  | { is: 'withdrawn'; reason: string }
  | { is: 'expired' }

export interface DemoException {
  name: string
  by: string
  expression: string
  justification: string
  useCase?: string
  evidenceLink?: string
  expiration: { type: 'never' } | { type: 'days'; days: number }
  outcome: Outcome
}

export interface DemoRule {
  role: string
  instructions: string
  /** Keys of people, per step; none: Auto Pilot. */
  steps: ReadonlyArray<readonly string[]>
}

export const RULES: readonly DemoRule[] = [
  {
    role: 'developer',
    instructions:
      'Say what keeps you from fixing it now, what protects the asset meanwhile, and when you will look at it again. Choose the analyst who knows your unit.',
    steps: [
      ['sofia', 'priya'],
      ['henrik', 'amara'],
    ],
  },
  {
    role: 'platformEngineer',
    instructions:
      'Name the change that will remove the risk and its date. Findings on hosts that face the internet need a compensating control.',
    steps: [['sofia', 'priya'], ['henrik'], ['lena']],
  },
  {
    role: 'securityAnalyst',
    instructions: 'Approved at once. Use it for false positives and for noise, and write down how you know.',
    steps: [],
  },
]

export interface DemoQuery {
  name: string
  folder: string
  by: string
  expression: string
}

export const QUERIES: readonly DemoQuery[] = [
  {
    name: 'Known exploited, facing the internet',
    folder: 'Daily',
    by: 'sofia',
    expression: 'kev && asset.exposure == "internet"',
  },
  {
    name: 'Critical in production for over 30 days',
    folder: 'Daily',
    by: 'sofia',
    expression: 'severity == "critical" && asset.environment == "production" && now - firstSeen > duration("720h")',
  },
  {
    name: 'Payments: high and up',
    folder: 'Units',
    by: 'dana',
    expression: 'asset.businessUnit == "Payments" && severity in ["critical", "high"]',
  },
  { name: 'No fix there yet', folder: 'Units', by: 'ines', expression: 'fixAvailable == false' },
  { name: 'End-of-life hosts', folder: 'Platform', by: 'ines', expression: '"end-of-life" in asset.tags' },
  { name: 'Log4Shell anywhere', folder: 'Campaigns', by: 'priya', expression: 'vulnerability == "CVE-2021-44228"' },
]

export const EXCEPTIONS: readonly DemoException[] = [
  {
    name: 'Ledger keeps snakeyaml 1.x until the 2.0 migration',
    by: 'dana',
    expiration: { type: 'days', days: 90 },
    expression: 'vulnerability == "CVE-2022-1471" && asset.businessUnit == "Payments"',
    justification:
      'The ledger parses YAML from its own repository only, never from users. The migration to snakeyaml 2 is planned with the framework upgrade in the next quarter.',
    useCase: 'technicalLimitation',
    evidenceLink: 'https://wiki.reprieve.example/ledger/snakeyaml',
    outcome: { is: 'active' },
  },
  {
    name: 'HTTP/2 rapid reset behind the ingress',
    by: 'tomas',
    expiration: { type: 'days', days: 60 },
    expression: 'vulnerability == "CVE-2023-44487" && asset.exposure == "internal"',
    justification:
      'Internal services are reached through the ingress only, which limits resets per connection. Go modules are raised service by service.',
    evidenceLink: 'https://wiki.reprieve.example/ingress/rapid-reset',
    outcome: { is: 'active' },
  },
  {
    name: 'guava temporary folder',
    by: 'marek',
    expiration: { type: 'never' },
    expression: 'component.name == "guava" && vulnerability == "CVE-2020-8908"',
    justification: 'The affected method is not called anywhere; checked by static analysis in each build.',
    outcome: { is: 'active' },
  },
  {
    name: 'Debian will not fix: apt-key',
    by: 'sofia',
    expiration: { type: 'never' },
    expression: 'vulnerability == "CVE-2011-3374"',
    justification: 'The distribution does not intend to fix it, and apt-key is not used on any of our hosts.',
    outcome: { is: 'active' },
  },
  {
    name: 'glob exhaustion in glibc',
    by: 'priya',
    expiration: { type: 'days', days: 365 },
    expression: 'vulnerability == "CVE-2010-4756" && severity in ["medium", "low"]',
    justification: 'Disputed since 2010; needs a shell on the host.',
    outcome: { is: 'active' },
  },
  {
    name: 'Search keeps lodash 4.17.15 over the season',
    by: 'dana',
    expiration: { type: 'days', days: 45 },
    expression: 'component.name == "lodash" && "product:search" in asset.tags',
    justification: 'Code freeze until the sale is over. Templates are compiled at build time, not from input.',
    useCase: 'unacceptableBusinessImpact',
    outcome: { is: 'pending', approvedSteps: 1 },
  },
  {
    name: 'Warehouse scanners run Debian 11',
    by: 'ines',
    expiration: { type: 'days', days: 180 },
    expression: 'asset.os == "debian 11" && asset.businessUnit == "Logistics" && asset.exposure != "internet"',
    justification: 'The handheld vendor certifies Debian 12 in spring. The devices are on a network of their own.',
    useCase: 'technicalLimitation',
    evidenceLink: 'https://wiki.reprieve.example/warehouse/debian',
    outcome: { is: 'pending', approvedSteps: 2 },
  },
  {
    name: 'Staging of the storefront',
    by: 'marek',
    expiration: { type: 'days', days: 30 },
    expression: 'asset.businessUnit == "Storefront" && asset.environment == "staging"',
    justification: 'Staging is rebuilt every night from production images and holds no customer data.',
    outcome: { is: 'pending', approvedSteps: 0 },
  },
  {
    name: 'All of development, for good',
    by: 'marek',
    expiration: { type: 'never' },
    expression: 'asset.environment == "development"',
    justification: 'Development is not reachable from outside.',
    outcome: {
      is: 'denied',
      comment: 'Too broad, and repositories are development too. Please ask per product and with an end.',
    },
  },
  {
    name: 'Log4Shell on the old batch runner',
    by: 'tomas',
    expiration: { type: 'days', days: 14 },
    expression: 'vulnerability == "CVE-2021-44228" && "product:batch" in asset.tags',
    justification: 'The runner is replaced within two weeks; message look-ups are switched off by its configuration.',
    outcome: { is: 'denied', comment: 'Exploited in the wild. Take it off the network or patch it this week.' },
  },
  {
    name: 'sudo on build hosts',
    by: 'ines',
    expiration: { type: 'days', days: 90 },
    expression: 'vulnerability == "CVE-2021-3156" && "product:ci-runner" in asset.tags',
    justification: 'Build hosts have no interactive users.',
    outcome: { is: 'deactivated', reason: 'All build hosts were rebuilt on the new image.' },
  },
  {
    name: 'setuptools in the fraud notebooks',
    by: 'priya',
    expiration: { type: 'never' },
    expression: 'component.name == "setuptools" && asset.businessUnit == "Payments"',
    justification: 'Believed to be a false positive of the scanner.',
    outcome: { is: 'deactivated', reason: 'It was not a false positive: the package is loaded at run time.' },
  },
  {
    name: 'qs in the card gateway',
    by: 'dana',
    expiration: { type: 'days', days: 30 },
    expression: 'component.name == "qs" && "product:card-gateway" in asset.tags',
    justification: 'Waiting for the framework’s release.',
    outcome: { is: 'withdrawn', reason: 'The framework was released; we fix it now.' },
  },
  {
    name: 'curl on image builders',
    by: 'sofia',
    expiration: { type: 'days', days: 30 },
    expression: 'vulnerability == "CVE-2023-38545" && asset.businessUnit == "Platform"',
    justification: 'No SOCKS proxy is used while images are built. Short-lived until the base image is raised.',
    outcome: { is: 'expired' },
  },
]
