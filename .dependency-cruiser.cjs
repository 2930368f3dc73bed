// The directions that imports may take; docs/PROJECT_STRUCTURE.md says why.
const service = '^services/([^/]+)/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Files that need each other are one file or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment: 'domain/ holds the rules of the game: no Nest, no database, no network, no files.',
      severity: 'error',
      from: { path: `${service}src/domain/`, pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '^services/[^/]+/src/domain/',
          '^libs/(clock|contracts|query|auth|assignment)/',
          '^node_modules/(uuid|@bufbuild/protobuf|luxon|@types/luxon|ipaddr\\.js|packageurl-js|ae-cvss-calculator|cvss[^/]*)/',
          '^(node:)?crypto$',
        ],
      },
    },
    {
      name: 'application-knows-no-adapter',
      comment: 'application/ names the ports it needs; adapters implement them.',
      severity: 'error',
      from: { path: `${service}src/application/`, pathNot: '\\.spec\\.ts$' },
      to: { path: '^services/[^/]+/src/(adapters/(?!postgres/tables)|main\\.ts)' },
    },
    {
      name: 'no-service-imports-another',
      comment: 'Services meet through topics. Standalone alone composes them.',
      severity: 'error',
      from: { path: service, pathNot: '^services/standalone/' },
      to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    },
    {
      name: 'libs-know-no-service',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^services/' },
    },
    {
      name: 'packages-by-their-door',
      comment: 'Another package is reached through its index only.',
      severity: 'error',
      from: { path: '^(libs|services)/([^/]+)/' },
      to: { path: '^(libs|services)/([^/]+)/(src|dist)/(?!index\\.[tj]s$)', pathNot: '^$1/$2/' },
    },
    {
      name: 'production-needs-no-test-tool',
      severity: 'error',
      from: { path: '^(libs|services)/[^/]+/src/', pathNot: ['\\.spec\\.ts$', '^libs/testing/'] },
      to: { path: ['^libs/testing/', '^node_modules/(vitest|fast-check|@nestjs/testing)/'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/', '/gen/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
}
