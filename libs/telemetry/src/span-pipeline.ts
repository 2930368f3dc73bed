import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { allowedOnly } from './attributes.js'

/** Whoever else is told of spans that ended. */
export const exporters = new Set<(span: ReadableSpan) => void>()

const none = async (): Promise<void> => {}

/** First in the line: takes everything from a span that is not on the list of what can be told, whoever put it there. */
export const allowListProcessor: SpanProcessor = {
  onStart: () => {},
  onEnd(span) {
    strip(span.attributes)
    for (const event of span.events) strip(event.attributes ?? {})
    for (const link of span.links) strip(link.attributes ?? {})
    for (const tell of exporters) tell(span)
  },
  forceFlush: none,
  shutdown: none,
}

function strip(attributes: Record<string, unknown>): void {
  const kept = allowedOnly(attributes)
  for (const name of Object.keys(attributes)) delete attributes[name]
  Object.assign(attributes, kept)
}
