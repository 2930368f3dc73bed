import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A child process of ours with all it printed, for tests that start, stop and kill the real thing. */
export class TestProcess {
  readonly child: ChildProcess
  output = ''

  /** @param root of the tree that the script is in: another version's, say */
  constructor(
    script: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    root: string = ROOT,
  ) {
    this.child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      // Nothing of the test runner's own settings reaches the product.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
  }

  /** Resolves with the match when the output has it; rejects with the output if the process ends first. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.output.match(pattern)
      if (match) return match
      if (this.ended)
        throw new Error(
          `ended (${this.child.exitCode ?? this.child.signalCode}) before it printed ${pattern}:\n${this.output}`,
        )
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** @returns the exit code, null if a signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.ended) {
      const exited = once(this.child, 'exit')
      this.child.kill(signal)
      await exited
    }
    return this.child.exitCode
  }
}
