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

export async function list<T>(kind: string, namespace: string, ...selection: string[]): Promise<T[]> {
  const { items } = JSON.parse(
    await program('kubectl', ['--namespace', namespace, 'get', kind, '--output', 'json', ...selection]),
  )
  return items as T[]
}

export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')

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
  static async to(service: string, namespace: string, port: number): Promise<WayIn> {
    const { spec } = JSON.parse(
      await program('kubectl', ['--namespace', namespace, 'get', 'service', service, '--output', 'json']),
    ) as Service
    // As a load balancer has it: a port of the node, of which the node's own proxy leads to the pods.
    const outside = `${service}-outside`
    const ports = [{ port, targetPort: spec.ports.find((one) => one.port === port)?.targetPort, nodePort: NODE_PORT }]
    const leading = { type: 'NodePort', selector: spec.selector, ports }
    await apply([{ apiVersion: 'v1', kind: 'Service', metadata: { name: outside }, spec: leading }], namespace)
    const [node] = await list<Node>('nodes', namespace)
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
    for (const end of this.#ends) {
      if (end.exitCode !== null || end.pid === undefined) continue
      const gone = once(end, 'exit')
      process.kill(-end.pid, 'SIGKILL')
      await gone
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}
