import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { SERVICE_NAMES } from '@reprieve/service-host'
import { type Certificate, makeAuthority, parseMail } from '@reprieve/testing'
import { ROOT } from '../support/process.js'
import { PASSWORD } from '../support/standalone.js'
import { apply, both, Cluster, type Deployment, isReady, type Pod, program, secret, WayIn } from './kubernetes.js'

export const NAMESPACE = 'reprieve'
export const NEIGHBOURS = 'neighbours'
export const RELEASE = 'reprieve'
export const ADMIN = 'admin@reprieve.example'
const OF_RELEASE = `app.kubernetes.io/instance=${RELEASE}`
const PATIENCE = '--timeout=10m'

const cluster = await Cluster.open()
export const leaveCluster = () => cluster.close()

/** A namespace in which nothing runs that could do harm, and whoever tries is told. */
const restricted = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    },
  },
})

/** Brings up PostgreSQL, Kafka and a mail server, and the secrets by which Reprieve reaches them. */
export async function makeNeighbours(): Promise<void> {
  const authority = await makeAuthority()
  if (authority === null) throw new Error('openssl is needed to make certificates')
  try {
    const password = randomBytes(16).toString('hex')
    const ca = await readFile(authority.file, 'utf8')
    const files = async ({ certificate, key }: Certificate) => ({
      'ca.crt': ca,
      'tls.crt': await readFile(certificate, 'utf8'),
      'tls.key': await readFile(key, 'utf8'),
    })
    const server = async (name: string) => files(await authority.issue(name, `${name}.${NEIGHBOURS}.svc`))
    await apply([restricted(NEIGHBOURS), restricted(NAMESPACE)], 'default')
    await apply(
      [secret('postgresql', { ...(await server('postgresql')), password }), secret('kafka', await server('kafka'))],
      NEIGHBOURS,
    )
    const ofServices = await Promise.all(
      SERVICE_NAMES.map(async (name) => [
        secret(`reprieve-${name}-database`, { password }),
        secret(`reprieve-${name}-kafka`, await files(await authority.issue(name))),
      ]),
    )
    await apply(
      [
        ...ofServices.flat(),
        secret('neighbours-ca', { 'ca.crt': ca }),
        secret('reprieve-administrator', { password: PASSWORD }),
        secret('reprieve-key-encryption', { secret: randomBytes(48).toString('base64') }),
        secret('reprieve-mail', { url: `smtp://mail.${NEIGHBOURS}.svc:1025` }),
      ],
      NAMESPACE,
    )
    const manifest = `${ROOT}test/cluster/neighbours/neighbours.yaml`
    await program('kubectl', ['--namespace', NEIGHBOURS, 'apply', '--filename', manifest])
    for (const workload of ['statefulset/postgresql', 'statefulset/kafka', 'deployment/mail'])
      await program('kubectl', ['--namespace', NEIGHBOURS, 'rollout', 'status', workload, PATIENCE])
  } finally {
    await authority.remove()
  }
}

/** `helm install` or `helm upgrade` of the chart as it is here, until all of it is ready. @returns everything that it said */
export async function helm(verb: 'install' | 'upgrade', ...more: string[]): Promise<string> {
  const values = ['--values', `${ROOT}test/cluster/values.yaml`]
  const chart = [verb, RELEASE, `${ROOT}helm/reprieve`]
  const said = await both('helm', ['--namespace', NAMESPACE, ...chart, ...values, ...more, '--wait', PATIENCE])
  return said.stdout + said.stderr
}

export const pods = () => cluster.list<Pod>(`/api/v1/namespaces/${NAMESPACE}/pods`, OF_RELEASE)
export const deployments = () =>
  cluster.list<Deployment>(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, OF_RELEASE)
/** At once, whatever it does. */
export const killPod = (name: string) => cluster.deletePod(NAMESPACE, name, { gracePeriodSeconds: 0 })
export const evictPod = (name: string) => cluster.evict(NAMESPACE, name)

/** Those of services: neither jobs nor tests. */
export const servicePods = async (): Promise<Pod[]> =>
  (await pods()).filter(({ metadata }) => 'pod-template-hash' in metadata.labels)

/** Waits until every deployment has all of its pods, ready, and no others. @returns seconds that it took */
export async function settled(withinSeconds = 600): Promise<number> {
  const started = performance.now()
  for (;;) {
    const [wanted, there] = await Promise.all([deployments(), servicePods()])
    const seconds = (performance.now() - started) / 1_000
    const whole = there.every(isReady) && there.length === wanted.reduce((sum, { spec }) => sum + spec.replicas, 0)
    if (whole) return seconds
    if (seconds > withinSeconds) {
      const missing = there.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata.name)
      throw new Error(`not ready after ${Math.round(seconds)} s: ${missing.join(', ')}`)
    }
    await sleep(250)
  }
}

/** The newest pod's of a neighbour is gone, in order, and another one takes its place. */
export async function restartNeighbour(name: 'postgresql' | 'kafka'): Promise<void> {
  await program('kubectl', ['--namespace', NEIGHBOURS, 'delete', 'pod', `${name}-0`])
  await program('kubectl', ['--namespace', NEIGHBOURS, 'rollout', 'status', `statefulset/${name}`, PATIENCE])
}

/** What pods of the release have logged so far, those that were started again both times. */
export async function logs(): Promise<string> {
  const parts = []
  for (const { metadata } of await pods()) {
    const ask = ['--namespace', NAMESPACE, 'logs', metadata.name, '--all-containers', '--prefix']
    for (const previous of [[], ['--previous']]) {
      parts.push(await program('kubectl', [...ask, ...previous]).catch(() => ''))
    }
  }
  return parts.join('')
}

const MESSAGE = /-{3,} MESSAGE FOLLOWS -{3,}\n([\s\S]*?)\n-{3,} END MESSAGE -{3,}/g

/** Every mail that the mail server has taken. */
export async function mails(): Promise<Array<{ to: string; subject: string }>> {
  const printed = await program('kubectl', ['--namespace', NEIGHBOURS, 'logs', 'deployment/mail'])
  return Promise.all(
    [...printed.matchAll(MESSAGE)].map(async ([, source]) => {
      const { to = [], subject = '' } = await parseMail(source ?? '')
      return { to: to.map(({ address }) => address ?? '').join(), subject }
    }),
  )
}

export const wayToGateway = () => WayIn.to(cluster, `${RELEASE}-gateway`, NAMESPACE, 8080)
