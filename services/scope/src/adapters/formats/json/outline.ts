import { ReportFault } from '../report-fault.js'
import type { JsonConsumer, ValueType, Wish } from './json-scanner.js'

/** What to do with the values of a report, place by place. What an outline does not name is run over. */
export type Outline =
  /** An object whose named members matter. */
  | { readonly is: 'object'; readonly scope?: string; readonly members: () => ReadonlyMap<string, Outline> }
  /** A list whose elements all matter alike. */
  | { readonly is: 'list'; readonly scope?: string; readonly element: Outline }
  /** A small value kept for its scope under `slot`; one longer than the limit counts as absent. */
  | { readonly is: 'context'; readonly slot: string }
  /** A value handed over as it comes, with its scope, such as one of a tool's rules. */
  | { readonly is: 'item'; readonly of: string }
  /** A finding. */
  | { readonly is: 'finding'; readonly of: string }

export const object = (members: Readonly<Record<string, Outline>>, scope?: string): Outline => {
  const map = new Map(Object.entries(members))
  return { is: 'object', members: () => map, ...(scope === undefined ? {} : { scope }) }
}
/** An object that may contain itself, such as components inside components. */
export const recursive = (members: () => Readonly<Record<string, Outline>>, scope: string): Outline => {
  let map: ReadonlyMap<string, Outline> | undefined
  return {
    is: 'object',
    scope,
    members: () => {
      map ??= new Map(Object.entries(members()))
      return map
    },
  }
}
export const list = (element: Outline, scope?: string): Outline => ({
  is: 'list',
  element,
  ...(scope === undefined ? {} : { scope }),
})
export const context = (slot: string): Outline => ({ is: 'context', slot })
export const item = (of: string): Outline => ({ is: 'item', of })
export const finding = (of: string): Outline => ({ is: 'finding', of })

/** A part of the report that says something about all findings in it: the whole, a SARIF run, one of Trivy's results. */
export interface Scope {
  readonly kind: string
  readonly parent: Scope | undefined
  readonly slots: Map<string, unknown>
  /** Its end has been read: nothing about it can change any more. */
  closed: boolean
  /** For the reader of a format, to keep what it has made of it. */
  made: unknown
}

/** Where a value stands, as an RFC 6901 JSON Pointer. Only good during the call it is given to. */
export type PointerOf = () => string

export interface OutlineSink {
  /** `bytes` are valid during the call; `undefined`: longer than allowed. */
  finding(of: string, bytes: Buffer | undefined, scope: Scope, pointer: PointerOf): void
  /** Where findings should be is something else. */
  misplaced(scope: Scope, pointer: PointerOf, what: string): void
  item(of: string, value: unknown, scope: Scope): void
  closed(scope: Scope): void
}

interface Level {
  readonly outline: Outline & { is: 'object' | 'list' }
  readonly scope: Scope
  readonly opened: boolean
  key: string | number | undefined
}

/** Whether findings stand somewhere below, so that a value of another type than the outline's is a loss. */
const bearing = new Map<Outline, boolean>()
function bearsFindings(outline: Outline): boolean {
  const known = bearing.get(outline)
  if (known !== undefined) return known
  bearing.set(outline, false)
  const bears =
    outline.is === 'finding' ||
    (outline.is === 'list' && bearsFindings(outline.element)) ||
    (outline.is === 'object' && [...outline.members().values()].some(bearsFindings))
  bearing.set(outline, bears)
  return bears
}

export function newScope(kind: string, parent: Scope | undefined): Scope {
  return { kind, parent, slots: new Map(), closed: false, made: undefined }
}

/** Parses what the scanner cut out. It looked for the end only, so this is where a fault inside shows. */
export function parseTaken(bytes: Buffer, pointer: PointerOf): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new ReportFault('NOT_JSON', 'What stands here is not JSON.', pointer())
  }
}

