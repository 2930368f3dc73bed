import { randomBytes } from 'node:crypto'
import { type CapturedSpans, captureSpans, startTelemetry, type Telemetry } from '@reprieve/telemetry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

type Span = ReturnType<CapturedSpans['spans']>[number]

/**
 * Who hands work to whom: through the gateway, through an outbox and its topic, through the queue of mails. A batch of records that tell of
 * several traces has one of its own that links to each; everywhere else the work goes on in the trace of who asked for it. `⇢`: whichever
 * it is, for the journal takes in whatever has come meanwhile.
 */
const EDGES: ReadonlyArray<readonly [from: string, how: '→' | '⇢', to: string]> = [
  ['the caller', '→', 'POST /api/v1/users'],
  ['POST /api/v1/users', '→', 'POST /users'],
  ['POST /users', '→', 'rules handles directory.v1'],
  ['POST /users', '→', 'exceptions handles directory.v1'],
  ['POST /users', '→', 'approvals handles directory.v1'],
  ['POST /users', '→', 'scope handles directory.v1'],
  ['POST /users', '→', 'notifications handles directory.v1'],
  ['POST /users', '⇢', 'audit handles directory.v1'],

  ['the caller', '→', 'POST /api/v1/rules'],
  ['POST /api/v1/rules', '→', 'POST /rules'],
  ['POST /rules', '→', 'exceptions handles rules.v1'],
  ['POST /rules', '⇢', 'audit handles rules.v1'],

  ['the caller', '→', 'POST /api/v1/exceptions'],
  ['POST /api/v1/exceptions', '→', 'POST /exceptions'],
  ['POST /exceptions', '→', 'approvals handles exceptions.v1'],
  ['POST /exceptions', '→', 'scope handles exceptions.v1'],
  ['POST /exceptions', '→', 'notifications handles exceptions.v1'],
  ['approvals handles exceptions.v1', '→', 'exceptions handles approvals.v1'],
  ['approvals handles exceptions.v1', '→', 'notifications handles approvals.v1'],
  ['scope handles exceptions.v1', '→', 'exceptions handles scope.v1'],
  ['scope handles exceptions.v1', '→', 'approvals handles scope.v1'],
  ['POST /exceptions', '⇢', 'audit handles exceptions.v1'],
  ['approvals handles exceptions.v1', '⇢', 'audit handles approvals.v1'],
  ['scope handles exceptions.v1', '⇢', 'audit handles scope.v1'],
  ['notifications handles exceptions.v1', '⇢', 'audit handles notifications.v1'],
  ['notifications handles exceptions.v1', '→', 'mail request_sent'],
  ['notifications handles approvals.v1', '→', 'mail decision_waits'],

  ['the caller', '→', 'POST /api/v1/approvals/:exceptionId/decision'],
  ['POST /api/v1/approvals/:exceptionId/decision', '→', 'POST /approvals/:exceptionId/decision'],
  ['POST /approvals/:exceptionId/decision', '→', 'exceptions handles approvals.v1'],
  ['POST /approvals/:exceptionId/decision', '→', 'notifications handles approvals.v1'],
  ['exceptions handles approvals.v1', '→', 'scope handles exceptions.v1'],
  ['exceptions handles approvals.v1', '→', 'approvals handles exceptions.v1'],
  ['exceptions handles approvals.v1', '→', 'notifications handles exceptions.v1'],
  ['notifications handles approvals.v1', '→', 'mail approved'],
  ['notifications handles exceptions.v1', '→', 'mail became_active'],

  ['the caller', '→', 'POST /api/v1/instances/batch'],
  ['POST /api/v1/instances/batch', '→', 'POST /instances/batch'],
  ['POST /instances/batch', '→', 'scope handles scanner.instances.v1'],
]

const ADMIN = { email: 'admin@reprieve.example', password: 'correct horse battery staple' }
const TRACE_ID = randomBytes(16).toString('hex')
const CALLER_SPAN_ID = randomBytes(8).toString('hex')
const traced = { traceparent: `00-${TRACE_ID}-${CALLER_SPAN_ID}-01` }

