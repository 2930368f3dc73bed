import { trace } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type CapturedSpans,
  captureSpans,
  inSpan,
  inTrace,
  measure,
  observe,
  startTelemetry,
  type Telemetry,
  traceHeaders,
  traceId,
} from './index.js'

let metricExporter: InMemoryMetricExporter
let reader: PeriodicExportingMetricReader
let telemetry: Telemetry
let captured: CapturedSpans

beforeEach(async () => {
  metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 60_000 })
  telemetry = await startTelemetry({ service: 'test', metricReaders: [reader] })
  captured = captureSpans()
})
afterEach(async () => {
  captured.stop()
  await telemetry.stop()
})

describe('a trace', () => {
  it('goes on in whoever is handed its headers', async () => {
    const headers = await inSpan('request', {}, () => traceHeaders(), { kind: 'server' })
    expect(headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    await inTrace(headers, () => inSpan('handler', {}, () => {}, { kind: 'consumer' }))
    const [request, handler] = captured.spans()
    expect(handler?.spanContext().traceId).toBe(request?.spanContext().traceId)
    expect(handler?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
  })

  it('begins anew where headers tell of none, also inside another trace', async () => {
    await inSpan('outer', {}, () => inTrace({ traceparent: 'garbage' }, () => inSpan('inner', {}, () => {})))
    const [inner, outer] = captured.spans()
    expect(inner?.spanContext().traceId).not.toBe(outer?.spanContext().traceId)
    expect(inner?.parentSpanContext).toBeUndefined()
  })

  it('has an id to show inside of it only', async () => {
    expect(traceId()).toBeNull()
    expect(await inSpan('x', {}, () => traceId())).toMatch(/^[0-9a-f]{32}$/)
  })

  it('does not mix what runs at the same time', async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, () =>
        inSpan('x', {}, async () => {
          const before = traceId()
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
          expect(traceId()).toBe(before)
          return before
        }),
      ),
    )
    expect(new Set(ids).size).toBe(50)
  })
})

describe('a span', () => {
  it('keeps attributes that are on the list and no others, whoever sets them', async () => {
    await inSpan('x', { 'reprieve.kind': 'request_sent', 'user.email': 'ann@x.example' } as object, (annotate) => {
      annotate({ 'reprieve.outcome': 'sent', justification: 'because' } as object)
      trace.getActiveSpan()?.setAttribute('db.statement', 'SELECT secret')
      trace.getActiveSpan()?.addEvent('exception', { 'exception.message': 'ann@x.example' })
      trace.getActiveSpan()?.addLink({
        context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 },
        attributes: { password: 'x' },
      })
    })
    const [span] = captured.spans()
    expect(span?.attributes).toEqual({ 'reprieve.kind': 'request_sent', 'reprieve.outcome': 'sent' })
    expect(span?.events[0]?.attributes).toEqual({})
    expect(span?.links[0]?.attributes).toEqual({})
  })

  it('cuts text that is no id and no word', async () => {
    await inSpan('x', { 'reprieve.kind': 'k'.repeat(5_000) }, () => {})
    expect(captured.spans()[0]?.attributes['reprieve.kind']).toHaveLength(200)
  })

  it('tells the kind of a failure, not its message, and throws it on', async () => {
    const failure = Object.assign(new Error('for ann@x.example'), { code: 'ECONNREFUSED' })
    await expect(inSpan('x', {}, () => Promise.reject(failure))).rejects.toBe(failure)
    await expect(
      inSpan('y', {}, () => {
        throw new TypeError('sync')
      }),
    ).rejects.toThrow('sync')
    const [x, y] = captured.spans()
    expect(x).toMatchObject({ attributes: { 'error.type': 'ECONNREFUSED' }, status: { code: 2 }, events: [] })
    expect(x?.status.message).toBeUndefined()
    expect(y?.attributes['error.type']).toBe('TypeError')
  })
})

describe('metrics', () => {
  const collected = async () => {
    await reader.forceFlush()
    const all =
      metricExporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
    return Object.fromEntries(all.map((metric) => [metric.descriptor.name, metric.dataPoints]))
  }

  it('count, distribute and observe under their labels', async () => {
    const stop = observe('reprieve.notices.oldest_pending_age', {}, async () => 7)
    const silent = observe('reprieve.outbox.oldest_pending_age', { 'reprieve.service': 'rules' }, () => null)
    measure('reprieve.outbox.published', 2, { 'reprieve.service': 'rules' })
    measure('reprieve.outbox.published', 3, { 'reprieve.service': 'rules' })
    measure('reprieve.notices.delay', 0.7, { 'reprieve.kind': 'expired', email: 'x' } as object)
    const points = await collected()
    expect(points['reprieve.outbox.published']).toMatchObject([
      { value: 5, attributes: { 'reprieve.service': 'rules' } },
    ])
    expect(points['reprieve.notices.delay']?.[0]?.attributes).toEqual({ 'reprieve.kind': 'expired' })
    expect(points['reprieve.notices.delay']).toMatchObject([{ value: { count: 1, sum: 0.7 } }])
    expect(points['reprieve.notices.oldest_pending_age']).toMatchObject([{ value: 7 }])
    expect(points['reprieve.outbox.oldest_pending_age'] ?? []).toEqual([])
    stop()
    silent()
  })
})

describe('starting', () => {
  it('is shared by everyone in the process, and the last to stop ends it', async () => {
    const other = await startTelemetry({ service: 'other' })
    await other.stop()
    await other.stop()
    await inSpan('still there', {}, () => {})
    expect(captured.spans()).toHaveLength(1)
  })

  it('tells of a wrong setting by name', async () => {
    await telemetry.stop()
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:pw@x' }
    await expect(startTelemetry({ service: 'x', environment })).rejects.toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an address',
    )
  })
})
