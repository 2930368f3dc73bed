import { type Delivery, traceIdOf } from '@reprieve/messaging'
import { traceHeaders } from '@reprieve/telemetry'

/** Records taken at once. One transaction has a dozen statements for one as for many, and one that comes alone waits for nobody. */
export const MOST_AT_ONCE = 100

/**
 * The trace that each record's mails belong to: the handler's own, where it works within the trace of that record; else that of whoever
 * published it.
 */
export function tracesOf(deliveries: readonly Delivery[]): Record<string, string>[] {
  const handler = traceHeaders()
  const within = traceIdOf(handler)
  return deliveries.map(({ headers }) => {
    const traced = traceIdOf(headers)
    if (traced === null || traced === within) return handler
    const { traceparent, tracestate } = headers
    return {
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
    }
  })
}
