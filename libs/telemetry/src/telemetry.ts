import { context, DiagLogLevel, diag, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { type Environment, number, readConfig, url } from '@reprieve/config'
import { z } from 'zod'
import { exportLogsTo } from './log-export.js'
import type { Logger } from './logger.js'
import { allowListProcessor } from './span-pipeline.js'

/** What of a service's environment concerns telemetry. */
export const telemetryVariables = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:')
    .optional()
    .describe('Collector for traces, metrics and logs (OTLP over HTTP). Nothing is sent anywhere without it.'),
  OTEL_TRACES_SAMPLER_ARG: number({ min: 0, max: 1 })
    .default(1)
    .describe('Share of the traces that begin here and are kept, from 0 to 1.'),
})

export interface TelemetryOptions {
  /** `service.name` of everything this process tells. */
  service: string
  version?: string
  environment?: Environment
  /** Told when the collector is away. */
  logger?: Logger
  /** Collects metrics besides the exporter; for tests. */
  metricReaders?: readonly IMetricReader[]
}

export interface Telemetry {
  /** Sends what is waiting, within a few seconds, and ends. */
  stop(): Promise<void>
}

const METRICS_INTERVAL_MS = 15_000
const FAULT_SILENCE_MS = 60_000

let running: { stop(): Promise<void>; users: number } | null = null

/**
 * Starts traces and metrics for this process: trace ids in logs, trace context in headers (W3C), and exporters of all three if a
 * collector is configured. It is the process's: where several services share it, the first call decides and the last `stop` ends it.
 * @throws ConfigFault
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  if (running === null) {
    const own = { stop: async () => {}, users: 0 }
    running = own
    try {
      own.stop = await start(options)
    } catch (error) {
      running = null
      throw error
    }
  }
  const shared = running
  shared.users++
  let stopped = false
  return {
    async stop() {
      if (stopped) return
      stopped = true
      shared.users--
      if (shared.users > 0) return
      running = null
      await shared.stop()
    },
  }
}

async function start({ service, version, environment = {}, logger, metricReaders = [] }: TelemetryOptions) {
  const config = readConfig(telemetryVariables, environment)
  const resource = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'reprieve',
    ...(version === undefined ? {} : { 'service.version': version }),
  })
  const exporters = await loadExporters(config.OTEL_EXPORTER_OTLP_ENDPOINT)
  if (logger !== undefined)
    diag.setLogger(quietly(logger), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })

  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  // No baggage: it would carry whatever a caller puts there to everyone.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const ratio = config.OTEL_TRACES_SAMPLER_ARG
  const tracing = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({
      root: ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio),
    }),
    spanProcessors: [allowListProcessor, ...exporters.spans],
  })
  trace.setGlobalTracerProvider(tracing)
  const readers = [...metricReaders, ...exporters.metrics]
  const measuring = readers.length === 0 ? null : measureInto(resource, readers)
  const logging = await exportLogs(resource, exporters.logs)

  return async () => {
    await Promise.allSettled([tracing.shutdown(), measuring?.shutdown({ timeoutMillis: 5_000 }), logging.stop()])
    for (const api of [trace, metrics, propagation, context, diag]) api.disable()
  }
}

function measureInto(resource: Resource, readers: IMetricReader[]): MeterProvider {
  const provider = new MeterProvider({ resource, readers })
  metrics.setGlobalMeterProvider(provider)
  return provider
}

/** Sends on whatever the loggers of this process write. */
async function exportLogs(resource: Resource, processors: LogRecordProcessor[]): Promise<{ stop(): Promise<void> }> {
  if (processors.length === 0) return { stop: async () => {} }
  const { LoggerProvider } = await import('@opentelemetry/sdk-logs')
  const provider = new LoggerProvider({ resource, processors })
  const logger = provider.getLogger('reprieve')
  exportLogsTo((record) => logger.emit(record))
  return {
    async stop() {
      exportLogsTo(null)
      await provider.shutdown()
    },
  }
}

interface Exporters {
  spans: SpanProcessor[]
  metrics: IMetricReader[]
  logs: LogRecordProcessor[]
}

/** The exporters are loaded only where there is a collector: together they double the time of a process's start. */
async function loadExporters(endpoint: string | undefined): Promise<Exporters> {
  if (endpoint === undefined) return { spans: [], metrics: [], logs: [] }
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }, { OTLPLogExporter }, { BatchLogRecordProcessor }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-proto'),
      import('@opentelemetry/exporter-metrics-otlp-proto'),
      import('@opentelemetry/exporter-logs-otlp-proto'),
      import('@opentelemetry/sdk-logs'),
    ])
  const spans = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: 5_000 }),
    exportTimeoutMillis: 5_000,
  })
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${endpoint}/v1/metrics`, timeoutMillis: 5_000 }),
    exportIntervalMillis: METRICS_INTERVAL_MS,
    exportTimeoutMillis: 5_000,
  })
  const logs = new BatchLogRecordProcessor({
    exporter: new OTLPLogExporter({ url: `${endpoint}/v1/logs`, timeoutMillis: 5_000 }),
    exportTimeoutMillis: 5_000,
  })
  return { spans: [spans], metrics: [reader], logs: [logs] }
}

/** A collector that is away fails every few seconds: once a minute is enough to know it. */
function quietly(logger: Logger) {
  let last = Number.NEGATIVE_INFINITY
  const tell = (message: string): void => {
    if (performance.now() - last < FAULT_SILENCE_MS) return
    last = performance.now()
    logger.warn({ reason: message.slice(0, 500) }, 'telemetry could not be sent')
  }
  const ignore = (): void => {}
  return { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore }
}
