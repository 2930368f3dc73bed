import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { type Attributes, allowedOnly } from './attributes.js'

export interface SpanOptions {
  /** `internal` if absent. Servers and consumers begin work that another process asked for. */
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Starts a trace of its own instead of continuing the active one. */
  root?: boolean
}

/** Adds attributes to the running span, as far as they can be told. */
export type Annotate = (attributes: Attributes) => void

/**
 * Runs `work` in a span that ends with it. A failure marks the span with the error's code or name, never with its message,
 * and is thrown on.
 */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (annotate: Annotate) => Promise<T> | T,
  { kind = 'internal', root = false }: SpanOptions = {},
): Promise<T> {
  const span = trace
    .getTracer('reprieve')
    .startSpan(name, { kind: KINDS[kind], attributes: allowedOnly(attributes), root })
  try {
    return await context.with(trace.setSpan(context.active(), span), () =>
      work((more) => span.setAttributes(allowedOnly(more))),
    )
  } catch (error) {
    fail(span, error)
    throw error
  } finally {
    span.end()
  }
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

function fail(span: Span, error: unknown): void {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  const type = typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error'
  span.setAttributes(allowedOnly({ 'error.type': type }))
  span.setStatus({ code: SpanStatusCode.ERROR })
}
