import { execFile } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { approvalsService } from '@reprieve/approvals-service'
import { auditService } from '@reprieve/audit-service'
import { variables } from '@reprieve/config'
import { directoryService } from '@reprieve/directory-service'
import { exceptionsService } from '@reprieve/exceptions-service'
import { gatewayVariables } from '@reprieve/gateway-service'
import { notificationsService } from '@reprieve/notifications-service'
import { rulesService } from '@reprieve/rules-service'
import { scopeService } from '@reprieve/scope-service'
import { SERVICE_NAMES, type ServiceDefinition, serviceVariables } from '@reprieve/service-host'
import { telemetryVariables } from '@reprieve/telemetry'
import { ticketsService } from '@reprieve/tickets-service'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './support/process.js'

const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8')
const document = <T>(path: string) => parse(read(path), { merge: true }) as T
const { version } = JSON.parse(read('package.json')) as { version: string }
const PROCESSES = [...SERVICE_NAMES, 'gateway'].sort()

interface ComposeService {
  image: string
  command?: string[]
  environment?: Record<string, string | number>
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  profiles?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  tmpfs?: string[]
}
const compose = document<{ services: Record<string, ComposeService>; volumes: Record<string, null> }>(
  'deploy/compose.yaml',
)
const service = (name: string): ComposeService => {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`compose knows no ${name}`)
  return found
}
const IMAGE = `docker.io/library/reprieve:${version}`
const DEFINITIONS = [
  approvalsService,
  auditService,
  directoryService,
  exceptionsService,
  notificationsService,
  rulesService,
  scopeService,
  ticketsService,
]

/** What a process of a service can be told by its environment, beside what only its own module reads. */
const known = ({ variables: own }: Pick<ServiceDefinition, 'variables'>) =>
  variables(serviceVariables.extend({ ...telemetryVariables.shape, ...own?.shape }))

describe('compose', () => {
  const ours = Object.entries(compose.services).filter(([, { image }]) => image.includes('reprieve'))

  it('runs every service and the gateway from the one image, of this version, and nothing else', () => {
    expect(ours.map(([name]) => name).sort()).toEqual([...PROCESSES, 'migrate'].sort())
    for (const [name, { image, command }] of ours) expect([name, image, command]).toEqual([name, IMAGE, [name]])
  })

  it('gives them no more rights than a cluster does', () => {
    for (const [name, each] of ours) {
      expect([name, each]).toMatchObject([
        name,
        { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], tmpfs: ['/tmp'] },
      ])
    }
  })

  it.each(DEFINITIONS.map((definition) => [definition.name, definition] as const))(
    'tells %s all that it requires, and nothing that it does not know',
    (name, definition) => {
      const given = Object.keys(service(name).environment ?? {})
      const declared = known(definition)
      const required = declared.filter((variable) => variable.required).map((variable) => variable.name)
      expect(given).toEqual(expect.arrayContaining(required))
      // PUBLIC_URL is told to all alike. Some services read what is theirs within.
      const source = globSync(`${ROOT}services/${name}/src/**/*.ts`)
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n')
      const unknown = given.filter(
        (variable) =>
          variable !== 'PUBLIC_URL' && !declared.some((one) => one.name === variable) && !source.includes(variable),
      )
      expect(unknown).toEqual([])
    },
  )

  it('tells the gateway where every service is', () => {
    const { environment = {} } = service('gateway')
    const declared = variables(gatewayVariables)
    const required = declared.filter((variable) => variable.required).map(({ name }) => name)
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(required))
    for (const name of SERVICE_NAMES) expect(environment[`${name.toUpperCase()}_URL`]).toBe(`http://${name}:8080`)
    for (const name of Object.keys(environment)) expect(declared.map((variable) => variable.name)).toContain(name)
  })

  it('gives each service a database of its own, with a role of its own', () => {
    const made = /for service in ([a-z ]+); do/.exec(read('deploy/compose/databases.sh'))?.[1]?.split(' ')
    expect(made).toEqual([...SERVICE_NAMES].sort())
    const urls = SERVICE_NAMES.map((name) => {
      const url = service(name).environment?.['DATABASE_URL']
      expect(url).toBe(`postgresql://reprieve_${name}:\${POSTGRES_PASSWORD}@postgresql/reprieve_${name}`)
      expect(service('migrate').environment?.[`${name.toUpperCase()}_DATABASE_URL`]).toBe(url)
      return url
    })
    expect(new Set(urls).size).toBe(SERVICE_NAMES.length)
  })

  it('migrates first, with services that wait for it', () => {
    for (const name of SERVICE_NAMES) {
      expect(service(name).depends_on?.['migrate']).toEqual({ condition: 'service_completed_successfully' })
      expect(service(name).environment?.['MIGRATE']).toBe('off')
    }
  })

  it('keeps no secret, and serves this machine alone', () => {
    for (const [name, { environment = {}, ports = [] }] of Object.entries(compose.services)) {
      for (const [variable, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET/.test(variable))
          expect([name, variable, value]).toEqual([name, variable, expect.stringMatching(/^\$\{/)])
      }
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)])
    }
    const asked = new Set([...read('deploy/compose.yaml').matchAll(/\$\{(\w+)(:\?)?/g)].map(([, name]) => name))
    for (const name of asked) expect(read('deploy/env.example')).toContain(`${name}=`)
  })

  it('mounts what is there, into volumes that it has', () => {
    for (const [name, { volumes = [] }] of Object.entries(compose.services)) {
      for (const [from = ''] of volumes.map((volume) => volume.split(':'))) {
        const there = from.startsWith('.') ? existsSync(`${ROOT}deploy/${from}`) : from in compose.volumes
        expect([name, from, there]).toEqual([name, from, true])
      }
    }
  })

  it('has observability where it is asked for', () => {
    const optional = Object.entries(compose.services).filter(([, { profiles }]) => profiles !== undefined)
    expect(optional.map(([name]) => name).sort()).toEqual(['collector', 'grafana', 'jaeger', 'prometheus'])
    expect(document<{ rule_files: string[] }>('deploy/compose/prometheus.yaml').rule_files).toEqual([
      'reprieve.rules.yaml',
    ])
  })
})

