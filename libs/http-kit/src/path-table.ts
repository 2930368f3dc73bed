interface Entry<T> {
  segments: readonly string[]
  byMethod: Map<string, T>
}

/** Which methods a path takes: tells 404 from 405. Patterns are those of routes: `/exceptions/{id}` or `/exceptions/:id`. */
export class PathTable<T> {
  readonly #entries = new Map<string, Entry<T>>()

  add(method: string, pattern: string, value: T): void {
    const segments = pattern.split('/').map((part) => (/^(:|\{)/.test(part) ? '{}' : part))
    const key = segments.join('/')
    const entry = this.#entries.get(key) ?? { segments, byMethod: new Map<string, T>() }
    entry.byMethod.set(method, value)
    this.#entries.set(key, entry)
  }

  /** @returns by method, what was added for the patterns that the path fits; empty for an unknown path */
  match(path: string): ReadonlyMap<string, T> {
    const parts = path.split('/')
    const found = new Map<string, T>()
    // A literal segment wins over a parameter, as in the router.
    const fitting = [...this.#entries.values()]
      .filter(({ segments }) => fits(segments, parts))
      .sort((a, b) => parameters(b.segments) - parameters(a.segments))
    for (const { byMethod } of fitting) for (const [method, value] of byMethod) found.set(method, value)
    return found
  }
}

const parameters = (segments: readonly string[]): number => segments.filter((segment) => segment === '{}').length

const fits = (segments: readonly string[], parts: readonly string[]): boolean =>
  segments.length === parts.length &&
  segments.every((segment, index) => (segment === '{}' ? parts[index] !== '' : segment === parts[index]))

/** `Allow` for the methods of one path. */
export function allowed(methods: Iterable<string>): string {
  const all = new Set(methods)
  if (all.has('GET')) all.add('HEAD')
  return [...all, 'OPTIONS'].sort().join(', ')
}
