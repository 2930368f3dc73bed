import {
  AggregationTemporality,
  type DataPoint,
  type IMetricReader,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { MetricName } from './metrics.js'

export interface CapturedMetrics {
  /** For `startTelemetry`. */
  reader: IMetricReader
  /** What a metric stands at now, under each of its labels. */
  points(name: MetricName): Promise<ReadonlyArray<DataPoint<unknown>>>
}

/** Collects numbers in memory. For tests. */
export function captureMetrics(): CapturedMetrics {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  // Never by itself: only when it is asked.
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  return {
    reader,
    async points(name) {
      await reader.forceFlush()
      const collected =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
      return collected.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
    },
  }
}
