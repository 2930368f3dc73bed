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
    const traces = received.find(({ path }) => path === '/v1/traces')?.body.toString('latin1')
    for (const part of ['the work', 'rules', 'told']) expect(traces).toContain(part)
    expect(traces).not.toContain('ann@x.example')
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
