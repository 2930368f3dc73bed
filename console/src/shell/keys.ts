import { useEffect, useRef } from 'react'

/** One key, or two after each other, and what it does; `?` shows all of them. */
export interface KeyBinding {
  /** As typed: `j`, `?`, `g h`. */
  keys: string
  does: string
  group: string
  run: (event: KeyboardEvent) => void
}

const SEQUENCE_MS = 900
const active = new Set<{ current: readonly KeyBinding[] }>()
let before: { key: string; at: number } | null = null

const types = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role=listbox],[role=menu]') !== null)

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (types(event.target)) return
  const sequence = before !== null && event.timeStamp - before.at < SEQUENCE_MS ? `${before.key} ${event.key}` : null
  // What was opened last (a drawer over a page) has its keys first.
  const bindings = [...active].reverse().flatMap(({ current }) => current)
  const found = bindings.find(({ keys }) => keys === sequence) ?? bindings.find(({ keys }) => keys === event.key)
  before = { key: event.key, at: event.timeStamp }
  if (found === undefined) return
  if (found.keys === sequence) before = null
  event.preventDefault()
  found.run(event)
}

/** These keys work while the component is there, unless somebody is typing into a field. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const latest = useRef(bindings)
  latest.current = bindings
  useEffect(() => {
    if (active.size === 0) document.addEventListener('keydown', handle)
    active.add(latest)
    return () => {
      active.delete(latest)
      if (active.size === 0) document.removeEventListener('keydown', handle)
    }
  }, [])
}

/** All keys that work now, the page's own first. */
export function activeKeys(): KeyBinding[] {
  const seen = new Set<string>()
  return [...active]
    .reverse()
    .flatMap(({ current }) => current)
    .filter(({ keys }) => !seen.has(keys) && seen.add(keys))
}
