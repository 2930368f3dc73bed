import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { TOPICS } from '@reprieve/contracts'
import { SERVICE_NAMES } from '@reprieve/service-host'
import { describe, expect, it } from 'vitest'
import { ROOT } from './support/process.js'

// The checklist of CONTRIBUTING.md, held.
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8')
const folders = readdirSync(`${ROOT}services`).filter((name) => existsSync(`${ROOT}services/${name}/package.json`))
const WITHOUT_DATABASE = ['cli', 'gateway', 'standalone']

describe('every service', () => {
  it('with a folder is known to the host, unless it has no database', () => {
    expect(folders.filter((name) => !WITHOUT_DATABASE.includes(name)).sort()).toEqual([...SERVICE_NAMES].sort())
  })

  it.each(folders)('%s has a package of its name and a README of four headings', (name) => {
    expect(JSON.parse(read(`services/${name}/package.json`))).toMatchObject({
      name: `@reprieve/${name}-service`,
      license: 'Apache-2.0',
      private: true,
    })
    const headings = [...read(`services/${name}/README.md`).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(expect.arrayContaining(['What', 'Run', 'Config', 'Events']))
  })

  it.each(SERVICE_NAMES)('%s has a process, a definition and migrations', (name) => {
    for (const file of ['src/main.ts', 'src/index.ts', 'migrations'])
      expect(existsSync(`${ROOT}services/${name}/${file}`), file).toBe(true)
    expect(globSync(`${ROOT}services/${name}/migrations/*.sql`).length).toBeGreaterThan(0)
  })

  it('owns at least one topic, and every topic of aggregates can be published again by its owner', () => {
    expect(new Set(Object.values(TOPICS).map(({ owner }) => owner))).toEqual(new Set(SERVICE_NAMES))
    for (const [topic, { owner, retentionMs }] of Object.entries(TOPICS)) {
      if (retentionMs !== 'compacted') continue
      const sources = globSync(`${ROOT}services/${owner}/src/**/*.ts`)
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n')
      const published =
        new RegExp(`topic[^\\n]*['"]${topic.replaceAll('.', '\\.')}['"]`).test(sources) &&
        sources.includes('REPUBLISHERS')
      expect({ topic, published }).toEqual({ topic, published: true })
    }
  })

  it('is started by standalone', () => {
    const composed = read('services/standalone/src/services.ts')
    for (const name of SERVICE_NAMES) expect(composed).toContain(`'@reprieve/${name}-service'`)
  })

  it('is described where newcomers look', () => {
    const structure = read('docs/PROJECT_STRUCTURE.md')
    for (const name of folders) expect(structure, name).toContain(`\`${name}\``)
    for (const lib of readdirSync(`${ROOT}libs`)) expect(structure, lib).toContain(`\`${lib}\``)
  })
})
