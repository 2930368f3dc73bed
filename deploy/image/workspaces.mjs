// Prints the workspaces that an image is made of, as options of npm: every service but the one that composes the others. With --production
// it first takes out of every manifest of ours what only development needs: npm would follow that from one package of ours to another.
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ELSEWHERE = ['standalone']
const root = fileURLToPath(new URL('../../', import.meta.url))

if (process.argv.includes('--production')) {
  for (const file of globSync('{console,libs/*,services/*}/package.json', { cwd: root })) {
    const { devDependencies, scripts, ...manifest } = JSON.parse(readFileSync(root + file, 'utf8'))
    writeFileSync(root + file, `${JSON.stringify(manifest, null, 2)}\n`)
  }
}

const services = readdirSync(`${root}services`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !ELSEWHERE.includes(entry.name))
  .map(({ name }) => name)
  .sort()
process.stdout.write(services.map((name) => `--workspace=services/${name}`).join(' '))
