import type { Delivery } from '@reprieve/messaging'
import { traceHeaders } from '@reprieve/telemetry'

/** Records taken at once. One transaction has a dozen statements for one as for many, and one that comes alone waits for nobody. */
export const MOST_AT_ONCE = 100

/** The trace that each record's mails belong to: the handler's own where there is one record, else that of whoever published it. */
export function tracesOf(deliveries: readonly Delivery[]): Record<string, string>[] {
  if (deliveries.length === 1) return [traceHeaders()]
  return deliveries.map(({ headers: { traceparent, tracestate } }) => ({
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  }))
}
