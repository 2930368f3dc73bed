import { readFile } from 'node:fs/promises'
import { type Environment, readConfig, type Variable, variables } from '@reprieve/config'
import { TOPICS } from '@reprieve/contracts'
import { databaseUrl, databaseVariables } from '@reprieve/database'
import { gatewayVariables } from '@reprieve/gateway-service'
import { kafkaOptions, kafkaVariables } from '@reprieve/messaging'
import { SERVICE_NAMES, serviceVariables } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { telemetryVariables } from '@reprieve/telemetry'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { z } from 'zod'
import {
  type Container,
  containersOf,
  lint,
  type PodSpec,
  podsOf,
  RELEASE,
  type Rendered,
  type RenderOptions,
  type Rule,
  render,
  selects,
  template,
} from './support/chart/render.js'
import { invalidities, unknownFields } from './support/chart/schemas.js'
import { type ChartTools, chartTools } from './support/chart/tools.js'
import { ROOT } from './support/process.js'

const SETS = {
  small: 'ci/small-values.yaml',
  default: 'ci/default-values.yaml',
  large: 'ci/large-values.yaml',
  example: `${ROOT}helm/examples/values.yaml`,
} as const
type SetName = keyof typeof SETS
const EACH = Object.keys(SETS) as SetName[]
const ALL = ['gateway', ...SERVICE_NAMES]
const IN_DEFAULT: RenderOptions = { values: [SETS.default] }

// Helm takes a quarter of a second when it is alone.
vi.setConfig({ testTimeout: 60_000 })

// The first run installs them.
const tools = await chartTools()

/** What a service's process reads. */
const schemaOf = (service: string): z.ZodObject => {
  if (service === 'gateway') return gatewayVariables
  const own = SERVICES.find(({ name }) => name === service)?.variables
  const common = serviceVariables.extend(telemetryVariables.shape)
  return own === undefined ? common : own.extend(common.shape)
}

const read = (path: string) => readFile(`${ROOT}${path}`, 'utf8')

