import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger, inSpan, measure, startTelemetry } from '@reprieve/telemetry'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let server: Server
let received: Array<{ path: string; type: string; body: Buffer }>

beforeEach(async () => {
  received = []
  server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    received.push({
      path: request.url ?? '',
      type: request.headers['content-type'] ?? '',
      body: Buffer.concat(parts),
    })
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const work = async () => {
  await inSpan('the work', { 'reprieve.kind': 'told', email: 'ann@x.example' } as object, () => {
    measure('reprieve.notices.delay', 1, { 'reprieve.kind': 'told' })
  })
}

const bodyOf = (signal: string): Buffer =>
  Buffer.concat(received.flatMap(({ path, body }) => (path === `/v1/${signal}` ? [body] : [])))

describe('a collector', () => {
  it('gets traces and metrics over OTLP before the process ends, without what cannot be told', async () => {
    const telemetry = await startTelemetry({
      service: 'rules',
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() },
    })
    await work()
    await telemetry.stop()
    expect(received.map(({ path, type }) => `${path} ${type}`).sort()).toEqual([
      '/v1/metrics application/x-protobuf',
      '/v1/traces application/x-protobuf',
    ])
    const traces = bodyOf('traces').toString('latin1')
    for (const part of ['the work', 'rules', 'told']) expect(traces).toContain(part)
    expect(traces).not.toContain('ann@x.example')
  })

  it('gets each line that is logged, as it is printed, in the trace it was written in', async () => {
    const lines: string[] = []
    const logger = createLogger({ service: 'rules', destination: { write: (line) => void lines.push(line) } })
    logger.info('before there is a collector')
    const telemetry = await startTelemetry({
      service: 'rules',
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() },
    })
    const err = Object.assign(new Error('no answer from ann@x.example', { cause: new Error('it hung up') }), {
      password: 'hunter2',
    })
    await inSpan('the work', {}, async () => logger.error({ err, ruleId: '42', email: 'ann@x.example' }, 'it failed'))
    logger.debug('below the level')
    await telemetry.stop()
    logger.info('after it')

    const logs = bodyOf('logs')
    for (const part of ['it failed', 'ruleId', '42', 'exception.type', 'exception.stacktrace', 'it hung up', 'error']) {
      expect(logs.includes(part), part).toBe(true)
    }
    for (const part of ['ann@x.example', 'hunter2', 'below the level', 'before there', 'after it']) {
      expect(logs.includes(part), part).toBe(false)
    }
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['before there is a collector', 'it failed', 'after it'])
    const { trace_id, span_id } = JSON.parse(lines[1] ?? '{}') as Record<string, string>
    expect(trace_id).toMatch(/^[0-9a-f]{32}$/)
    for (const id of [trace_id, span_id]) {
      expect(logs.includes(Buffer.from(id ?? '', 'hex'))).toBe(true)
      expect(bodyOf('traces').includes(Buffer.from(id ?? '', 'hex'))).toBe(true)
    }
  })

  it('that is away is told of once, and holds up neither the work nor the stop for long', async () => {
    const lines: string[] = []
    const logger = createLogger({ service: 'rules', destination: { write: (line) => void lines.push(line) } })
    // Port 9 (discard) of this host: nobody listens.
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
    const telemetry = await startTelemetry({ service: 'rules', environment, logger })
    await work()
    const began = performance.now()
    await telemetry.stop()
    expect(performance.now() - began).toBeLessThan(12_000)
    expect(lines.filter((line) => line.includes('telemetry could not be sent'))).toHaveLength(1)
  })
})
