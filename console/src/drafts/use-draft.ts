import { useCallback, useEffect, useRef } from 'react'
import { useMe } from '../session/me.js'

const WRITE_AFTER_MS = 250

/**
 * Keeps what somebody types, so that it is there again after a reload. One draft for each name and person on this machine.
 * @returns `read` what was kept (null: nothing, or it cannot be read), `keep` soon, `drop` when it was sent or thrown away
 */
export function useDraft<T>(name: string): { read: () => T | null; keep: (value: T) => void; drop: () => void } {
  const key = `reprieve:draft:${useMe().id}:${name}`
  const pending = useRef<{ timer: ReturnType<typeof setTimeout>; value: T } | null>(null)

  const read = useCallback((): T | null => {
    try {
      const kept = localStorage.getItem(key)
      return kept === null ? null : (JSON.parse(kept) as T)
    } catch {
      return null
    }
  }, [key])

  const write = useCallback(() => {
    if (pending.current === null) return
    clearTimeout(pending.current.timer)
    try {
      localStorage.setItem(key, JSON.stringify(pending.current.value))
    } catch {
      // Storage is full or closed: then this draft lasts as long as the page.
    }
    pending.current = null
  }, [key])

  const keep = useCallback(
    (value: T) => {
      if (pending.current !== null) clearTimeout(pending.current.timer)
      pending.current = { value, timer: setTimeout(write, WRITE_AFTER_MS) }
    },
    [write],
  )

  const drop = useCallback(() => {
    if (pending.current !== null) clearTimeout(pending.current.timer)
    pending.current = null
    try {
      localStorage.removeItem(key)
    } catch {
      // Then there is none either.
    }
  }, [key])

  // A page that goes away keeps the last words too.
  useEffect(() => {
    addEventListener('pagehide', write)
    return () => {
      removeEventListener('pagehide', write)
      write()
    }
  }, [write])

  return { read, keep, drop }
}