/** Follows an outline through the scanner's values. */
export class OutlineWalker implements JsonConsumer {
  readonly #outlineOf: (type: ValueType) => Outline | undefined
  readonly #sink: OutlineSink
  readonly #root: Scope
  /** Whether whole documents are findings, one after the other. */
  readonly #manyDocuments: boolean
  readonly #skipsFindings: () => boolean
  readonly #levels: Level[] = []
  #taking: Outline | undefined
  #takingKey: string | number | undefined
  #documents = 0

  constructor(
    outlineOf: (type: ValueType) => Outline | undefined,
    sink: OutlineSink,
    root: Scope,
    manyDocuments: boolean,
    skipsFindings: () => boolean = () => false,
  ) {
    this.#outlineOf = outlineOf
    this.#sink = sink
    this.#root = root
    this.#manyDocuments = manyDocuments
    this.#skipsFindings = skipsFindings
  }

  value(key: string | number | undefined, type: ValueType): Wish {
    const level = this.#levels[this.#levels.length - 1]
    let outline: Outline | undefined
    if (level === undefined) {
      outline = this.#outlineOf(type)
      if (this.#manyDocuments) this.#takingKey = this.#documents
      this.#documents++
    } else {
      level.key = key
      outline = level.outline.is === 'list' ? level.outline.element : level.outline.members().get(key as string)
    }
    if (outline === undefined || (outline.is === 'finding' && this.#skipsFindings())) return 'skip'
    const scope = level?.scope ?? this.#root
    if (outline.is === 'object' || outline.is === 'list') {
      if ((outline.is === 'object') !== (type === 'object') || type === 'scalar') {
        // Told apart from a plain `null` only once it is read: see `taken`.
        this.#taking = outline
        if (type === 'scalar') return 'take'
        this.#taking = undefined
        this.#misplaced(outline, scope)
        return 'skip'
      }
      if (level?.outline.is === 'object' && outline.scope !== undefined) this.#once(scope, `{${String(key)}}`)
      const opened = outline.scope !== undefined
      const own = outline.scope === undefined ? scope : newScope(outline.scope, scope)
      this.#levels.push({ outline, scope: own, opened, key: undefined })
      return 'enter'
    }
    this.#taking = outline
    return 'take'
  }

  taken(bytes: Buffer | undefined): void {
    const outline = this.#taking
    this.#taking = undefined
    const scope = this.#levels[this.#levels.length - 1]?.scope ?? this.#root
    switch (outline?.is) {
      case 'finding':
        this.#sink.finding(outline.of, bytes, scope, this.#pointer)
        return
      case 'context':
        this.#once(scope, outline.slot)
        scope.slots.set(outline.slot, bytes === undefined ? undefined : parseTaken(bytes, this.#pointer))
        return
      case 'item':
        this.#sink.item(outline.of, bytes === undefined ? undefined : parseTaken(bytes, this.#pointer), scope)
        return
      case 'object':
      case 'list':
        if (bytes === undefined || bytes.toString('latin1') !== 'null') this.#misplaced(outline, scope)
        else if (outline.scope !== undefined) this.#close(newScope(outline.scope, scope))
        return
    }
  }

  left(): void {
    const level = this.#levels.pop()
    if (level?.opened) this.#close(level.scope)
  }

  /** What findings refer to must not change after some have been read. */
  #once(scope: Scope, slot: string): void {
    if (scope.slots.has(slot))
      throw new ReportFault(
        'DUPLICATE_KEY',
        'This name stands here twice; which one holds cannot be told.',
        this.#pointer(),
      )
    scope.slots.set(slot, undefined)
  }

  #close(scope: Scope): void {
    scope.closed = true
    this.#sink.closed(scope)
  }

  #misplaced(outline: Outline, scope: Scope): void {
    if (bearsFindings(outline))
      this.#sink.misplaced(scope, this.#pointer, outline.is === 'list' ? 'a list' : 'an object')
    if ((outline.is === 'list' || outline.is === 'object') && outline.scope !== undefined)
      this.#close(newScope(outline.scope, scope))
  }

  readonly #pointer: PointerOf = () => {
    let pointer = ''
    if (this.#levels.length === 0) return this.#takingKey === undefined ? '' : `/${this.#takingKey}`
    for (const { key } of this.#levels) pointer += `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
    return pointer
  }
}