describe.skipIf(tools === null)('the chart', () => {
  const { helm3, helm4 } = tools as ChartTools
  const rendered = {} as Record<SetName, Rendered[]>

  beforeAll(async () => {
    for (const name of EACH) rendered[name] = await render(helm4, { values: [SETS[name]] })
  }, 60_000)

  const ofKind = (name: SetName, kind: string) => rendered[name].filter((object) => object.kind === kind)
  const named = (objects: readonly Rendered[], kind: string, part: string): Rendered => {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === `${RELEASE}-${part}`)
    if (found === undefined) throw new Error(`there is no ${kind} ${part}`)
    return found
  }
  const podOf = (objects: readonly Rendered[], part: string): PodSpec =>
    named(objects, 'Deployment', part).spec.template.spec

  describe.each(EACH)('with the values %s', (name) => {
    it('pleases the linter of either Helm, and is the same to both', async () => {
      const options = { values: [SETS[name]] }
      await Promise.all([lint(helm3, options), lint(helm4, options)])
      expect(await render(helm3, options)).toEqual(rendered[name])
    })

    it('makes objects as Kubernetes has them, with no field that it does not know', async () => {
      expect(await invalidities(tools as ChartTools, rendered[name])).toEqual([])
      expect(await unknownFields(tools as ChartTools, rendered[name])).toBe('')
    })

    it('has one container for each service', () => {
      const containers = ofKind(name, 'Deployment').flatMap(({ spec }) => spec.template.spec.containers)
      expect(containers.map((container) => container.name).sort()).toEqual([...ALL].sort())
      for (const { name: service, args } of containers) expect(args).toEqual([service])
    })

    it('makes pods that keep to the level restricted and have no token', () => {
      for (const { name: pod, spec } of podsOf(rendered[name])) {
        expect(spec, pod).toMatchObject({
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            runAsGroup: 65_532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
        })
        for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'ephemeralContainers'])
          expect(spec, pod).not.toHaveProperty(field)
        for (const container of containersOf(spec)) {
          expect(container.securityContext, `${pod}/${container.name}`).toEqual({
            allowPrivilegeEscalation: false,
            privileged: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          })
        }
        for (const volume of spec.volumes) {
          const [kind] = Object.keys(volume).filter((field) => field !== 'name')
          expect(['emptyDir', 'projected', 'configMap'], pod).toContain(kind)
          if (volume.emptyDir !== undefined) expect(volume.emptyDir.sizeLimit).toBe('256Mi')
          if (volume.projected !== undefined) expect(volume.projected.defaultMode).toBe(0o440)
        }
      }
      for (const account of ofKind(name, 'ServiceAccount')) expect(account.automountServiceAccountToken).toBe(false)
    })

    it('says of every container what it needs at least and gets at most, and where it writes', () => {
      for (const { name: pod, spec } of podsOf(rendered[name])) {
        for (const { name: container, resources, volumeMounts } of containersOf(spec)) {
          for (const kind of ['requests', 'limits'] as const)
            expect(Object.keys(resources[kind]).sort(), `${pod}/${container} ${kind}`).toEqual(['cpu', 'memory'])
          expect(volumeMounts.find(({ mountPath }) => mountPath === '/tmp')).toMatchObject({ name: `tmp-${container}` })
          for (const mount of volumeMounts.filter(({ mountPath }) => mountPath !== '/tmp'))
            expect(mount, `${pod}/${container}`).toMatchObject({ readOnly: true })
          for (const mount of volumeMounts) expect(spec.volumes.map((volume) => volume.name)).toContain(mount.name)
        }
      }
    })

    it('asks three different things of a process, and gives it time to finish', () => {
      for (const { spec } of ofKind(name, 'Deployment')) {
        const pod = spec.template.spec
        for (const { name: service, startupProbe, livenessProbe, readinessProbe, lifecycle } of pod.containers) {
          const probes = [startupProbe, livenessProbe, readinessProbe]
          expect(probes.map((probe) => probe?.httpGet.path)).toEqual([
            '/health/startup',
            '/health/live',
            '/health/ready',
          ])
          for (const probe of probes) expect(probe?.httpGet.port).toBe(service)
          const beforeStop = lifecycle?.preStop.sleep.seconds ?? 0
          expect(beforeStop).toBeGreaterThan(0)
          expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(beforeStop + 20)
        }
      }
    })

    it('leads every service’s name to the container of that service', () => {
      const deployments = ofKind(name, 'Deployment')
      expect(
        ofKind(name, 'Service')
          .map(({ metadata }) => metadata.name)
          .sort(),
      ).toEqual(ALL.map((service) => `${RELEASE}-${service}`).sort())
      for (const { metadata, spec } of ofKind(name, 'Service')) {
        const found = deployments.filter((deployment) =>
          selects(spec.selector, deployment.spec.template.metadata.labels),
        )
        expect(found.length, metadata.name).toBe(1)
        const [port] = spec.ports
        expect(metadata.name).toBe(`${RELEASE}-${port?.targetPort}`)
        const container = found[0]?.spec.template.spec.containers.find(({ name: own }) => own === port?.targetPort)
        expect(container?.ports?.[0]?.name).toBe(port?.targetPort)
        expect(environmentOf(container)['PORT']).toBe(String(container?.ports?.[0]?.containerPort))
      }
    })

    it('has for each Deployment its account and its budget, and at most one that scales it', () => {
      const deployments = ofKind(name, 'Deployment')
      const names = deployments.map(({ metadata }) => metadata.name)
      const accounts = ofKind(name, 'ServiceAccount').map(({ metadata }) => metadata.name)
      for (const { spec } of podsOf(rendered[name])) expect(accounts).toContain(spec.serviceAccountName)
      for (const { spec } of ofKind(name, 'PodDisruptionBudget')) {
        const within = deployments.filter((one) =>
          selects(spec.selector.matchLabels, one.spec.template.metadata.labels),
        )
        expect(within.length).toBe(1)
      }
      expect(ofKind(name, 'PodDisruptionBudget').length).toBe(deployments.length)
      const scalers = [...ofKind(name, 'HorizontalPodAutoscaler'), ...ofKind(name, 'ScaledObject')]
      const scaled = scalers.map(({ spec }) => spec.scaleTargetRef.name)
      expect(new Set(scaled).size).toBe(scaled.length)
      for (const target of scaled) expect(names).toContain(target)
      for (const { metadata, spec } of deployments)
        expect(spec.replicas === undefined, metadata.name).toBe(scaled.includes(metadata.name))
    })

    it('tells each process what it reads, all of that it must have, and nothing that it does not read', () => {
      for (const { spec } of ofKind(name, 'Deployment')) {
        for (const container of spec.template.spec.containers) expectReadable(container, spec.template.spec)
      }
      const migration = named(rendered[name], 'Job', 'migrate').spec.template.spec
      expect(containersOf(migration).map((container) => container.args)).toEqual(
        [...SERVICE_NAMES].sort().map((service) => ['migrate', service]),
      )
      for (const container of containersOf(migration)) {
        const environment = environmentWithFiles(container, migration)
        const { LOG_LEVEL: _, ...rest } = environment
        const config = readConfig(databaseVariables, rest)
        const known = Object.keys(databaseVariables.shape).flatMap((variable) => [variable, `${variable}_FILE`])
        for (const variable of Object.keys(rest)) expect(known).toContain(variable)
        expect(databaseUrl(config)).toContain(`reprieve_${container.name}`)
      }
    })

    it('shows nothing secret: all of it is a file from a secret that exists', () => {
      expect(ofKind(name, 'Secret')).toEqual([])
      for (const { name: pod, spec } of podsOf(rendered[name])) {
        for (const container of containersOf(spec)) {
          const secret = variables(schemaOf(container.name === 'round-trip' ? 'gateway' : container.name)).filter(
            (variable) => variable.secret && variable.name !== 'DATABASE_URL',
          )
          for (const { name: variable, value, valueFrom } of container.env) {
            expect(valueFrom, `${pod} ${variable}`).toBeUndefined()
            expect(secret.map((one) => one.name)).not.toContain(variable)
            if (variable === 'DATABASE_URL') expect(new URL(value ?? '').password).toBe('')
            if (variable.endsWith('_FILE')) expect(filesOf(container, spec)).toContain(value)
          }
        }
      }
    })

    it('lets every pod of its own be reached and connect only as a policy says', () => {
      const policies = ofKind(name, 'NetworkPolicy')
      for (const { name: pod, labels } of podsOf(rendered[name])) {
        const own = policies.filter(({ spec }) => selects(spec.podSelector.matchLabels, labels))
        expect(own.length, pod).toBe(2)
        for (const { spec } of own) expect(spec.policyTypes).toEqual(['Ingress', 'Egress'])
      }
      const [everything] = policies.filter(({ metadata }) => metadata.name === RELEASE)
      expect(everything?.spec.ingress ?? everything?.spec.egress).toBeUndefined()
    })

    it('migrates before all else, with what that takes', () => {
      const hooks = rendered[name].filter(
        ({ metadata }) => metadata.annotations?.['helm.sh/hook'] === 'pre-install,pre-upgrade',
      )
      const weight = ({ metadata }: Rendered) => Number(metadata.annotations?.['helm.sh/hook-weight'])
      const job = hooks.find(({ kind }) => kind === 'Job')
      expect(hooks.map(({ kind }) => kind).sort()).toEqual(['Job', 'NetworkPolicy', 'ServiceAccount'])
      for (const hook of hooks) if (hook !== job && job) expect(weight(hook)).toBeLessThan(weight(job))
      expect(job?.spec.template.spec.serviceAccountName).toBe(`${RELEASE}-migrate`)
    })
  })

  it('connects services to what is listed and to nothing else', () => {
    const egressOf = (name: SetName, part: string) =>
      (named(rendered[name], 'NetworkPolicy', part).spec.egress ?? []).map(shortly)
    const names = 'kube-system/kube-dns UDP 53, TCP 53'
    const both = [names, 'anywhere TCP 5432', 'anywhere TCP 9093']
    for (const service of SERVICE_NAMES.filter((one) => one !== 'notifications'))
      expect(egressOf('default', service), service).toEqual(both)
    expect(egressOf('default', 'notifications')).toEqual([
      ...both,
      'anywhere TCP 25, TCP 465, TCP 587',
      '0.0.0.0/0 but 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 TCP 443',
    ])
    expect(egressOf('default', 'gateway')).toEqual([
      names,
      ...[...SERVICE_NAMES].sort().map((service) => `pods of ${service} TCP 8080`),
    ])
    expect(egressOf('default', 'round-trip')).toEqual([names, 'pods of gateway TCP 8080'])
    expect(egressOf('default', 'migrate')).toEqual([names, 'anywhere TCP 5432'])

    const listed = [names, 'databases TCP 5432', '10.20.0.0/24 TCP 9093, TCP 9094', 'observability TCP 4318']
    expect(egressOf('large', 'rules')).toEqual(listed)
    expect(egressOf('large', 'exceptions')).toEqual([...listed, 'anywhere TCP 443'])
    expect(egressOf('large', 'scope')).toEqual([...listed, 'anywhere TCP 443'])
    expect(egressOf('large', 'notifications')).toEqual([...listed, '10.30.0.25/32 TCP 587', '203.0.113.0/24 TCP 443'])

    expect(egressOf('small', 'gateway')).toContain('pods of findings TCP 8083')
    expect(egressOf('small', 'findings')).toEqual([
      names,
      'anywhere TCP 5432',
      'anywhere TCP 9092',
      'anywhere TCP 1025',
    ])
  })

  it('lets the gateway alone reach services, and whoever is listed the gateway', () => {
    const ingressOf = (name: SetName, part: string) =>
      (named(rendered[name], 'NetworkPolicy', part).spec.ingress ?? []).map(shortly)
    for (const service of SERVICE_NAMES) expect(ingressOf('default', service)).toEqual(['pods of gateway TCP 8080'])
    expect(ingressOf('default', 'gateway')).toEqual(['anywhere TCP 8080'])
    expect(ingressOf('large', 'gateway')).toEqual(['ingress-nginx, pods of round-trip TCP 8080'])
    expect(ingressOf('small', 'requests')).toEqual(
      [8080, 8081, 8082, 8083].map((port) => `pods of gateway TCP ${port}`),
    )
    expect(ingressOf('default', 'migrate')).toEqual([])
  })

  it('gives each service its own secrets and no other’s', () => {
    const secretsOf = (part: string, container: string) => {
      const spec = podOf(rendered.small, part)
      const volume = spec.volumes.find(({ name }) => name === `secrets-${container}`)
      return volume?.projected?.sources.map(({ secret }) => secret?.name)
    }
    expect(secretsOf('requests', 'rules')).toEqual(['reprieve-rules-database'])
    expect(secretsOf('requests', 'directory')).toEqual([
      'reprieve-directory-database',
      'reprieve-administrator',
      'reprieve-key-encryption',
    ])
    expect(secretsOf('gateway', 'gateway')).toBeUndefined()
    for (const { containers } of [podOf(rendered.small, 'requests')]) {
      for (const { name, volumeMounts } of containers)
        expect(volumeMounts.map((mount) => mount.name)).toEqual([`tmp-${name}`, `secrets-${name}`])
    }
  })

  it('scales by processor, and scope by seconds behind', () => {
    expect(ofKind('large', 'HorizontalPodAutoscaler').length).toBe(ALL.length - 1)
    const [{ spec } = { spec: {} as Rendered['spec'] }] = ofKind('large', 'ScaledObject')
    expect(spec.scaleTargetRef.name).toBe(`${RELEASE}-scope`)
    const triggers = spec['triggers'] as Array<{ type: string; metadata: Record<string, string> }>
    expect(triggers.map(({ type }) => type)).toEqual(['prometheus', 'cpu'])
    expect(triggers[0]?.metadata['query']).toContain('reprieve_consumer_lag_time_seconds{reprieve_service="scope"')
    // More would have no partition to read.
    expect(spec['maxReplicaCount']).toBeLessThanOrEqual(TOPICS['scanner.instances.v1'].partitions)
  })

  it('leads people to the gateway by Ingress and by HTTPRoute', () => {
    const ingress = ofKind('large', 'Ingress')[0]?.spec as unknown as Record<string, unknown>
    expect(JSON.stringify(ingress['rules'])).toContain(`"name":"${RELEASE}-gateway"`)
    expect(ingress['tls']).toEqual([{ hosts: ['reprieve.example.org'], secretName: 'reprieve-tls' }])
    expect(ofKind('large', 'Certificate')[0]?.spec).toMatchObject({ secretName: 'reprieve-tls' })
    const rules = (ofKind('large', 'HTTPRoute')[0]?.spec['rules'] ?? []) as Array<Record<string, unknown>>
    expect(rules[0]?.['backendRefs']).toEqual([{ name: `${RELEASE}-gateway`, port: 8080 }])
  })

  it('brings the alerts with the address of the runbooks, and the dashboards as they are', async () => {
    const [{ spec } = { spec: {} as Rendered['spec'] }] = ofKind('large', 'PrometheusRule')
    const [own] = parseAllDocuments(await read('deploy/observability/rules/reprieve.rules.yaml'))
    const base = 'https://git.example.org/security/reprieve/blob/main/'
    const wanted = JSON.stringify(own?.toJS()).replaceAll('"runbook_url":"', `"runbook_url":"${base}`)
    expect({ groups: spec['groups'] }).toEqual(JSON.parse(wanted))
    const boards = ofKind('large', 'ConfigMap')
    expect(boards.length).toBe(2)
    for (const { data } of boards) {
      for (const [file, content] of Object.entries(data ?? {}))
        expect(content.trim()).toBe(
          (await read(`deploy/observability/dashboards/${file.replace('reprieve-', '')}`)).trim(),
        )
    }
  })

  it('takes an image by its digest or by its tag, that of the chart where none is said', async () => {
    const { version } = JSON.parse(await read('package.json')) as { version: string }
    const chart = parseAllDocuments(await read('helm/reprieve/Chart.yaml'))[0]?.toJS()
    expect(chart).toMatchObject({ version, appVersion: version })
    expect(podOf(rendered.default, 'rules').containers[0]?.image).toBe(`reprieve:${version}`)
    expect(podOf(rendered.large, 'rules').containers[0]?.image).toMatch(
      /^registry\.example\.org\/.*@sha256:[0-9a-f]{64}$/,
    )
  })

  it('lets a service say otherwise than all, even that something is not', async () => {
    const set = {
      'services.gateway.disruptionBudget.enabled': false,
      'services.rules.replicas': 0,
      'services.rules.settings.DATABASE_POOL': 100,
      'serviceDefaults.autoscaling.enabled': true,
      'services.rules.autoscaling.enabled': false,
      'lifecycle.preStopSeconds': 0,
      'security.userId': null,
      'security.groupId': null,
      'migrations.job': false,
      'networkPolicy.enabled': false,
    }
    const objects = await render(helm4, { ...IN_DEFAULT, set })
    const kinds = (part: string) =>
      objects.filter(({ metadata }) => metadata.name === `${RELEASE}-${part}`).map(({ kind }) => kind)
    expect(kinds('gateway')).not.toContain('PodDisruptionBudget')
    expect(kinds('gateway')).toContain('HorizontalPodAutoscaler')
    expect(kinds('rules')).not.toContain('HorizontalPodAutoscaler')
    expect(named(objects, 'Deployment', 'rules').spec.replicas).toBe(0)
    const pod = podOf(objects, 'rules')
    expect(pod.containers[0]?.lifecycle).toBeUndefined()
    for (const field of ['runAsUser', 'runAsGroup', 'fsGroup']) expect(pod.securityContext).not.toHaveProperty(field)
    expect(pod.securityContext['runAsNonRoot']).toBe(true)
    expect(environmentOf(pod.containers[0])).toMatchObject({ DATABASE_POOL: '100' })
    expect(environmentOf(pod.containers[0])).not.toHaveProperty('MIGRATE')
    expect(objects.filter(({ kind }) => kind === 'Job' || kind === 'NetworkPolicy')).toEqual([])
  })

  it('writes large numbers as they were said', async () => {
    const set = {
      'services.gateway.settings.RATE_LIMIT_BURST': 1_000_000,
      'services.gateway.settings.OTEL_TRACES_SAMPLER_ARG': 0.05,
    }
    const [gateway] = podOf(await render(helm4, { ...IN_DEFAULT, set }), 'gateway').containers
    expect(environmentOf(gateway)).toMatchObject({ RATE_LIMIT_BURST: '1000000', OTEL_TRACES_SAMPLER_ARG: '0.05' })
  })

  it('takes whole addresses of databases from secrets', async () => {
    const set = { 'postgresql.host': '', 'postgresql.secretKeys.url': 'uri', 'postgresql.tls.enabled': false }
    const objects = await render(helm4, { ...IN_DEFAULT, set })
    for (const spec of [podOf(objects, 'rules'), named(objects, 'Job', 'migrate').spec.template.spec]) {
      const container = containersOf(spec).find(({ name }) => name === 'rules')
      expect(environmentOf(container)).toMatchObject({ DATABASE_URL_FILE: '/run/reprieve/secrets/DATABASE_URL' })
      expect(environmentOf(container)).not.toHaveProperty('DATABASE_USER')
    }
  })

  it.each([
    ['kafka.tls.enable', true, /enable/],
    ['services.scop', {}, /scop/],
    ['services.scope.settings.STALE_AFTER_SECOND', 5, /STALE_AFTER_SECOND/],
    ['services.rules.settings.STALE_AFTER_SECONDS', 5, /STALE_AFTER_SECONDS/],
    ['services.directory.settings.REPRIEVE_ADMIN_PASSWORD', 'visible', /REPRIEVE_ADMIN_PASSWORD/],
    ['services.notifications.secrets.SMTP_URL', 'smtp://user:password@mail', /SMTP_URL/],
    ['services.rules.settings.DATABASE_URL', 'postgresql://elsewhere/', /DATABASE_URL/],
    ['serviceDefaults.settings.DATABASE_POOL', 5, /DATABASE_POOL/],
    ['services.rules.egress', [{ name: 'x', ports: [443], peer: [] }], /peer/],
    ['services.rules.replicas', 'two', /replicas/],
    ['sharedPods.all', { services: ['scope', 'nobody'] }, /services/],
    ['publicUrl', '', /publicUrl/],
    ['kafka.brokers', [], /brokers/],
    ['kafka.brokers', ['kafka'], /brokers/],
    ['postgresql.host', '', /postgresql\.host is missing/],
    ['lifecycle.terminationGracePeriodSeconds', 24, /terminationGracePeriodSeconds/],
    ['sharedPods', { a: { services: ['scope'] }, b: { services: ['scope'] } }, /scope is in a already/],
    ['sharedPods', { scope: { services: ['rules'] } }, /name of a service/],
    ['lagScaling.enabled', true, /prometheusUrl/],
    ['ingress.enabled', true, /ingress\.host/],
    ['certificate.enabled', true, /certificate\.enabled needs/],
    ['httpRoute.enabled', true, /parentRefs/],
  ])('refuses to be installed with %s = %j', async (path, value, words) => {
    const options = { ...IN_DEFAULT, set: { [path]: value } }
    await Promise.all([helm3, helm4].map((helm) => expect(template(helm, options)).rejects.toThrow(words)))
  })

  it('refuses to be installed without what has no default', async () => {
    const { message } = (await template(helm4, { values: [] }).catch((error: unknown) => error)) as Error
    for (const words of ['publicUrl', 'brokers', 'MAIL_FROM', 'SMTP_URL']) expect(message).toContain(words)
  })
})

