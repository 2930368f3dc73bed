import { RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import type { ApplyPolicy } from '../../application/apply-policy.js'

// Whoever saves a policy wakes it; this is for what another process saved. A look that finds nothing is one probe of an index.
const EVERY_MS = 1_000

/** Holds tickets against the newest policy; at start, against what became of it meanwhile. */
export const policySweep = (policy: ApplyPolicy, logger: Logger): RepeatedWork =>
  new RepeatedWork({ name: 'due dates by the policy', everyMs: EVERY_MS, work: () => policy.applyNewest(), logger })
