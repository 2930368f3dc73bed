import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../process.js'
import type { Rendered } from './render.js'
import type { ChartTools } from './tools.js'

const run = promisify(execFile)

/** Packages with the schemas of resources that are not Kubernetes' own, by their group. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'cert-manager.io': '@kubernetes-models/cert-manager',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
}

const moduleOf = (apiVersion: string): string =>
  `${EXTENSIONS[apiVersion.split('/')[0] ?? ''] ?? 'kubernetes-models'}/${apiVersion}`

// Runs where the packages are: they can be imported from nowhere else.
const VALIDATION = `
  import { text } from 'node:stream/consumers'
  const faults = []
  for (const { object, module } of JSON.parse(await text(process.stdin))) {
    const { [object.kind]: Model } = await import(module)
    try {
      new Model(object).validate()
    } catch (error) {
      faults.push(object.kind + ' ' + object.metadata.name + ': ' + error.message)
    }
  }
  console.log(JSON.stringify(faults))
`

/** What Kubernetes' schemas find wrong: a value of the wrong type or form, one that is missing. */
export async function invalidities(tools: ChartTools, objects: readonly Rendered[]): Promise<string[]> {
  const checking = run(process.execPath, ['--input-type=module', '--eval', VALIDATION], { cwd: tools.folder })
  checking.child.stdin?.end(JSON.stringify(objects.map((object) => ({ object, module: moduleOf(object.apiVersion) }))))
  return JSON.parse((await checking).stdout) as string[]
}

/**
 * What is in no type of Kubernetes': fields that there are not, which its schemas let pass. The objects become literals of those types,
 * and the compiler finds them.
 */
export async function unknownFields(tools: ChartTools, objects: readonly Rendered[]): Promise<string> {
  const folder = await mkdtemp(join(tools.folder, 'check-'))
  try {
    const lines = objects.flatMap((object, index) => [
      `import type { I${object.kind} as K${index} } from '${moduleOf(object.apiVersion)}'`,
      `export const o${index}: K${index} = ${JSON.stringify(object)}`,
    ])
    await writeFile(join(folder, 'objects.ts'), lines.join('\n'))
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      target: 'esnext',
      module: 'nodenext',
      types: [],
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['objects.ts'] }))
    await run(process.execPath, [`${ROOT}node_modules/typescript7/bin/tsc`, '-p', folder])
    return ''
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    if (stdout === undefined || stdout === '') throw error
    return stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
