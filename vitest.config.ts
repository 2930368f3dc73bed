import { fileURLToPath } from 'node:url'
import swc from 'unplugin-swc'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

// Three sizes, told apart by the file's suffix: `.unit.spec.ts` touches nothing outside its process,
// `.medium.spec.ts` meets real PostgreSQL, Kafka or SMTP, `.e2e.spec.ts` drives the whole system through the gateway.
// `.image.spec.ts` are those of `npm run test:images`, `.cluster.spec.ts` of `npm run test:cluster`.
const size = (
  name: 'unit' | 'medium' | 'e2e' | 'upgrade' | 'image' | 'cluster',
  testTimeout: number,
  globalSetup: string[] = [],
) => ({
  extends: true as const,
  test: {
    name,
    include: [
      `{libs,services}/*/{src,test}/**/*.${name}.spec.ts`,
      `console/src/**/*.${name}.spec.ts`,
      `test/**/*.${name}.spec.ts`,
    ],
    testTimeout,
    hookTimeout: testTimeout,
    // What comes by and by may come late on a busy machine; the default is a second.
    expect: { poll: { timeout: testTimeout / 2 } },
    globalSetup,
  },
})

export default defineConfig({
  plugins: [
    swc.vite({
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
    }),
  ],
  resolve: {
    alias: [
      { find: /^@reprieve\/(.*)-service$/, replacement: `${root}services/$1/src/index.ts` },
      { find: /^@reprieve\/([^/]+)$/, replacement: `${root}libs/$1/src/index.ts` },
    ],
  },
  test: {
    pool: 'forks',
    projects: [
      size('unit', 10_000),
      size('medium', 60_000, ['./libs/testing/src/vitest-setup.ts']),
      size('e2e', 180_000, ['./libs/testing/src/vitest-setup.ts']),
      // Minutes long: `npm run test:upgrade`.
      size('upgrade', 600_000, ['./libs/testing/src/vitest-setup.ts']),
      size('image', 180_000, ['./libs/testing/src/vitest-setup.ts']),
      size('cluster', 600_000),
    ],
  },
})
