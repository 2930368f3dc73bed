// The shape of the chart's values. Descriptions come from the comments of values.yaml, the services' settings and secrets from the variables
// that they declare, so that a name is written once and a wrong one fails the install.

const NAME = '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$'
/** `{service}` stands for the service's name. */
const NAMED = '^[a-zA-Z0-9_{]([-a-zA-Z0-9_.{}]*[a-zA-Z0-9_}])?$'
const KEY = '^[-._a-zA-Z0-9]+$'

const text = (more = {}) => ({ type: 'string', ...more })
const orEmpty = (pattern) => text({ pattern: `^$|${pattern}` })
const flag = { type: 'boolean' }
const whole = (minimum, maximum) => ({ type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }) })
const listOf = (items, more = {}) => ({ type: 'array', items, ...more })
const mapOf = (value) => ({ type: 'object', additionalProperties: value })
const closed = (properties, required = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
})
/** As Kubernetes has it: what is in it is checked there. */
const kubernetes = { type: 'object' }

const selector = kubernetes
const peers = listOf({
  ...closed({
    ipBlock: closed({ cidr: text(), except: listOf(text()) }, ['cidr']),
    namespaceSelector: selector,
    podSelector: selector,
  }),
  minProperties: 1,
})
const amounts = mapOf({ type: ['string', 'number'] })
const resources = closed({ requests: amounts, limits: amounts })
const authority = closed({
  existingSecret: orEmpty(NAME),
  existingConfigMap: orEmpty(NAME),
  key: text({ pattern: KEY }),
})
const clientCertificate = closed({
  existingSecret: orEmpty(NAMED),
  certificateKey: text({ pattern: KEY }),
  privateKeyKey: text({ pattern: KEY }),
})
const probe = closed({ periodSeconds: whole(1), timeoutSeconds: whole(1), failureThreshold: whole(1) })
const texts = mapOf(text())

/** What concerns a pod. */
const POD = {
  replicas: whole(0),
  autoscaling: closed({
    enabled: flag,
    minReplicas: whole(1),
    maxReplicas: whole(1),
    targetCPUUtilizationPercentage: whole(1),
  }),
  disruptionBudget: closed({
    enabled: flag,
    maxUnavailable: { type: ['integer', 'string'], minimum: 1, pattern: '^[1-9][0-9]?%$|^100%$' },
  }),
  topologySpread: closed({
    topologyKeys: listOf(text()),
    whenUnsatisfiable: { enum: ['ScheduleAnyway', 'DoNotSchedule'] },
  }),
  serviceAccount: closed({ annotations: texts }),
  podAnnotations: texts,
  podLabels: texts,
  nodeSelector: texts,
  tolerations: listOf(kubernetes),
  affinity: kubernetes,
  priorityClassName: text(),
}

/** What concerns a container, beside its settings and secrets. */
const CONTAINER = {
  database: closed({ name: orEmpty(NAMED), user: orEmpty(NAMED), existingSecret: orEmpty(NAMED) }),
  resources,
  egress: listOf(
    closed({ name: text(), ports: listOf(whole(1, 65_535), { minItems: 1 }), peers, when: listOf(text()) }, [
      'name',
      'ports',
    ]),
  ),
  extraVolumes: listOf(kubernetes),
  extraVolumeMounts: listOf(kubernetes),
}

const SETTING = { type: ['string', 'number', 'boolean'] }
const reference = closed({ name: text({ pattern: NAME }), key: text({ pattern: KEY }) }, ['name', 'key'])

const SHAPE = {
  fullnameOverride: orEmpty(NAME),
  image: closed({
    repository: text({ minLength: 1 }),
    tag: text(),
    digest: orEmpty('^sha256:[0-9a-f]{64}$'),
    pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
    pullSecrets: listOf(text({ pattern: NAME })),
  }),
  publicUrl: text({ pattern: '^https?://[^/?#@]+' }),
  postgresql: closed({
    host: text({ pattern: '^[^/@?#\\s]*$' }),
    port: whole(1, 65_535),
    database: text({ pattern: NAMED }),
    user: text({ pattern: NAMED }),
    existingSecret: text({ pattern: NAMED }),
    secretKeys: closed({ password: text({ pattern: KEY }), url: orEmpty(KEY) }),
    tls: closed({ enabled: flag, ca: authority, clientCertificate }),
    peers,
  }),
  kafka: closed({
    brokers: listOf(text({ pattern: '^[^:,/@\\s]+:[0-9]{1,5}$' }), { minItems: 1 }),
    tls: closed({ enabled: flag, ca: authority, clientCertificate }),
    sasl: closed({
      mechanism: { enum: ['', 'plain', 'scram-sha-256', 'scram-sha-512'] },
      username: text({ minLength: 1 }),
      existingSecret: orEmpty(NAMED),
      passwordKey: text({ pattern: KEY }),
    }),
    peers,
  }),
  telemetry: closed({ endpoint: orEmpty('^https?://[^/?#@]+'), peers }),
  migrations: closed({ job: flag, deadlineSeconds: whole(1), resources }),
  security: closed({
    userId: { type: ['integer', 'null'], minimum: 1 },
    groupId: { type: ['integer', 'null'], minimum: 1 },
  }),
  lifecycle: closed({ preStopSeconds: whole(0), terminationGracePeriodSeconds: whole(1) }),
  probes: closed({ startup: probe, liveness: probe, readiness: probe }),
  lagScaling: closed({
    enabled: flag,
    prometheusUrl: orEmpty('^https?://'),
    secondsPerPod: whole(1),
    minReplicas: whole(1),
    maxReplicas: whole(1),
    scaleDownAfterSeconds: whole(0, 3_600),
  }),
  networkPolicy: closed({ enabled: flag, gatewayPeers: peers, dns: closed({ peers, port: whole(1, 65_535) }) }),
  ingress: closed({
    enabled: flag,
    className: text(),
    host: text(),
    annotations: texts,
    tls: closed({ secretName: orEmpty(NAME) }),
  }),
  httpRoute: closed({ enabled: flag, parentRefs: listOf(kubernetes), hostnames: listOf(text()), annotations: texts }),
  certificate: closed({ enabled: flag, issuerRef: closed({ name: text(), kind: text(), group: text() }) }),
  monitoring: closed({
    rules: closed({ enabled: flag, labels: texts, runbookBaseUrl: orEmpty('/$') }),
    dashboards: closed({ enabled: flag, labels: texts, annotations: texts }),
  }),
  roundTrip: closed({ email: text(), existingSecret: orEmpty(NAME), passwordKey: text({ pattern: KEY }) }),
}

