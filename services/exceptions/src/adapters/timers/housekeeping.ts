import type { Clock } from '@reprieve/clock'
import { type BackgroundWork, RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { SweepEvidence } from '../../application/sweep-evidence.js'
import type { ReachRepository } from '../postgres/reach.repository.js'

const EVERY_MS = 10 * 60_000

/** Lets go of evidence that nobody used, and of counts that nobody needs that exactly any more. */
export const housekeeping = (
  evidence: SweepEvidence,
  reach: ReachRepository,
  clock: Clock,
  logger: Logger,
): BackgroundWork =>
  new RepeatedWork({
    name: 'the housekeeping of exceptions',
    everyMs: EVERY_MS,
    work: async () => {
      await evidence.sweep()
      while ((await reach.thin(clock.now())) > 0) {
        // The next few.
      }
    },
    logger,
  })
