// What is in an image, as CycloneDX: npm's own list of what is installed, made the same each time, and what the console's bundle holds.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'

/**
 * @param folder where the packages that run are installed, and no others
 * @param bundles packages of ours that hold parts of others: `packages` as `name@version`, `known` npm's list in which they are described
 * @param createdAt written instead of the time it is made
 */
export function materials({ folder, bundles, createdAt }) {
  const list = execFileSync(
    'npm',
    ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--omit', 'dev'],
    {
      cwd: folder,
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const bill = JSON.parse(list)
  // Our own it calls by their folders; the reference has the package's name.
  for (const each of [bill.metadata.component, ...bill.components])
    each.name = each['bom-ref'].slice(0, each['bom-ref'].lastIndexOf('@'))
  for (const { owner, packages, known } of bundles) {
    const component = bill.components.find(({ name }) => name === owner)
    if (component === undefined) throw new Error(`${owner} is not among the packages`)
    component.components = packages.map((id) => described(id, known))
  }
  bill.components.sort(byReference)
  bill.dependencies.sort((one, other) => (one.ref < other.ref ? -1 : 1))
  delete bill.serialNumber
  bill.metadata.timestamp = createdAt.toISOString()
  return { ...bill, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(bill))}` }
}

const byReference = (one, other) => (one['bom-ref'] < other['bom-ref'] ? -1 : 1)

/** As npm describes it, with a reference of its own: the same package may also be installed. */
function described(id, known) {
  const found = known.components.find((component) => component['bom-ref'] === id)
  if (found === undefined) throw new Error(`${id} is in a bundle, but npm does not know it`)
  const { properties: _, ...component } = found
  return { ...component, 'bom-ref': `bundled:${id}`, scope: 'required' }
}

/** A UUID (version 8, RFC 9562) of what it is the number of. */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
