import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '@reprieve/testing'

const run = promisify(execFile)
const MAX_OUTPUT = 256 << 20
const RIG = process.env['REPRIEVE_CLUSTER'] ?? ''

export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
}

export interface Pod {
  metadata: { name: string; labels: Record<string, string>; deletionTimestamp?: string }
  status: {
    conditions?: Array<{ type: string; status: string }>
    containerStatuses?: Array<{ name: string; restartCount: number; lastState: Record<string, unknown> }>
  }
}

export interface Deployment {
  metadata: { name: string }
  spec: { replicas: number }
  status: { availableReplicas?: number; updatedReplicas?: number; unavailableReplicas?: number }
}

interface Service {
  spec: { selector: Record<string, string>; ports: Array<{ port: number; targetPort: string | number }> }
}

interface Node {
  status: { addresses: Array<{ type: string; address: string }> }
}

const NODE_PORT = 30_080

/** @returns what it printed; what it said beside that is in the error of a failure */
export async function program(name: 'kubectl' | 'helm', args: readonly string[], input = ''): Promise<string> {
  return (await both(name, args, input)).stdout
}

/** Of what it said, also that which is no result, such as warnings. */
export async function both(name: 'kubectl' | 'helm', args: readonly string[], input = '') {
  const running = run(RIG, [name, ...args], { maxBuffer: MAX_OUTPUT })
  running.child.stdin?.end(input)
  return await running.catch((error: Error & { stderr: string; stdout: string }) => {
    throw new Error(`${name} ${args.join(' ')}: ${error.stderr}${error.stdout.slice(-2_000)}`)
  })
}

export async function apply(objects: readonly object[], namespace: string): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  await program('kubectl', ['--namespace', namespace, 'apply', '--filename', '-'], list)
}

/**
 * The cluster's API over one process of kubectl, for what is asked again and again: one of its own for each question takes a fifth of a
 * second of a processor, and a dozen of them a second take the node's two away from what is tested.
 */
export class Cluster {
  readonly #proxy: ChildProcess
  readonly #url: string

  private constructor(proxy: ChildProcess, url: string) {
    this.#proxy = proxy
    this.#url = url
  }

  static async open(): Promise<Cluster> {
    const proxy = spawn(RIG, ['kubectl', 'proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    for await (const said of proxy.stdout.setEncoding('utf8')) {
      const [, address] = /Starting to serve on (\S+)/.exec(String(said)) ?? []
      if (address !== undefined) return new Cluster(proxy, `http://${address}`)
    }
    throw new Error('kubectl proxy ended')
  }

  /** @param path of a collection: `/api/v1/nodes` */
  async list<T>(path: string, selector = ''): Promise<T[]> {
    const { items } = (await this.#ask(`${path}?labelSelector=${encodeURIComponent(selector)}`)) as { items: T[] }
    return items
  }

  async deletePod(namespace: string, name: string, options: { gracePeriodSeconds?: number } = {}): Promise<void> {
    await this.#ask(`/api/v1/namespaces/${namespace}/pods/${name}`, 'DELETE', options)
  }

  /** @returns false where a budget does not allow it now */
  async evict(namespace: string, name: string): Promise<boolean> {
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
    const answer = await this.#send(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, 'POST', eviction)
    if (answer.ok) return true
    const text = await answer.text()
    if (answer.status === 429 && text.includes('disruption budget')) return false
    throw new Error(`the eviction of ${name} was answered ${answer.status}: ${text}`)
  }

  async close(): Promise<void> {
    await end(this.#proxy)
  }

  async #ask(path: string, method = 'GET', body?: object): Promise<unknown> {
    const answer = await this.#send(path, method, body)
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`)
    return await answer.json()
  }

  #send(path: string, method: string, body?: object): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  }
}

export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')

/** Ends a process that was started detached, and those that it has started. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await gone
}

/** A secret of files or words. */
export const secret = (name: string, content: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: content,
})

/** A port of this machine that leads to a service of the cluster, connection by connection, as the cluster itself balances them. */
export class WayIn {
  readonly url: string
  readonly #ends: ChildProcess[]
  readonly #folder: string

  private constructor(url: string, ends: ChildProcess[], folder: string) {
    this.url = url
    this.#ends = ends
    this.#folder = folder
  }

  /** @param port of its service by the same name */
  static async to(cluster: Cluster, service: string, namespace: string, port: number): Promise<WayIn> {
    const { spec } = JSON.parse(
      await program('kubectl', ['--namespace', namespace, 'get', 'service', service, '--output', 'json']),
    ) as Service
    // As a load balancer has it: a port of the node, of which the node's own proxy leads to the pods.
    const outside = `${service}-outside`
    const ports = [{ port, targetPort: spec.ports.find((one) => one.port === port)?.targetPort, nodePort: NODE_PORT }]
    const leading = { type: 'NodePort', selector: spec.selector, ports }
    await apply([{ apiVersion: 'v1', kind: 'Service', metadata: { name: outside }, spec: leading }], namespace)
    const [node] = await cluster.list<Node>('/api/v1/nodes')
    const address = node?.status.addresses.find(({ type }) => type === 'InternalIP')?.address
    const folder = await mkdtemp(join(tmpdir(), 'reprieve-cluster-'))
    const socket = `unix:${join(folder, 'socket')}`
    const here = await freePort()
    const forwarder = (await run(RIG, ['path', 'rigtool'])).stdout.trim()
    // The node's network is its own, its files are this machine's.
    const ends = [
      spawn(RIG, ['exec', 'rigtool', 'fwd', socket, `tcp:${address}:${NODE_PORT}`], {
        stdio: 'inherit',
        detached: true,
      }),
      spawn(forwarder, ['fwd', `tcp:127.0.0.1:${here}`, socket], { stdio: 'inherit', detached: true }),
    ]
    const way = new WayIn(`http://127.0.0.1:${here}`, ends, folder)
    for (;;) {
      if (
        await fetch(`${way.url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return way
      if (ends.some(({ exitCode }) => exitCode !== null)) throw new Error(`no way to ${service}`)
      await sleep(100)
    }
  }

  async close(): Promise<void> {
    for (const child of this.#ends) await end(child)
    await rm(this.#folder, { recursive: true, force: true })
  }
}
