import { execFile } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { USAGE } from '@reprieve/cli-service'
import { ROUTE_TABLE } from '@reprieve/gateway-service'
import { METRICS } from '@reprieve/telemetry'
import { describe, expect, it } from 'vitest'
import { ROOT } from './support/process.js'

const run = promisify(execFile)
const FOLDER = `${ROOT}deploy/observability`
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8')
const rules = read('deploy/observability/rules/reprieve.rules.yaml')
const dashboards = globSync(`${FOLDER}/dashboards/*.json`).map((file) => ({
  file: basename(file),
  board: JSON.parse(readFileSync(file, 'utf8')) as {
    uid: string
    panels: Array<{ id: number; title: string; targets: Array<{ expr: string }> }>
  },
}))
const runbooks = globSync(`${ROOT}docs/runbooks/*.md`).map((file) => ({
  file: basename(file),
  text: readFileSync(file, 'utf8'),
}))

/** As Prometheus names what comes by OTLP. */
const NAMES = new Set(
  Object.entries(METRICS).flatMap(([name, { kind, unit }]) => {
    const base = `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : unit === 'By' ? '_bytes' : ''}`
    if (kind === 'counter') return [`${base}_total`]
    return kind === 'histogram' ? [`${base}_bucket`, `${base}_count`, `${base}_sum`] : [base]
  }),
)
const LABELS = new Set([
  'le',
  ...Object.values(METRICS).flatMap(({ labels }) => labels.map((label) => label.replaceAll('.', '_'))),
])

/** Metrics and labels of an expression that nobody tells. */
function unknownIn(expression: string): string[] {
  const metrics = [...expression.matchAll(/\b(?:reprieve|http)_[a-z_]+(?=[{[)\s]|$)/g)].map(([name]) => name)
  const labels = [
    ...[...expression.matchAll(/([a-z_]+)=~?"/g)].map(([, label]) => label ?? ''),
    ...[...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? '').split(/,\s*/)),
  ].filter((label) => label !== '')
  const named = metrics.filter((name) => !NAMES.has(name) && !LABELS.has(name))
  return [...named, ...labels.filter((label) => !LABELS.has(label))]
}

describe('alerts', () => {
  const alerts = rules.split(/^ {6}- alert: /m).slice(1)

  it('are there, each over what is told, each with a runbook that exists', () => {
    expect(alerts.length).toBeGreaterThan(10)
    for (const alert of alerts) {
      const name = alert.split('\n')[0] ?? ''
      const expression = /expr: >-\n {10}(.+)/.exec(alert)?.[1] ?? ''
      expect(expression, name).not.toBe('')
      expect(unknownIn(expression), name).toEqual([])
      const runbook = /runbook_url: (\S+)/.exec(alert)?.[1] ?? ''
      expect(existsSync(`${ROOT}${runbook}`) && runbook.startsWith('docs/runbooks/'), `${name}: ${runbook}`).toBe(true)
    }
  })

  it('have a series where they fire and one where they are silent', () => {
    const tests = read('deploy/observability/rules/rules.test.yaml')
    for (const alert of alerts) {
      const name = alert.split('\n')[0] ?? ''
      expect(tests).toContain(`- name: '${name} fires'`)
      expect(tests).toContain(`- name: '${name} is silent'`)
    }
  })

  it('fire and are silent as promtool sees it', async ({ skip }) => {
    const promtool = process.env['PROMTOOL'] ?? 'promtool'
    const found = await run(promtool, ['--version']).then(
      () => true,
      () => false,
    )
    skip(!found, 'promtool is not installed (Debian: prometheus); the alerts are NOT tested')
    await run(promtool, ['check', 'rules', `${FOLDER}/rules/reprieve.rules.yaml`])
    await run(promtool, ['test', 'rules', `${FOLDER}/rules/rules.test.yaml`])
  }, 60_000)
})

describe('dashboards', () => {
  it.each(dashboards.map(({ file, board }) => [file, board] as const))('%s shows what is told', (_, { panels }) => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { title, targets } of panels) {
      expect(targets.length, title).toBeGreaterThan(0)
      for (const { expr } of targets) expect(unknownIn(expr), title).toEqual([])
    }
  })

  it('show every number there is', () => {
    const shown = dashboards
      .flatMap(({ board }) => board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
      .join('\n')
    const alerted = `${shown}\n${rules}`
    const missing = Object.keys(METRICS).filter((name) => !alerted.includes(name.replaceAll('.', '_')))
    expect(missing).toEqual([])
  })
})

describe('runbooks', () => {
  // Of PostgreSQL, Kafka, Prometheus and every machine.
  const TOOLS = new Set([
    'psql',
    'pg_dump',
    'pg_restore',
    'createdb',
    'curl',
    'kafka-topics.sh',
    'promtool',
    'kubectl',
    'helm',
  ])
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts
  const commandsIn = (text: string) =>
    [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
      (block ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    )

  it.each(runbooks.map(({ file, text }) => [file, text] as const))('%s tells commands that exist', (_, text) => {
    for (const command of commandsIn(text)) {
      const [tool = '', first = '', second = ''] = command.split(/\s+/)
      if (tool === 'reprieve') {
        const words = first === 'dlq' ? `reprieve ${first} ${second}` : `reprieve ${first}`
        expect(USAGE, command).toContain(`\n${words}`)
      } else if (tool === 'npm') expect(Object.keys(scripts), command).toContain(second)
      else expect([...TOOLS], command).toContain(tool)
    }
  })

  it.each(runbooks.map(({ file, text }) => [file, text] as const))(
    '%s names routes and files that exist',
    (_, text) => {
      const shape = (path: string) => path.replace(/\{\w+\}|\$\w+/g, '{}')
      const known = new Set(ROUTE_TABLE.map(({ path }) => shape(path)))
      for (const [, path = ''] of text.matchAll(/\/api\/v1(\/[\w${}./-]+)/g)) {
        expect([...known], path).toContain(shape(path.replace(/[.]$/, '')))
      }
      for (const [, file = ''] of text.matchAll(/\]\(([\w.-]+\.md)\)/g)) {
        expect(existsSync(`${ROOT}docs/runbooks/${file}`), file).toBe(true)
      }
      for (const [, file = ''] of text.matchAll(/`((?:deploy|libs|docs)\/[\w./-]+)`/g)) {
        expect(existsSync(`${ROOT}${file}`), file).toBe(true)
      }
    },
  )

  it('are listed, all of them', () => {
    const index = read('docs/runbooks/README.md')
    for (const file of readdirSync(`${ROOT}docs/runbooks`)) {
      if (file !== 'README.md') expect(index).toContain(`(${file})`)
    }
  })

  it('are those that the doctor names', () => {
    const sources = globSync(`${ROOT}{libs,services}/*/src/**/*.ts`).map((file) => readFileSync(file, 'utf8'))
    const named = new Set(
      sources.flatMap((text) => [...text.matchAll(/docs\/runbooks\/[\w-]+\.md/g)].map(([file]) => file)),
    )
    expect(named.size).toBeGreaterThan(3)
    for (const file of named) expect(existsSync(`${ROOT}${file}`), file).toBe(true)
  })
})
