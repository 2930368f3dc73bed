// Writes what follows from elsewhere in helm/: `npm run chart`, after values.yaml, a variable of a service, a topic, an alert or a dashboard has
// changed. --check tells instead what is not current, and ends with 1.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { describedValues } from './lib/chart/comments.mjs'
import { chartReadme } from './lib/chart/readme.mjs'
import { chartSchema } from './lib/chart/schema.mjs'
import { settings as readSettings } from './lib/chart/settings.mjs'
import { strimziExample } from './lib/chart/strimzi.mjs'
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()
const { deadLetterTopic, TOPICS } = await import('@reprieve/contracts')

const CHART = 'helm/reprieve'
const at = (path) => join(root, path)
const read = (path) => readFileSync(at(path), 'utf8')

const yaml = read(`${CHART}/values.yaml`)
const descriptions = describedValues(yaml)
const settings = await readSettings()
// A chart reaches no file outside of itself.
const copies = globSync('deploy/observability/{rules/reprieve.rules.yaml,dashboards/*.json}', { cwd: root }).map(
  (path) => [`${CHART}/files/${path.includes('/dashboards/') ? 'dashboards/' : ''}${basename(path)}`, read(path)],
)
const wanted = new Map([
  [`${CHART}/values.schema.json`, `${JSON.stringify(chartSchema(descriptions, settings), null, 2)}\n`],
  [`${CHART}/README.md`, chartReadme(read(`${CHART}/README.md`), { descriptions, settings, values: parse(yaml) })],
  ['helm/examples/strimzi.yaml', strimziExample(TOPICS, deadLetterTopic)],
  ...copies,
])
const left = globSync(`${CHART}/files/**/*.*`, { cwd: root }).filter((path) => !wanted.has(path))

if (process.argv.includes('--check')) {
  const stale = [...wanted].filter(([path, content]) => !existsSync(at(path)) || read(path) !== content)
  const faults = [...stale.map(([path]) => path), ...left]
  if (faults.length > 0) console.error(`not current, \`npm run chart\` writes them: ${faults.join(', ')}`)
  process.exitCode = faults.length > 0 ? 1 : 0
} else {
  for (const path of left) rmSync(at(path))
  for (const [path, content] of wanted) {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), content)
  }
  console.log(`${wanted.size} files of helm/ are current`)
}