/**
 * @param descriptions by path: `describedValues`
 * @param settings by service: what its process reads and the chart does not set itself, `{ name, meaning, required, secret, fallback }` each
 * @returns the JSON schema of the values
 * @throws where a value is described and not in the schema, or the other way round
 */
export function chartSchema(descriptions, settings) {
  const left = new Set(descriptions.keys())
  const missing = []
  const describe = (path, shape) => {
    const description = descriptions.get(path)
    left.delete(path)
    const isDescribedWithin = [...descriptions.keys()].some((other) => other.startsWith(`${path}.`))
    if (shape.properties !== undefined && isDescribedWithin) {
      const properties = Object.entries(shape.properties).map(([name, of]) => [name, describe(`${path}.${name}`, of)])
      return { ...shape, ...(description ? { description } : {}), properties: Object.fromEntries(properties) }
    }
    if (description === undefined) missing.push(path)
    return { description, ...shape }
  }

  const services = Object.keys(settings)
  const definitions = Object.fromEntries(
    Object.entries({ ...POD, ...CONTAINER }).map(([name, shape]) => [name, describe(`serviceDefaults.${name}`, shape)]),
  )
  const refer = (shapes) =>
    Object.fromEntries(Object.keys(shapes).map((name) => [name, { $ref: `#/definitions/${name}` }]))
  const described = (variables, shape) =>
    closed(
      Object.fromEntries(variables.map((variable) => [variable.name, { description: meaningOf(variable), ...shape }])),
      variables.filter(({ required }) => required).map(({ name }) => name),
    )
  const common = settings[services[0]].filter(
    ({ name, secret }) =>
      !secret && services.every((service) => settings[service].some((variable) => variable.name === name)),
  )
  const ofService = (service) => {
    const own = {
      settings: described(
        settings[service].filter(({ secret }) => !secret),
        SETTING,
      ),
      secrets: described(
        settings[service].filter(({ secret }) => secret),
        reference,
      ),
    }
    const required = Object.keys(own).filter((name) => own[name].required !== undefined)
    left.delete(`services.${service}`)
    if (!descriptions.has(`services.${service}`)) missing.push(`services.${service}`)
    const properties = { ...own, ...refer(POD), ...refer(CONTAINER) }
    return { description: descriptions.get(`services.${service}`), ...closed(properties, required) }
  }

  const properties = Object.fromEntries(Object.entries(SHAPE).map(([name, shape]) => [name, describe(name, shape)]))
  properties.serviceDefaults = closed({
    settings: { ...described(common, SETTING), description: descriptions.get('serviceDefaults.settings') },
    secrets: { ...closed({}), description: descriptions.get('serviceDefaults.secrets') },
    ...refer(POD),
    ...refer(CONTAINER),
  })
  properties.services = closed(Object.fromEntries(services.map((service) => [service, ofService(service)])), services)
  properties.sharedPods = {
    description: descriptions.get('sharedPods'),
    type: 'object',
    additionalProperties: false,
    patternProperties: {
      '^[a-z]([-a-z0-9]{0,18}[a-z0-9])?$': closed(
        { services: listOf({ enum: services }, { minItems: 1, uniqueItems: true }), ...refer(POD) },
        ['services'],
      ),
    },
  }
  properties.global = { description: 'Of a chart that this one is part of; nothing here reads it.', type: 'object' }
  for (const path of ['serviceDefaults.settings', 'serviceDefaults.secrets', 'sharedPods']) {
    if (!left.delete(path)) missing.push(path)
  }
  if (missing.length > 0) throw new Error(`values.yaml does not describe ${missing.join(', ')}`)
  if (left.size > 0) throw new Error(`values.yaml describes what is no value: ${[...left].join(', ')}`)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart reprieve',
    ...closed(properties),
    definitions,
  }
}

/** What a variable is for, and what it is where nobody says. */
export function meaningOf({ meaning, fallback }) {
  return fallback === null || fallback === '' ? meaning : `${meaning} Default: ${fallback}.`
}
