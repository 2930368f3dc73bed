import { type GatewayClient, Refusal } from './gateway-client.js'
import type { Terminal } from './terminal.port.js'

interface Letter {
  id: string
  topic: string
  partition: number
  offset: number
  consumer: string
  key: string
  bytes: number
  state: 'dead' | 'redriven' | 'discarded'
  cause: { code: string; message: string }
  failedAt: string
  failures: number
  attempts: number
  redrives: number
  settled: { at: string; by: { name: string }; reason: string | null } | null
}

interface WholeLetter extends Letter {
  headers: Readonly<Record<string, string>>
  body: { format: string; content: string; truncated: boolean }
  history: ReadonlyArray<{ failedAt: string; redrive: number; cause: { code: string; message: string } }>
}

export interface DlqListOptions {
  topics: readonly string[]
  services: readonly string[]
  states: readonly string[]
  json: boolean
}

const PAGE = 200
// Beyond this nobody reads on a terminal, and a loop of pages has an end.
const MOST = 1_000

/** Newest first, at most a thousand. */
export async function listDeadLetters(
  client: GatewayClient,
  terminal: Terminal,
  options: DlqListOptions,
): Promise<number> {
  const found: Letter[] = []
  let more = false
  for (let cursor: string | null = null; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE) })
    for (const topic of options.topics) query.append('topic', topic)
    for (const service of options.services) query.append('service', service)
    for (const state of options.states) query.append('state', state)
    if (cursor !== null) query.set('cursor', cursor)
    const page: { items: Letter[]; nextCursor: string | null } = await client.get(`/dead-letters?${query}`)
    found.push(...page.items)
    cursor = page.nextCursor
    more = cursor !== null
    if (!more || found.length >= MOST) break
  }
  if (options.json) {
    terminal.out(JSON.stringify(found, null, 2))
    return 0
  }
  if (found.length === 0) terminal.out('there are none')
  for (const letter of found) {
    terminal.out(`${letter.id}  ${letter.state}  ${letter.failedAt}  ${letter.topic} -> ${letter.consumer}`)
    terminal.out(plain(`    ${letter.key} (${letter.bytes} bytes)  ${letter.cause.code}: ${letter.cause.message}`))
  }
  if (more) terminal.error(`there are more than ${MOST}: narrow them down by --topic, --service or --state`)
  return 0
}

export async function showDeadLetter(
  client: GatewayClient,
  terminal: Terminal,
  id: string,
  json: boolean,
): Promise<number> {
  const letter = await client.get<WholeLetter>(`/dead-letters/${encodeURIComponent(id)}`)
  if (json) {
    terminal.out(JSON.stringify(letter, null, 2))
    return 0
  }
  const { settled } = letter
  const lines = [
    `${letter.id}  ${letter.state}`,
    `record    ${letter.topic}/${letter.partition} at ${letter.offset}, key ${letter.key}, ${letter.bytes} bytes`,
    `consumer  ${letter.consumer}`,
    `cause     ${letter.cause.code}: ${letter.cause.message}`,
    `failed    ${letter.failures} times, last at ${letter.failedAt}; called ${letter.attempts} times, redriven ${letter.redrives} times`,
    ...(settled === null
      ? []
      : [`settled   ${settled.at} by ${settled.by.name}${settled.reason === null ? '' : `: ${settled.reason}`}`]),
    ...letter.history.map(
      ({ failedAt, redrive, cause }) =>
        `          ${failedAt} ${redrive === 0 ? 'on its way' : `redrive ${redrive}`}: ${cause.message}`,
    ),
    ...Object.entries(letter.headers).map(([name, value]) => `header    ${name}: ${value}`),
    `body      ${letter.body.format}${letter.body.truncated ? ', its beginning' : ''}`,
    letter.body.content,
  ]
  for (const line of lines) terminal.out(plain(line))
  return 0
}

/** @returns 1 where one of them was refused; the others are redriven all the same */
export function redriveDeadLetters(client: GatewayClient, terminal: Terminal, ids: readonly string[]): Promise<number> {
  return settleEach(terminal, ids, async (id) => {
    const letter = await client.post<Letter>(`/dead-letters/${encodeURIComponent(id)}/redrive`)
    return `${letter.id} is on its way to ${letter.consumer}; it comes back if it fails again`
  })
}

export function discardDeadLetters(
  client: GatewayClient,
  terminal: Terminal,
  ids: readonly string[],
  reason: string,
): Promise<number> {
  return settleEach(terminal, ids, async (id) => {
    const letter = await client.post<Letter>(`/dead-letters/${encodeURIComponent(id)}/discard`, { reason })
    return `${letter.id} is discarded`
  })
}

async function settleEach(
  terminal: Terminal,
  ids: readonly string[],
  settle: (id: string) => Promise<string>,
): Promise<number> {
  let refused = 0
  for (const id of ids) {
    try {
      terminal.out(await settle(id))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused++
      terminal.error(`${id}: ${error.message}`)
    }
  }
  return refused === 0 ? 0 : 1
}

/** A record is anybody's: what steers a terminal does not reach it. */
const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD')
