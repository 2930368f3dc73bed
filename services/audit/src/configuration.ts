import { days, hours, integer } from '@reprieve/config'
import { z } from 'zod'

/** What this service reads from its environment, beside what every service does. */
export const auditVariables = z.object({
  AUDIT_RETENTION_DAYS: days({ min: 1, max: 36_500 })
    .optional()
    .describe('How long entries of the journal are kept. For ever where it is not given.'),
  LIVE_EVENT_HOURS: hours({ min: 1, max: 720 })
    .default(24)
    .describe('How long a client may have been away and still be told what it missed.'),
  LIVE_CONNECTIONS: integer({ min: 1, max: 100_000 })
    .default(5_000)
    .describe('Most streams of live updates that this process serves at once.'),
  LIVE_CONNECTIONS_PER_PERSON: integer({ min: 1, max: 1_000 })
    .default(10)
    .describe('Most of them that one person may have open.'),
})

export type AuditSettings = z.output<typeof auditVariables>
