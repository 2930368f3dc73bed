// Writes services/<name>/src/adapters/postgres/tables.gen.ts from the service's migrated database: the migrations are where a table is
// defined, the types follow. `npm run db:types [-- name …]`; with --check it only says whether they are up to date.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()
const { PostgresCluster } = await import('@reprieve/embedded-postgres')
const { migrate } = await import('@reprieve/database')

const args = process.argv.slice(2)
const check = args.includes('--check')
const named = args.filter((argument) => !argument.startsWith('--'))
const names = ['directory', 'rules', 'exceptions', 'approvals', 'scope', 'tickets', 'notifications', 'audit'].filter(
  (name) => (named.length === 0 || named.includes(name)) && existsSync(join(root, `services/${name}/migrations`)),
)

const folder = mkdtempSync(join(tmpdir(), 'reprieve-types-'))
await chmod(folder, 0o755)
const cluster = await PostgresCluster.start({
  folder: join(folder, 'postgres'),
  password: 'types',
  settings: { fsync: 'off' },
})
let stale = false
try {
  for (const name of names) {
    await cluster.execute([`CREATE DATABASE ${name}`])
    const url = cluster.url(name)
    await migrate(url, [{ name, folder: pathToFileURL(join(root, `services/${name}/migrations/`)) }])
    const committed = join(root, `services/${name}/src/adapters/postgres/tables.gen.ts`)
    const output = check ? join(folder, `${name}.ts`) : committed
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
        '--dialect',
        'postgres',
        '--url',
        url,
        '--out-file',
        output,
        // Other libraries' tables are theirs to describe; their types are added where the service names its tables.
        '--exclude-pattern',
        'public.schema_migration',
        '--type-mapping',
        JSON.stringify({ int8: 'number', bytea: 'Uint8Array', timestamptz: 'Date' }),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } },
    )
    if (check && (!existsSync(committed) || readFileSync(committed, 'utf8') !== readFileSync(output, 'utf8'))) {
      console.error(`${committed.slice(root.length + 1)} is stale: run npm run db:types -- ${name}`)
      stale = true
    }
  }
} finally {
  await cluster.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = stale ? 1 : 0
