import { type RefObject, useEffect, useRef } from 'react'

/**
 * For a row of links that is wider than a telephone: brings the one that is open into view.
 * @param active which one it is: as it or the row's width changes, the row is scrolled
 */
export function useActiveInView<Element extends HTMLElement>(active: unknown): RefObject<Element | null> {
  const row = useRef<Element>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect looks at what `active` has changed in the document
  useEffect(() => {
    if (row.current === null) return
    // It tells the first size, too, and one that came of turning the telephone.
    const observer = new ResizeObserver(() =>
      row.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    )
    observer.observe(row.current)
    return () => observer.disconnect()
  }, [active])
  return row
}
