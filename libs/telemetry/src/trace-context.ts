import { context, isSpanContextValid, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'

/** The active trace as headers (W3C `traceparent`), to be kept with a row or sent with a message. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return headers
}

/** Runs `work` in the trace that `headers` tell of; in none where they tell of none. */
export function inTrace<T>(headers: Readonly<Record<string, string>>, work: () => T): T {
  return context.with(propagation.extract(ROOT_CONTEXT, headers), work)
}

/** The active trace's id (32 hex digits), to be shown to people who ask for help; null outside of a trace. */
export function traceId(): string | null {
  const span = trace.getActiveSpan()?.spanContext()
  return span !== undefined && isSpanContextValid(span) ? span.traceId : null
}
