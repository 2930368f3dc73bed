import { trace } from '@opentelemetry/api'
import { type CapturedSpans, captureSpans, startTelemetry, type Telemetry } from '@reprieve/telemetry'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Shelf, startShelf } from './support/shelf.js'

const TRACE = 'ab'.repeat(16)
const PARENT = 'cd'.repeat(8)
const traceparent = `00-${TRACE}-${PARENT}-01`

let telemetry: Telemetry
let spans: CapturedSpans
let shelf: Shelf
beforeAll(async () => {
  telemetry = await startTelemetry({ service: 'shelf' })
  spans = captureSpans()
  shelf = await startShelf()
})
beforeEach(() => spans.clear())
afterAll(async () => {
  await shelf.close()
  spans.stop()
  await telemetry.stop()
})

const ended = async () => {
  while (spans.spans().length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  return spans.spans()
}

describe('a request', () => {
  it('is a span of the caller’s trace, named by its route and holding nothing else of it', async () => {
    const { id } = (await (await shelf.call('POST', '/books', { body: { title: 'x', shelf: 'north' } })).json()) as {
      id: string
    }
    await ended()
    spans.clear()
    await shelf.call('GET', `/books/${id}`, { headers: { traceparent } })
    const [span] = await ended()
    expect(span?.name).toBe('GET /books/:id')
    expect(span?.spanContext().traceId).toBe(TRACE)
    expect(span?.parentSpanContext?.spanId).toBe(PARENT)
    expect(span?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/books/:id',
      'http.response.status_code': 200,
    })
  })

  it('with a body is still in its trace when the handler runs', async () => {
    let seen: string | undefined
    const { transaction } = shelf.database
    shelf.database.transaction = (work) => {
      seen = trace.getActiveSpan()?.spanContext().traceId
      return transaction.call(shelf.database, work) as ReturnType<typeof work>
    }
    await shelf.call('POST', '/books', { body: { title: 'y', shelf: 'north' }, headers: { traceparent } })
    expect(seen).toBe(TRACE)
  })

  it('that is refused names its trace', async () => {
    const response = await shelf.call('POST', '/books', { body: {}, headers: { traceparent } })
    expect(((await response.json()) as { traceId: string }).traceId).toBe(TRACE)
  })

  it('without a trace begins one, whose id a refusal names', async () => {
    const response = await shelf.call('GET', '/nothing')
    const [span] = await ended()
    expect(((await response.json()) as { traceId: string }).traceId).toBe(span?.spanContext().traceId)
  })
})
