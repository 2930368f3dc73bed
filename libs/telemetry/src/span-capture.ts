import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { exporters } from './span-pipeline.js'

export interface CapturedSpans {
  /** Spans that have ended, oldest first. */
  spans(): readonly ReadableSpan[]
  clear(): void
  stop(): void
}

/** Keeps every span of this process that ends from now on, for a test to look at. Telemetry must have been started. */
export function captureSpans(): CapturedSpans {
  const kept: ReadableSpan[] = []
  const keep = (span: ReadableSpan): void => {
    kept.push(span)
  }
  exporters.add(keep)
  return {
    spans: () => [...kept],
    clear: () => {
      kept.length = 0
    },
    stop: () => {
      exporters.delete(keep)
    },
  }
}
