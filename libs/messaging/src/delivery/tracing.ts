import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { Delivery, OutgoingMessage, Subscription } from '../carrier.port.js'

const tracer = trace.getTracer('@reprieve/messaging')
// Links beyond this add nothing a reader would follow.
const MOST_LINKS = 64

/** The headers to send: with the active trace, unless the message tells of the one that made it (an outbox row does). */
export function tracedHeaders(message: OutgoingMessage, active: Context = context.active()): Record<string, string> {
  const headers = { ...message.headers }
  if (headers['traceparent'] === undefined) propagation.inject(active, headers)
  return headers
}

/** Trace id of a record's `traceparent`, or null. */
export function traceIdOf(headers: Readonly<Record<string, string>>): string | null {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(headers['traceparent'] ?? '')?.[1] ?? null
}

/**
 * Runs a handler in a consumer span: within the trace of its records, where they tell of one only; otherwise in a trace of its own with
 * links to each.
 */
export async function inConsumerSpan(
  subscription: Subscription,
  batch: readonly Delivery[],
  system: string,
  work: () => Promise<void>,
): Promise<void> {
  const [first] = batch
  if (first === undefined) return work()
  const attributes: Attributes = {
    'messaging.system': system,
    'messaging.operation.type': 'process',
    'messaging.destination.name': first.topic,
    'messaging.destination.partition.id': String(first.partition),
    'messaging.consumer.group.name': subscription.group,
    'reprieve.handler': subscription.handler,
  }
  const alone = batch.length === 1 && subscription.maxBatch === 1
  if (alone) attributes['messaging.kafka.offset'] = Number(first.offset)
  else attributes['messaging.batch.message_count'] = batch.length
  const links = linksTo(batch)
  const traces = new Set(links.map(({ context: { traceId } }) => traceId))
  // The first of one trace is the parent, and no link besides.
  const within = traces.size === 1 ? links.shift() : undefined
  const parent = within === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, within.context)
  const span = tracer.startSpan(`process ${first.topic}`, { kind: SpanKind.CONSUMER, attributes, links }, parent)
  try {
    await context.with(trace.setSpan(parent, span), work)
  } catch (error) {
    // The name only: messages may hold what people wrote.
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

function linksTo(batch: readonly Delivery[]) {
  const links = new Map<string, { context: NonNullable<ReturnType<typeof trace.getSpanContext>> }>()
  for (const { headers } of batch) {
    const parent = headers['traceparent']
    if (parent === undefined || links.has(parent)) continue
    const spanContext = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers))
    if (spanContext && isSpanContextValid(spanContext)) links.set(parent, { context: spanContext })
    if (links.size === MOST_LINKS) break
  }
  return [...links.values()]
}
