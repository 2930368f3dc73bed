// Prints the workspaces that an image is made of, as options of npm: every service but the one that composes the others.
import { readdirSync } from 'node:fs'

const ELSEWHERE = ['standalone']

const services = readdirSync(new URL('../../services/', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !ELSEWHERE.includes(entry.name))
  .map(({ name }) => name)
  .sort()
process.stdout.write(services.map((name) => `--workspace=services/${name}`).join(' '))
