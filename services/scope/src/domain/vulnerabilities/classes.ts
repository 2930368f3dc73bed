import { compareVulnerabilityIds } from '../identity/index.js'

/** Ids that are aliases of one another. A class that is not stored yet has no key. */
export interface VulnerabilityClass {
  readonly key: number | null
  readonly ids: readonly string[]
}

export interface ClassChange {
  /** Stored classes that are one now; the first keeps its key. Empty for a new class. */
  readonly keys: readonly number[]
  /** All ids, the canonical one first. */
  readonly ids: readonly [string, ...string[]]
}

/** More would not be one vulnerability, whatever the scanners say. */
const MOST_IDS = 1_000
const isCve = (id: string) => id.startsWith('CVE-')

/**
 * What has to change so that the ids of each statement are of one class. A statement never makes two CVEs one: an id that stands for
 * one CVE already stays with it.
 * @param stored every stored class that has one of the ids
 * @param statements ids said to be the same, the canonical one first
 */
export function joinClasses(
  stored: readonly (VulnerabilityClass & { readonly key: number })[],
  statements: readonly (readonly [string, ...string[]])[],
): ClassChange[] {
  interface Group {
    keys: number[]
    ids: Set<string>
    changed: boolean
  }
  const groups = new Map<string, Group>()
  for (const { key, ids } of stored) {
    const group: Group = { keys: [key], ids: new Set(ids), changed: false }
    for (const id of ids) groups.set(id, group)
  }
  for (const statement of statements) {
    const [canonical, ...aliases] = statement
    let group = groups.get(canonical)
    if (group === undefined) {
      group = { keys: [], ids: new Set([canonical]), changed: true }
      groups.set(canonical, group)
    }
    for (const alias of aliases) {
      const other = groups.get(alias) ?? { keys: [], ids: new Set([alias]), changed: true }
      if (other === group) continue
      if (!canBeOne(group.ids, other.ids)) continue
      for (const id of other.ids) {
        group.ids.add(id)
        groups.set(id, group)
      }
      group.keys.push(...other.keys)
      group.changed = true
    }
  }
  return [...new Set(groups.values())]
    .filter(({ changed }) => changed)
    .map(({ keys, ids }) => ({
      keys: keys.toSorted((a, b) => a - b),
      ids: [...ids].sort(compareVulnerabilityIds) as [string, ...string[]],
    }))
}

function canBeOne(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size + b.size > MOST_IDS) return false
  const cves = new Set([...a, ...b].filter(isCve))
  return cves.size <= 1
}