/** What a span is to a reader: a route, a service's handler of a topic, a mail. */
function nameOf(span: Span): string {
  const { 'messaging.consumer.group.name': group, 'messaging.destination.name': topic } = span.attributes
  if (group !== undefined) return `${String(group).split(/[.-]/, 1)[0]} handles ${topic}`
  if (span.name === 'deliver mail') return `mail ${span.attributes['reprieve.kind']}`
  return span.name
}

describe('one trace goes from the request over outbox and topic to every handler and to the mail', () => {
  let telemetry: Telemetry
  let captured: CapturedSpans
  let system: SystemInProcess

  beforeAll(async () => {
    telemetry = await startTelemetry({ service: 'test' })
    captured = captureSpans()
    system = await startSystemInProcess(ADMIN)
    await tellTheStory(system.gateway.url)
  })
  afterAll(async () => {
    await system?.close()
    captured?.stop()
    await telemetry?.stop()
  })

  const ended = () => captured.spans().filter((span) => span.spanContext().traceId === TRACE_ID)

  it.each(EDGES)('%s %s %s', async (from, how, to) => {
    await eventually(
      async () => {
        const spans = ended()
        const origins = new Set(
          from === 'the caller'
            ? [CALLER_SPAN_ID]
            : spans.filter((span) => nameOf(span) === from).map((span) => span.spanContext().spanId),
        )
        const isEdge = (span: Span): boolean =>
          (span.spanContext().traceId === TRACE_ID && origins.has(span.parentSpanContext?.spanId ?? '')) ||
          (how === '⇢' && span.links.some(({ context }) => context.traceId === TRACE_ID && origins.has(context.spanId)))
        return captured.spans().filter((span) => nameOf(span) === to && isEdge(span)).length
      },
      (edges) => edges > 0,
      15_000,
    )
  })

  it('has no part that hangs in the air', () => {
    const spans = ended()
    const known = new Set([CALLER_SPAN_ID, ...spans.map((span) => span.spanContext().spanId)])
    expect(spans.filter((span) => !known.has(span.parentSpanContext?.spanId ?? '')).map(nameOf)).toEqual([])
  })
})

/** A person and a rule are made, a request is approved, a finding comes in. All of it by one caller, in one trace. */
async function tellTheStory(url: string): Promise<void> {
  const { email, password } = ADMIN
  const admin = await new Api(url).signIn(email, password)
  const person = async (name: string, role: string) => {
    const made = { email: `${name}@reprieve.example`, name, role, password, kind: 'person' }
    const { body } = await admin.post<{ id: string }>('/users', made, traced)
    return { id: body.id, api: await new Api(url).signIn(made.email, password) }
  }
  await admin.post('/roles', { name: 'developer', permissions: ['exceptions.request', 'exceptions.read'] })
  const dana = await person('dana', 'developer')
  const sofia = await person('sofia', 'auditor')
  const workflow = { type: 'approvers', steps: [{ candidates: [sofia.id] }] }
  await admin.post('/rules', { role: 'developer', instructions: '', workflow }, traced)

  const request = {
    name: 'Traced',
    justification: 'To be followed.',
    riskAcknowledged: true,
    expression: 'asset.name == "traced"',
    approvers: [sofia.id],
    expiration: { type: 'never' },
  }
  const asked = await dana.api.post<{ id: string }>('/exceptions', request, traced)
  expect(asked.status).toBe(201)
  await eventually(
    () => sofia.api.post(`/approvals/${asked.body.id}/decision`, { decision: 'approve' }, traced),
    ({ status }) => status === 200,
  )

  const observed = {
    scanner: 'traced',
    scanId: 'scan-1',
    asset: { name: 'traced', type: 'ASSET_TYPE_HOST' },
    vulnerability: { id: 'CVE-2021-44228' },
    component: { name: 'log4j-core', version: '2.14.1' },
    severity: 'critical',
    observedAt: new Date().toISOString(),
  }
  const sent = await admin.call('POST', '/instances/batch', `${JSON.stringify({ observed })}\n`, {
    ...traced,
    'content-type': 'application/x-ndjson',
  })
  expect(sent).toMatchObject({ status: 202, body: { accepted: 1 } })
}
