import 'reflect-metadata'
import {
  type CapturedMetrics,
  type CapturedSpans,
  captureMetrics,
  captureSpans,
  METRICS,
  type MetricName,
  startTelemetry,
  type Telemetry,
} from '@reprieve/telemetry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api, eventually } from './support/api.js'
import { OtlpReceiver } from './support/otlp-receiver.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

const ADMIN = { email: 'ada.first@people.example', password: 'correct horse battery staple' }
/** What people are and wrote, in words that are nowhere else. */
const PERSONAL = {
  name: 'Zebulon Quixley',
  email: 'zebulon.quixley@people.example',
  password: 'a quixotic password 17',
  exception: 'Zanzibar cluster exception',
  justification: 'Because the vexillologist asked for it in writing.',
  denial: 'Unpersuasive, says the jabberwock.',
  comment: 'A comment about the flibbertigibbet.',
  group: 'Gormenghast squad',
}

describe('telemetry', () => {
  let telemetry: Telemetry
  let spans: CapturedSpans
  let metrics: CapturedMetrics
  let system: SystemInProcess
  let collector: OtlpReceiver
  const lines: string[] = []
  const secrets: string[] = []

  beforeAll(async () => {
    metrics = captureMetrics()
    collector = await OtlpReceiver.listen()
    telemetry = await startTelemetry({
      service: 'test',
      metricReaders: [metrics.reader],
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    })
    spans = captureSpans()
    system = await startSystemInProcess(ADMIN, { log: (line) => lines.push(line) })
    await live(system.gateway.url)
    await system.settled()
  }, 180_000)
  afterAll(async () => {
    await system?.close()
    spans?.stop()
    await telemetry?.stop()
    await collector?.close()
  })

  /** People sign in, ask, decide, comment, fail to sign in and send what is wrong: all of it could be told by somebody careless. */
  async function live(url: string): Promise<void> {
    const admin = await new Api(url).signIn(ADMIN.email, ADMIN.password)
    const { name, email, password } = PERSONAL
    await admin.post('/roles', { name: 'developer', permissions: ['exceptions.request', 'exceptions.read'] })
    const made = await admin.post<{ id: string }>('/users', {
      name,
      email,
      password,
      role: 'developer',
      kind: 'person',
    })
    await admin.post('/groups', { name: PERSONAL.group, members: [made.body.id] })
    const me = await admin.get<{ id: string }>('/me')
    await admin.post('/rules', {
      role: 'developer',
      instructions: '',
      workflow: { type: 'approvers', steps: [{ candidates: [me.body.id] }] },
    })
    const session = await new Api(url).post<{ accessToken: string }>('/session', { email, password })
    secrets.push(session.body.accessToken)
    const person = new Api(url, session.body.accessToken)
    const token = await person.post<{ token: string }>('/tokens', {
      name: 'Pipeline',
      expiresAt: '2099-01-01T00:00:00Z',
    })
    secrets.push(token.body.token)
    await new Api(url).post('/session', { email, password: 'wrong quixotic guess' })
    secrets.push('wrong quixotic guess')
    const request = {
      name: PERSONAL.exception,
      justification: PERSONAL.justification,
      riskAcknowledged: true,
      expression: 'asset.name == "none"',
      approvers: [me.body.id],
      expiration: { type: 'never' },
    }
    const ask = async () => {
      const answer = await eventually(
        () => person.post<{ id: string }>('/exceptions', request),
        ({ status }) => status === 201,
      )
      return answer.body.id
    }
    const decide = (id: string, body: object) =>
      eventually(
        () => admin.post(`/approvals/${id}/decision`, body),
        ({ status }) => status === 200,
      )
    const denied = await ask()
    await person.post(`/exceptions/${denied}/comments`, { text: PERSONAL.comment })
    await decide(denied, { decision: 'deny', comment: PERSONAL.denial })
    const approved = await ask()
    await decide(approved, { decision: 'approve' })
    await person.post('/exceptions', { ...request, expression: PERSONAL.justification })
    await person.post('/users', { email, name })
    await system.publish([{ topic: 'rules.v1', key: 'x', value: Buffer.from(PERSONAL.comment) }])
  }

  const told = (text: string): string[] =>
    [...Object.values(PERSONAL), ADMIN.email, ADMIN.password, ...secrets].filter((personal) => text.includes(personal))

  it('names nobody and gives no secret away in spans, their attributes, events and links', () => {
    const all = spans.spans()
    expect(all.length).toBeGreaterThan(100)
    const text = JSON.stringify(
      all.map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status })),
    )
    expect(told(text)).toEqual([])
  })

  it('names nobody and gives no secret away in numbers and their labels', async () => {
    const points = await Promise.all((Object.keys(METRICS) as MetricName[]).map((name) => metrics.points(name)))
    const labels = points.flat().map(({ attributes }) => attributes)
    expect(labels.length).toBeGreaterThan(50)
    expect(told(JSON.stringify(labels))).toEqual([])
  })

  it('names nobody and gives no secret away in the log, even where everything is logged', () => {
    expect(lines.length).toBeGreaterThan(20)
    expect(told(lines.join(''))).toEqual([])
  })

  it('tells of each pipeline its four numbers, and of exceptions what happened to them', async () => {
    const labels = async (name: MetricName, label: string) =>
      new Set((await metrics.points(name)).map(({ attributes }) => attributes[label]))
    const services = ['approvals', 'audit', 'directory', 'exceptions', 'notifications', 'rules', 'scope', 'tickets']
    expect([...(await labels('reprieve.outbox.oldest_pending_age', 'reprieve.service'))].sort()).toEqual(services)
    expect(await labels('reprieve.consumer.lag_time', 'reprieve.handler')).toContain('scope ingest')
    expect(await labels('reprieve.outbox.cycles', 'reprieve.outcome')).toContain('published')
    await expect
      .poll(() => labels('reprieve.dead_letters.waiting', 'reprieve.handler'), { timeout: 30_000 })
      .toContain('exceptions.rules.v1')
    const transitions = await labels('reprieve.exceptions.transitions', 'reprieve.transition')
    for (const transition of ['submitted', 'activated', 'denied']) expect(transitions).toContain(transition)
    const [freshness] = await metrics.points('reprieve.coverage.freshness')
    expect(freshness?.value).toMatchObject({ count: 1 })
    expect([...(await labels('http.server.request.duration', 'reprieve.service'))].sort()).toEqual(
      expect.arrayContaining(['exceptions', 'gateway']),
    )
  })

  it('names nobody and gives no secret away in what a collector gets: every byte of traces, metrics and logs', async () => {
    await system.close()
    // What waits is sent.
    await telemetry.stop()
    const traceIds = new Set(lines.flatMap((line) => (JSON.parse(line) as { trace_id?: string }).trace_id ?? []))
    expect(traceIds.size).toBeGreaterThan(10)
    for (const signal of ['traces', 'metrics', 'logs'] as const) {
      const bytes = collector.received(signal)
      expect(bytes.length, signal).toBeGreaterThan(5_000)
      expect(told(bytes.toString('utf8')), signal).toEqual([])
    }
    // Whoever looks at a trace finds its lines.
    const [logs, traces] = [collector.received('logs'), collector.received('traces')]
    const inBoth = [...traceIds].filter((id) => {
      const bytes = Buffer.from(id, 'hex')
      return logs.includes(bytes) && traces.includes(bytes)
    })
    expect(inBoth.length).toBeGreaterThan(5)
  })
})