describe('skaffold', () => {
  interface Skaffold {
    build: { artifacts: Array<{ image: string; context: string; docker: { dockerfile: string } }> }
    deploy: {
      helm: { releases: Array<{ chartPath: string; valuesFiles: string[]; setValueTemplates: Record<string, string> }> }
    }
    portForward: Array<{ resourceName: string }>
    profiles: Array<{ name: string; patches: Array<{ path: string; value: unknown }> }>
  }
  const skaffold = document<Skaffold>('skaffold.yaml')
  const dockerfile = read('deploy/Dockerfile')

  it('builds the one image, and installs the chart with it', () => {
    const [artifact] = skaffold.build.artifacts
    expect(skaffold.build.artifacts).toHaveLength(1)
    expect(artifact).toMatchObject({ image: 'reprieve', context: '.' })
    expect(existsSync(`${ROOT}${artifact?.docker.dockerfile}`)).toBe(true)
    const [release] = skaffold.deploy.helm.releases
    expect(existsSync(`${ROOT}${release?.chartPath}/Chart.yaml`)).toBe(true)
    for (const file of release?.valuesFiles ?? []) expect(existsSync(`${ROOT}${file}`), file).toBe(true)
    const values = document<{ image: Record<string, string> }>(`${release?.chartPath}/values.yaml`)
    for (const [path, template] of Object.entries(release?.setValueTemplates ?? {})) {
      const [group, key] = path.split('.')
      expect([group, Object.keys(values.image)]).toEqual(['image', expect.arrayContaining([key])])
      expect(template).toContain(`_${artifact?.image}}}`)
    }
  })

  it('sends every service’s sources, and the libraries’, to where they are compiled', () => {
    const [development] = skaffold.profiles
    const patch = (path: string) => development?.patches.find((each) => each.path === path)?.value
    expect(dockerfile).toMatch(new RegExp(`^FROM \\w+ AS ${patch('/build/artifacts/0/docker/target')}$`, 'm'))
    const { manual } = patch('/build/artifacts/0/sync') as { manual: Array<{ src: string; dest: string }> }
    expect(manual.map(({ src }) => src)).toEqual([
      ...PROCESSES.map((name) => `services/${name}/src/**/*.ts`),
      'libs/*/src/**/*.ts',
    ])
    const target = /^const to = '(.+)'$/m.exec(read('deploy/image/development.mjs'))?.[1]
    for (const { dest } of manual) expect(dest).toBe(target)
  })
})

describe('the image', () => {
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, [join(ROOT, 'deploy/image', words[0] ?? ''), ...words.slice(1)], {
      env: {},
    }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
    )

  it('is made of every service and the command, and not of what composes or tests them', async () => {
    const { output } = await run('workspaces.mjs')
    const folders = readdirSync(`${ROOT}services`).filter((name) => existsSync(`${ROOT}services/${name}/package.json`))
    expect(output.split(' ')).toEqual(
      folders
        .filter((name) => name !== 'standalone')
        .sort()
        .map((name) => `--workspace=services/${name}`),
    )
  })

  it('has a word for every service, and refuses others with what there is', async () => {
    const { code, output } = await run('reprieve.mjs', '--help')
    expect(code).toBe(0)
    for (const name of PROCESSES) expect(output).toContain(name)
    expect(await run('reprieve.mjs', 'migrate', 'gateway')).toEqual({
      code: 2,
      output: expect.stringContaining(`migrate is followed by one of: ${[...SERVICE_NAMES].sort().join(', ')}`),
    })
    expect(await run('reprieve.mjs', 'migrate')).toEqual({
      code: 2,
      output: expect.stringContaining('missing in the environment: APPROVALS_DATABASE_URL'),
    })
  })

  it('is copied from what the build may see', () => {
    const seen = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const copied = [...read('deploy/Dockerfile').matchAll(/^COPY (?!--from)(?:--\S+ )*(\S+) \S+$/gm)]
      .map(([, from = '']) => from.replace(/\/$/, ''))
      .filter((from) => from !== '.')
    expect(copied.length).toBeGreaterThan(1)
    for (const from of copied)
      expect([from, seen.some((one) => from === one || dirname(from) === one)]).toEqual([from, true])
  })
})