describe('the examples', () => {
  interface Resource {
    kind: string
    metadata: { name: string }
    spec: Record<string, unknown>
  }
  const resources = async (file: string) =>
    parseAllDocuments(await read(`helm/examples/${file}`)).map((document) => document.toJS() as Resource)

  it('have a database and a role for each service, with the secret that the chart expects', async () => {
    const [cluster, ...others] = await resources('cloudnative-pg.yaml')
    const databases = others.filter(({ kind }) => kind === 'Database')
    const { roles } = (cluster?.spec['managed'] ?? { roles: [] }) as { roles: Array<Record<string, string>> }
    expect(Object.fromEntries(roles.map(({ name, passwordSecret }) => [name, passwordSecret]))).toEqual(
      Object.fromEntries(SERVICE_NAMES.map((name) => [`reprieve_${name}`, { name: `reprieve-${name}-database` }])),
    )
    expect(databases.map(({ spec }) => [spec['name'], spec['owner']]).sort()).toEqual(
      [...SERVICE_NAMES].sort().map((name) => [`reprieve_${name}`, `reprieve_${name}`]),
    )
  })

  it('have every topic as it is declared, and a user for each service', async () => {
    const all = await resources('strimzi.yaml')
    const topics = all.filter(({ kind }) => kind === 'KafkaTopic')
    const partitions = Object.fromEntries(topics.map(({ metadata, spec }) => [metadata.name, spec['partitions']]))
    for (const [name, topic] of Object.entries(TOPICS))
      expect({ [name]: partitions[name], [`${name}.dlq`]: partitions[`${name}.dlq`] }).toEqual({
        [name]: topic.partitions,
        [`${name}.dlq`]: 1,
      })
    expect(topics.length).toBe(2 * Object.keys(TOPICS).length)
    expect(
      all
        .filter(({ kind }) => kind === 'KafkaUser')
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual([...SERVICE_NAMES].sort().map((name) => `reprieve-${name}`))
  })
})

const environmentOf = (container: Container | undefined): Record<string, string | undefined> =>
  Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]))

