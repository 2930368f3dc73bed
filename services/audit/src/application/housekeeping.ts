import type { Clock } from '@reprieve/clock'
import type { Retention } from './retention.port.js'

export interface Keeping {
  /** Null: for ever. */
  entriesMs: number | null
  liveEventsMs: number
}

/** Takes away what is older than it shall be kept, all of it, in steps that nobody waits for. */
export async function keepHouse(
  retention: Retention,
  clock: Clock,
  { entriesMs, liveEventsMs }: Keeping,
): Promise<void> {
  const before = (age: number) => new Date(clock.now().getTime() - age)
  if (entriesMs !== null) while ((await retention.forgetEntries(before(entriesMs))) > 0);
  while ((await retention.forgetLiveEvents(before(liveEventsMs))) > 0);
}
