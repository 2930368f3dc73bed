// `npm run bench`: every bench/*.bench.mjs in turn, or those that are named; prints a table and writes bench/results.json, where figures that were
// not measured stay as they were. Figures are ratios measured in one run; nothing here is a test.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const files = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.bench.mjs'))
  .sort()
  .map((name) => `bench/${name}`)
// What needs more than Node is measured when it is named: `npm run bench:console`.
const ALONE = ['bench/console.bench.mjs']
const isWanted = (name) => (wanted.length === 0 ? !ALONE.includes(name) : wanted.some((word) => name.includes(word)))
const results = []
for (const file of files.filter(isWanted)) {
  console.log(`\n${file}`)
  const { run } = await import(join(root, file))
  for (const result of await run()) {
    results.push(result)
    const figure =
      result.ratio !== undefined
        ? `${(result.ratio * 100).toFixed(0)} %`
        : `${result.value < 10 ? result.value.toFixed(2) : Math.round(result.value).toLocaleString('en')} ${result.unit}`
    const verdict = result.holds === null ? '' : result.holds ? '✓' : '✗'
    console.log(
      `  ${result.id.padEnd(34)} ${figure.padStart(18)}  goal ${String(result.goal ?? '–').padEnd(12)} ${verdict}  ${result.detail ?? ''}`,
    )
  }
}
const isConsole = ({ id }) => /^C\d/.test(id)
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  reprieve: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
}
const written = join(root, 'bench/results.json')
const kept = existsSync(written) ? JSON.parse(readFileSync(written, 'utf8')).results : []
const measured = new Map(
  [...(wanted.length === 0 ? kept.filter(isConsole) : kept), ...results].map((result) => [result.id, result]),
)
writeFileSync(written, `${JSON.stringify({ machine, results: [...measured.values()] }, null, 2)}\n`)
// Pools and producers of a bench that failed half-way must not keep the process.
process.exit(0)
