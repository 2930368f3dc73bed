import { type BackgroundWork, RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { LapseApprovals } from '../../application/lapse-approvals.js'

// A request lapses within a second of its end; a look that finds nothing is one probe of an index.
const EVERY_MS = 200

/** Lets lapse what is due, several times a second; at start, what came due meanwhile. */
export const lapseSweep = (lapses: LapseApprovals, logger: Logger): BackgroundWork =>
  new RepeatedWork({ name: 'the lapse of requests', everyMs: EVERY_MS, work: () => lapses.lapseDue(), logger })
