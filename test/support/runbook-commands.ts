import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { ROOT } from './process.js'

export interface RunbookCommand {
  /** `lag.md` */
  runbook: string
  line: string
  /** As a shell takes it apart; variables are not filled in. */
  words: string[]
}

/** Every line of every shell block of the runbooks. */
export function runbookCommands(): RunbookCommand[] {
  return globSync(`${ROOT}docs/runbooks/*.md`)
    .sort()
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
        block
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
          .map((line) => ({ runbook: basename(file), line, words: wordsOf(line) })),
      ),
    )
}

/** Words of a simple command: blanks part them, unless they are within quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  )
}

export const filledIn = (words: readonly string[], variables: Readonly<Record<string, string>>): string[] =>
  words.map((word) => word.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => variables[name] ?? ''))

/** What a `curl` command sends. @throws for an option that is not known here */
export function requestOf(words: readonly string[]): { url: string; init: RequestInit } {
  const headers: Record<string, string> = {}
  let method: string | null = null
  let body: string | null = null
  let url = ''
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '-X') method = words[++index] ?? ''
    else if (word === '-d') body = words[++index] ?? ''
    else if (word === '-H') {
      const [name = '', value = ''] = (words[++index] ?? '').split(/:\s*/, 2)
      headers[name] = value
    } else if (word.startsWith('-')) throw new Error(`curl ${word} is not known here`)
    else url = word
  }
  return {
    url,
    init: { method: method ?? (body === null ? 'GET' : 'POST'), headers, ...(body === null ? {} : { body }) },
  }
}
