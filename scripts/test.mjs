// `npm test`: static checks, then unit, medium and end-to-end tests, the quickest first. Ends with the counted line.
// --nightly runs the long forms: full kill matrices, soaks, property tests at nightly size.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { build, prepare, root } from './lib/prepare.mjs'
import { STATIC_CHECKS } from './lib/static-checks.mjs'

await prepare()
const nightly = process.argv.includes('--nightly')
if (nightly) process.env.REPRIEVE_TEST_SIZE = 'nightly'

const total = { passed: 0, failed: 0, skipped: 0 }
const skipped = []
const started = performance.now()
const elapsed = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`

build()

for (const { name, command, args } of STATIC_CHECKS) {
  const from = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
  const ok = status === 0
  total[ok ? 'passed' : 'failed'] += 1
  console.log(`${ok ? '✓' : '✗'} ${name} (${elapsed(from)})`)
  if (!ok) console.log(`${stdout}\n${stderr}`)
}

// Vitest leaves one processor to whoever watches. The medium ones wait for PostgreSQL and Kafka a good part of their time. Those that drive
// the whole system, or a browser, are a load of their own: two at once on two processors took each two to three times as long, the
// console's files 145 and 211 s alone and 439 and 569 s together.
const WORKERS = { unit: availableParallelism(), medium: availableParallelism(), e2e: 1 }

mkdirSync(join(root, '.cache'), { recursive: true })
for (const size of ['unit', 'medium', 'e2e']) {
  const from = performance.now()
  const report = join(root, `.cache/${size}.json`)
  rmSync(report, { force: true })
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project',
      size,
      `--maxWorkers=${WORKERS[size]}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  let result
  try {
    result = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    console.log(`✗ the ${size} tests did not finish`)
    total.failed += 1
    continue
  }
  total.passed += result.numPassedTests
  total.failed += result.numFailedTests
  total.skipped += result.numPendingTests + result.numTodoTests
  for (const file of result.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'pending' || test.status === 'skipped' || test.status === 'todo')
        skipped.push(`${size}: ${test.fullName}`)
    }
  }
  // A file that cannot even be loaded has no test that failed.
  if (status !== 0 && result.numFailedTests === 0) {
    console.log(`✗ the ${size} tests ended with an error outside of any test`)
    total.failed += 1
  }
  console.log(`${size} tests took ${elapsed(from)}`)
}

if (nightly) {
  for (const [name, file, args] of [
    [
      'no mutant of the state tables and of the authorization table survives',
      'node_modules/@stryker-mutator/core/bin/stryker.js',
      ['run'],
    ],
    ['no answer of the API is outside of its document', 'scripts/test-api.mjs', ['--examples', '50']],
  ]) {
    const from = performance.now()
    const { status } = spawnSync(process.execPath, [join(root, file), ...args], { cwd: root, stdio: 'inherit' })
    total[status === 0 ? 'passed' : 'failed'] += 1
    console.log(`${status === 0 ? '✓' : '✗'} ${name} (${elapsed(from)})`)
  }
}

if (skipped.length > 0) {
  console.log(`\nSKIPPED, so this run does not prove them:\n${skipped.map((name) => `  - ${name}`).join('\n')}`)
}
console.log(`\nin ${elapsed(started)}`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0
