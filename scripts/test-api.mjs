// `npm run test:api`: Schemathesis over the API's document, as a signed-in user of each role, against a standalone of its own.
// No answer may be a fault of ours, and none outside of the document. --examples N: how many of each operation (20).
// Schemathesis is a Python program: it is installed into .cache once, and without Python this fails and says so.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, prepare, root } from './lib/prepare.mjs'

const SCHEMATHESIS = 'schemathesis==4.32.5'
// These would end what the run itself lives on (its session, the keys that sign), or never end.
const LEFT_OUT = ['signOut', 'retireSigningKey', 'changeOwnPassword', 'listen']
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
]
const ROLES = ['admin', 'exceptionsManager', 'auditor', 'scanner', 'developer']
const DEVELOPER = ['exceptions.request', 'exceptions.read', 'instances.read', 'queries.write']

await prepare()
build()
const at = process.argv.indexOf('--examples')
const examples = at < 0 ? '20' : process.argv[at + 1]
const only = process.argv.includes('--role') ? [process.argv[process.argv.indexOf('--role') + 1]] : ROLES
const { freePort } = await import('@reprieve/embedded-postgres')
const { OPENAPI_FILE } = await import('@reprieve/gateway-service')

const folder = join(root, '.cache/schemathesis')
const command = join(folder, 'bin/schemathesis')
if (!existsSync(command)) {
  const run = (file, args) => spawnSync(file, args, { stdio: 'inherit' }).status === 0
  if (!run('python3', ['-m', 'venv', folder]) || !run(join(folder, 'bin/pip'), ['install', '--quiet', SCHEMATHESIS])) {
    console.error(`${SCHEMATHESIS} could not be installed: it needs python3 with venv, and a package index`)
    process.exit(1)
  }
}

const password = randomBytes(16).toString('base64url')
const data = mkdtempSync(join(tmpdir(), 'reprieve-api-'))
const [gateway, smtp, mail] = await Promise.all([freePort(), freePort(), freePort()])
const standalone = spawn(
  process.execPath,
  [
    join(root, 'services/standalone/dist/main.js'),
    '--headless',
    '--no-demo',
    ...['--port', gateway, '--smtp-port', smtp, '--mail-port', mail, '--data', data].map(String),
  ],
  { env: { ...process.env, REPRIEVE_PASSWORD: password }, stdio: ['ignore', 'pipe', 'inherit'] },
)
let failed = 0
try {
  await new Promise((resolve, reject) => {
    let printed = ''
    standalone.once('exit', () => reject(new Error(`standalone did not start: ${printed}`)))
    standalone.stdout.on('data', (chunk) => {
      printed += chunk
      if (/^ready /m.test(printed)) resolve()
    })
  })
  const base = `http://127.0.0.1:${gateway}/api/v1`
  const admin = await signIn(base, 'admin@reprieve.example')
  await post(base, '/roles', { name: 'developer', permissions: DEVELOPER }, admin)
  await post(base, '/rules', { role: 'developer', instructions: '', workflow: { type: 'autoPilot' } }, admin)
  for (const role of only) {
    const email = `${role.toLowerCase()}@api.example`
    await post(base, '/users', { email, name: role, role, kind: 'person', password }, admin)
    const token = await signIn(base, email)
    console.log(`\nas ${role}`)
    const { status } = spawnSync(
      command,
      [
        'run',
        fileURLToPath(OPENAPI_FILE),
        ...['--url', base, '--header', `Authorization: Bearer ${token}`, '--checks', CHECKS.join()],
        ...['--phases', 'examples,fuzzing', '--max-examples', examples, '--no-shrink', '--continue-on-failure'],
        ...['--workers', '2', '--request-timeout', '30', '--seed', '20260301', '--generation-database', 'none'],
        ...['--suppress-health-check', 'all', '--warnings', 'off', '--no-color'],
        ...LEFT_OUT.flatMap((operation) => ['--exclude-operation-id', operation]),
      ],
      // It leaves what it found in a folder beside where it runs.
      { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    if (status !== 0) failed++
  }
} finally {
  standalone.kill('SIGTERM')
  await new Promise((resolve) => (standalone.exitCode === null ? standalone.once('exit', resolve) : resolve()))
  rmSync(data, { recursive: true, force: true })
}
console.log(
  failed === 0
    ? '\nevery answer is in the document'
    : `\n${failed} of ${only.length} roles got answers that should not be`,
)
process.exitCode = failed === 0 ? 0 : 1

async function post(base, path, body, token) {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function signIn(base, email) {
  return (await post(base, '/session', { email, password })).accessToken
}
