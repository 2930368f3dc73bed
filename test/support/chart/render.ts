import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { ROOT } from '../process.js'

const run = promisify(execFile)

export const CHART = `${ROOT}helm/reprieve`
/** Of a release named `reprieve` in the namespace `reprieve`. */
export const RELEASE = 'reprieve'

export interface Container {
  name: string
  image: string
  args: string[]
  env: Array<{ name: string; value?: string; valueFrom?: unknown }>
  ports?: Array<{ name: string; containerPort: number }>
  resources: Record<'requests' | 'limits', Record<string, string | number>>
  securityContext: Record<string, unknown>
  volumeMounts: Array<{ name: string; mountPath: string; readOnly?: boolean }>
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
  lifecycle?: { preStop: { sleep: { seconds: number } } }
}

export interface Probe {
  httpGet: { path: string; port: string }
}

interface SecretSource {
  name: string
  items: Array<{ key: string; path: string }>
}

export interface PodSpec {
  serviceAccountName: string
  automountServiceAccountToken: boolean
  enableServiceLinks: boolean
  terminationGracePeriodSeconds?: number
  securityContext: Record<string, unknown>
  initContainers?: Container[]
  containers: Container[]
  volumes: Array<{
    name: string
    emptyDir?: { sizeLimit: string }
    configMap?: { name: string }
    projected?: { defaultMode: number; sources: Array<{ secret?: SecretSource; configMap?: SecretSource }> }
  }>
  topologySpreadConstraints?: unknown[]
}

export interface Rule {
  ports: Array<{ port: number; protocol: string }>
  to?: Array<Record<string, unknown>>
  from?: Array<Record<string, unknown>>
}

type Labels = Record<string, string>

/** An object of the rendered chart, with what is asked of some of them. */
export interface Rendered {
  apiVersion: string
  kind: string
  metadata: { name: string; labels: Labels; annotations?: Labels }
  automountServiceAccountToken?: boolean
  data?: Record<string, string>
  spec: {
    replicas?: number
    selector: Labels & { matchLabels: Labels }
    template: { metadata: { labels: Labels }; spec: PodSpec }
    ports: Array<{ port: number; targetPort: string }>
    scaleTargetRef: { name: string }
    podSelector: { matchLabels?: Labels }
    policyTypes: string[]
    ingress?: Rule[]
    egress?: Rule[]
    [field: string]: unknown
  }
}

export interface RenderOptions {
  /** Files below the chart, or absolute ones. */
  values: readonly string[]
  /** As for `--set-json`: path to value. */
  set?: Readonly<Record<string, unknown>>
}

const argumentsOf = ({ values, set = {} }: RenderOptions): string[] => [
  ...values.flatMap((file) => ['--values', file.startsWith('/') ? file : `${CHART}/${file}`]),
  ...Object.entries(set).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]),
]

/** @throws with Helm's own words where it refuses */
export async function template(helm: string, options: RenderOptions): Promise<string> {
  const { stdout } = await run(
    helm,
    ['template', RELEASE, CHART, '--namespace', RELEASE, '--kube-version', '1.33.0', ...argumentsOf(options)],
    { maxBuffer: 32 << 20 },
  )
  return stdout
}

/** @throws with Helm's own words where it finds fault */
export async function lint(helm: string, options: RenderOptions): Promise<void> {
  await run(helm, ['lint', '--strict', CHART, ...argumentsOf(options)])
}

export const objectsOf = (yaml: string): Rendered[] =>
  parseAllDocuments(yaml)
    .map((document) => {
      const [fault] = document.errors
      if (fault !== undefined) throw fault
      return document.toJS() as Rendered | null
    })
    .filter((object) => object !== null)

export const render = async (helm: string, options: RenderOptions): Promise<Rendered[]> =>
  objectsOf(await template(helm, options))

/** Every pod that is made of an object, with its labels. */
export function podsOf(objects: readonly Rendered[]): Array<{ name: string; labels: Labels; spec: PodSpec }> {
  return objects.flatMap(({ kind, metadata: { name, labels }, spec }) => {
    if (kind === 'Pod') return [{ name, labels, spec: spec as unknown as PodSpec }]
    if (kind !== 'Deployment' && kind !== 'Job') return []
    return [{ name, labels: spec.template.metadata.labels, spec: spec.template.spec }]
  })
}

export const selects = (selector: Labels | undefined, labels: Labels): boolean =>
  Object.entries(selector ?? {}).every(([name, value]) => labels[name] === value)

/** Those that run before the others, one after the other, and the others. */
export const containersOf = ({ initContainers = [], containers }: PodSpec): Container[] => [
  ...initContainers,
  ...containers,
]
