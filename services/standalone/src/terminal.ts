import { styleText } from 'node:util'

/** What the person who starts it sees: progress while it works, then a few aligned lines. */
export interface Terminal {
  progress(text: string): void
  done(): void
  fail(message: string): void
  summary(rows: ReadonlyArray<readonly [label: string, value: string]>, notes: readonly string[]): void
  line(text: string): void
}

const dim = (text: string) => styleText('dim', text)
const bold = (text: string) => styleText('bold', text)

export function createTerminal(headless: boolean): Terminal {
  const out = process.stdout
  const rewrites = out.isTTY && !headless
  let current: { text: string; since: number } | null = null

  const finish = () => {
    if (current === null) return
    const seconds = `${((performance.now() - current.since) / 1000).toFixed(1)} s`
    if (rewrites) out.write(`\r\x1b[K`)
    if (!headless) out.write(`  ${styleText('green', '✓')} ${current.text} ${dim(seconds)}\n`)
    current = null
  }

  return {
    progress(text) {
      finish()
      current = { text, since: performance.now() }
      if (rewrites) out.write(`  ${dim('…')} ${text}`)
    },
    done: finish,
    fail(message) {
      if (rewrites && current !== null) out.write(`\r\x1b[K  ${styleText('red', '✗')} ${current.text}\n`)
      current = null
      process.stderr.write(`\n${message}\n`)
    },
    summary(rows, notes) {
      finish()
      if (headless) return
      const width = Math.max(...rows.map(([label]) => label.length))
      out.write(`\n${rows.map(([label, value]) => `  ${dim(label.padEnd(width))}  ${bold(value)}`).join('\n')}\n`)
      for (const note of notes) out.write(`\n  ${note}\n`)
      out.write('\n')
    },
    line(text) {
      finish()
      out.write(`${text}\n`)
    },
  }
}
