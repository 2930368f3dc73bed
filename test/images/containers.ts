import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** What `npm run test:images` has built. */
export interface Built {
  tag: string
  version: string
  revision: string
  created: string
  base: string
  archive: string
  bill: string
  /** Each from nothing. */
  builds: ReadonlyArray<{ id: string; digest: string; bytes: number }>
  baseBytes: number
}

export const built: Built = JSON.parse(readFileSync(process.env['REPRIEVE_IMAGE_REPORT'] ?? '', 'utf8'))

const LEAST_LIMIT = 16_384
// crun, podman's own choice, refuses machines that have both versions of cgroups.
const RUNTIME = '--runtime=runc'

// As Pod Security's level "restricted" has it, and the chart: with the runtime's own seccomp profile, which nothing here turns off.
const RESTRICTED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--tmpfs=/tmp:rw,noexec,nosuid,nodev,size=64m',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  // A container may not raise what whoever starts it may not.
  ...['nofile', 'nproc'].map((name) => `--ulimit=${name}=${LEAST_LIMIT}:${LEAST_LIMIT}`),
]

const podman = promisify(execFile)

export interface Ended {
  code: number
  output: string
}

export interface RunOptions {
  environment?: Readonly<Record<string, string>>
  /** The host's: to reach PostgreSQL and Kafka there. None otherwise. */
  network?: boolean
  /** Instead of the image's own. */
  entrypoint?: string
}

function argumentsOf(
  { environment = {}, network = false, entrypoint }: RunOptions,
  words: readonly string[],
): string[] {
  return [
    ...RESTRICTED,
    `--network=${network ? 'host' : 'none'}`,
    ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
    ...(entrypoint === undefined ? [] : [`--entrypoint=["${entrypoint}"]`]),
    built.tag,
    ...words,
  ]
}

/** Runs a container of the image to its end. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  try {
    const { stdout, stderr } = await podman('podman', [RUNTIME, 'run', '--rm', ...argumentsOf(options, words)])
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

/** A JavaScript expression, told within a container of the image. */
export async function evaluate<T>(expression: string): Promise<T> {
  const script = `const fs = require('node:fs'); process.stdout.write(JSON.stringify(${expression}))`
  const { code, output } = await run(['--eval', script], { entrypoint: '/app/bin/node' })
  if (code !== 0) throw new Error(output)
  return JSON.parse(output) as T
}

/** A container that goes on until it is stopped. */
export class Container {
  readonly #id: string
  output = ''

  private constructor(id: string) {
    this.#id = id
    const logs = spawn('podman', [RUNTIME, 'logs', '--follow', id], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [logs.stdout, logs.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
  }

  static async start(words: readonly string[], options: RunOptions): Promise<Container> {
    const { stdout } = await podman('podman', [RUNTIME, 'run', '--detach', ...argumentsOf(options, words)])
    return new Container(stdout.trim())
  }

  /** Runs a command in it. */
  async exec(...command: string[]): Promise<Ended> {
    return await podman('podman', [RUNTIME, 'exec', this.#id, ...command]).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
    )
  }

  /** Asks it to stop, as a platform does, and removes it. @returns the exit code; 137 where it had to be killed */
  async stop(seconds = 30): Promise<number> {
    await podman('podman', [RUNTIME, 'stop', `--time=${seconds}`, this.#id])
    const { stdout } = await podman('podman', [RUNTIME, 'inspect', '--format', '{{.State.ExitCode}}', this.#id])
    await podman('podman', [RUNTIME, 'rm', '--force', this.#id])
    return Number(stdout)
  }
}

/** Lends the files of the image to `look`. */
export async function withFiles<T>(look: (folder: string) => T | Promise<T>): Promise<T> {
  const { stdout } = await podman('podman', [RUNTIME, 'image', 'mount', built.tag])
  try {
    return await look(stdout.trim())
  } finally {
    await podman('podman', [RUNTIME, 'image', 'unmount', built.tag])
  }
}
