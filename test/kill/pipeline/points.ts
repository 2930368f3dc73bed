/** A step that the pipeline is killed at. */
export interface CrashPoint {
  /** As the child process names it. */
  name: string
  /** How often one run passes it at least. */
  passes: number
}

const point = (name: string, passes: number): CrashPoint => ({ name, passes })

/**
 * Every two neighbouring steps of change → relay → broker → handler → commit have one of these between them. `sent` means that the request
 * is on its way and its answer did not come any more: the process that is killed there cannot know what became of it.
 */
export const CRASH_POINTS: readonly CrashPoint[] = [
  point('change: made, its event not written', 6),
  point('change: event written, not committed', 6),
  point('change: commit sent', 6),
  point('change: committed, its author not told', 6),
  point('relay: events read, nothing published', 2),
  point('relay: records sent to the broker', 2),
  point('relay: published, not deleted', 2),
  point('relay: delete sent', 2),
  point('relay: deleted', 2),
  point('effect: record delivered', 6),
  point('effect: noted in the inbox, not acted', 6),
  point('effect: acted, not committed', 6),
  point('effect: commit sent', 6),
  point('effect: committed, handler not returned', 6),
  point('effect: handled, position not kept', 2),
  point('effect: position sent', 2),
  point('effect: position kept', 1),
  point('model: record delivered', 6),
  point('model: commit sent', 6),
  point('model: committed, handler not returned', 6),
  point('ledger: batch delivered', 3),
  point('ledger: rows written, position not moved', 3),
  point('ledger: position moved, not committed', 3),
  point('ledger: commit sent', 3),
  point('ledger: committed, handler not returned', 3),
]
