import 'reflect-metadata'
import { readdirSync, readFileSync } from 'node:fs'
import { run } from '@reprieve/cli-service'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { ROOT } from './support/process.js'
import { filledIn, type RunbookCommand, requestOf, runbookCommands } from './support/runbook-commands.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

const ADMIN = { email: 'first@reprieve.example', password: 'a long enough password' }
const PLACEHOLDER_ID = '0199c0de-0000-7000-8000-000000000000'

/** Of machines and clusters that are not here: `restore.e2e.spec.ts` dumps and restores, `topics` of the doctor tells partitions. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'pg_dump',
  'pg_restore',
  'createdb',
  'kafka-topics.sh',
  'kubectl',
  'promtool',
])
const commands = runbookCommands().filter(({ words }) => !ELSEWHERE.has(words[0] ?? ''))
const of = (tool: string) => commands.filter(({ words }) => words[0] === tool)
const named = (found: readonly RunbookCommand[]) =>
  found.map((command) => [`${command.runbook}: ${command.line}`, command] as const)

const signedBy = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid

describe('what runbooks tell to do', () => {
  let system: SystemInProcess
  let token: string
  let letterId: string

  beforeAll(async () => {
    system = await startSystemInProcess(ADMIN)
    const session = await new Api(system.gateway.url).post<{ accessToken: string }>('/session', ADMIN)
    token = session.body.accessToken
    await system.publish([{ topic: 'scanner.instances.v1', key: 'x', value: Buffer.from('no event') }])
    const [first] = await eventually(dead, (ids) => ids.length > 0)
    letterId = first ?? ''
  }, 120_000)
  afterAll(async () => system?.close())

  const dead = async () => {
    const { body } = await new Api(system.gateway.url, token).get<{ items: Array<{ id: string }> }>('/dead-letters')
    return body.items.map(({ id }) => id)
  }

  const variables = async () => {
    const keys = await new Api(system.gateway.url, token).get<{ items: Array<{ kid: string }> }>('/signing-keys')
    return {
      REPRIEVE_URL: system.gateway.url,
      REPRIEVE_TOKEN: token,
      // Not the one that has signed ours.
      KID: keys.body.items.find(({ kid }) => kid !== signedBy(token))?.kid ?? '',
    }
  }

  it('is all of tools that are known', () => {
    expect([...new Set(commands.map(({ words }) => words[0]))].sort()).toEqual(['curl', 'npm', 'psql', 'reprieve'])
    expect(commands.length).toBeGreaterThan(20)
  })

  it.each(named(of('reprieve')))('%s', async (_, { words }) => {
    const said: string[] = []
    // A record that was redriven is dead again a moment later.
    if (words[2] === 'discard') await eventually(dead, (ids) => ids.includes(letterId))
    const args = filledIn(words.slice(1), await variables()).map((word) => (word === PLACEHOLDER_ID ? letterId : word))
    const environment = { REPRIEVE_URL: system.gateway.url, REPRIEVE_TOKEN: token }
    const code = await run(args, environment, { out: (text) => said.push(text), error: (text) => said.push(text) })
    // The doctor warns of the dead letter.
    expect(args[0] === 'doctor' ? [0, 1] : [0], said.join('\n')).toContain(code)
  })

  it.each(named(of('psql')))('%s', async (_, { words }) => {
    const sql = words[words.indexOf('-c') + 1] ?? ''
    for (const [name, database] of Object.entries(system.databases)) {
      if (name !== 'messages') await database.open().pool.query(sql)
    }
  })

  // The order is that of the runbooks: a key is made before one is retired.
  it.each(named(of('curl')))('%s', async (_, { words }) => {
    const { url, init } = requestOf(filledIn(words, await variables()))
    const response = await fetch(url, init)
    expect(response.ok, `${response.status} ${await response.text()}`).toBe(true)
  })

  it.each(named(of('npm')))('%s', (_, { words }) => {
    const [, verb, script, argument] = words
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> }
    expect(verb).toBe('run')
    expect(Object.keys(scripts)).toContain(script)
    if (script === 'bench') expect(readdirSync(`${ROOT}bench`)).toContain(`${argument}.bench.mjs`)
  })
}, 120_000)
