import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseAway } from '@reprieve/database'
import { isSurroundingsFault } from '@reprieve/messaging'
import type { Logger } from '@reprieve/telemetry'
import { SchemaBehind } from './schema.js'

export interface Patience {
  logger: Logger
  /** Gives up. */
  signal?: AbortSignal | undefined
  /** Told why it waits. */
  because?: ((reason: string) => void) | undefined
}

const RETRY_MS = { first: 200, most: 2_000 }

/**
 * Does `work`, and tries again for as long as it takes while what it needs is away, or not yet as it must be.
 * @param what is waited for: `PostgreSQL`
 * @throws whatever else is wrong, at once
 */
export async function patiently<T>(what: string, work: () => Promise<T>, patience: Patience): Promise<T> {
  const { logger, signal, because } = patience
  for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.most)) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      const reason = reasonToWait(what, error)
      if (reason === null) throw error
      because?.(reason)
      logger.warn({ err: error }, `${reason}; trying again`)
    }
    await sleep(wait, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
  }
}

function reasonToWait(what: string, error: unknown): string | null {
  if (error instanceof SchemaBehind) return error.message
  return isSurroundingsFault(error) || isDatabaseAway(error) ? `${what} is away: ${(error as Error).message}` : null
}