/** Where the files of a container's secrets are. */
function filesOf({ name }: Container, { volumes }: PodSpec): string[] {
  const sources = volumes.find((volume) => volume.name === `secrets-${name}`)?.projected?.sources ?? []
  return sources
    .flatMap(({ secret, configMap }) => [secret, configMap])
    .flatMap((source) => (source?.items ?? []).map(({ path }) => `/run/reprieve/${path}`))
}

/** The environment as a process makes it out: what is in files that are mounted counts as said. */
function environmentWithFiles(container: Container, pod: PodSpec): Environment {
  const environment = environmentOf(container)
  const there = filesOf(container, pod)
  for (const [name, path] of Object.entries(environment)) {
    if (!name.endsWith('_FILE') && !name.endsWith('_PATH')) continue
    expect(there, `${container.name} ${name}`).toContain(path)
    if (!name.endsWith('_FILE')) continue
    const content = name.startsWith('SMTP_URL') ? 'smtp://mail.example.org' : 'a secret of no less than 32 characters'
    environment[name.replace('_FILE', '')] = content
    delete environment[name]
  }
  return environment
}

function expectReadable(container: Container, pod: PodSpec): void {
  const schema = schemaOf(container.name)
  const known: Variable[] = variables(schema)
  const environment = environmentWithFiles(container, pod)
  for (const variable of Object.keys(environment))
    expect(
      known.map(({ name }) => name),
      container.name,
    ).toContain(variable)
  for (const variable of Object.keys(environmentOf(container)).filter((name) => name.endsWith('_FILE')))
    expect(known.find(({ name }) => `${name}_FILE` === variable)?.secret, variable).toBe(true)
  const config = readConfig(schema, environment)
  if (container.name === 'gateway') return
  databaseUrl(config as z.output<typeof databaseVariables>)
  kafkaOptions(config as z.output<typeof kafkaVariables>, (path) => path)
}

/** A rule of a policy in few words. */
function shortly({ ports, to, from }: Rule): string {
  const who = (to ?? from)?.map((peer) => {
    const { ipBlock, namespaceSelector, podSelector } = peer as {
      ipBlock?: { cidr: string; except?: string[] }
      namespaceSelector?: { matchLabels: Record<string, string> }
      podSelector?: { matchLabels: Record<string, string> }
    }
    if (ipBlock !== undefined) return [ipBlock.cidr, ...(ipBlock.except ? ['but', ...ipBlock.except] : [])].join(' ')
    const namespace = namespaceSelector?.matchLabels['kubernetes.io/metadata.name']
    const pod = podSelector?.matchLabels['app.kubernetes.io/component'] ?? podSelector?.matchLabels['k8s-app']
    if (namespace === undefined) return `pods of ${pod}`
    return pod === undefined ? namespace : `${namespace}/${pod}`
  })
  return `${who?.join(', ') ?? 'anywhere'} ${ports.map(({ port, protocol }) => `${protocol} ${port}`).join(', ')}`
}
