import { type BackgroundWork, RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { ExpireExceptions } from '../../application/expire-exceptions.js'

// An exception ends within a second of its instant; a look that finds nothing is one probe of an index.
const EVERY_MS = 200

/** Ends what is due, several times a second; at start, what came due meanwhile. */
export const expirySweep = (expiry: ExpireExceptions, logger: Logger): BackgroundWork =>
  new RepeatedWork({ name: 'the expiry of exceptions', everyMs: EVERY_MS, work: () => expiry.expireDue(), logger })
