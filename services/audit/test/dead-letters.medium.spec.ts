import 'reflect-metadata'
import { toBinary } from '@bufbuild/protobuf'
import { redrives } from '@reprieve/contracts'
import { DEAD_LETTER_HEADERS as H } from '@reprieve/messaging'
import { ServiceUnderTest, type TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditService } from '../src/index.js'

const PATIENCE = { timeout: 30_000, interval: 50 }

describe('dead letters', () => {
  let service: ServiceUnderTest
  let operator: TestPerson
  let nobody: TestPerson
  let offset = 1_000

  beforeAll(async () => {
    service = await ServiceUnderTest.start(auditService)
    await service.role('operator', 'operations.manage')
    await service.role('auditor', 'audit.read')
    operator = await service.person('Olga', { role: 'operator' })
    nobody = await service.person('Nob', { role: 'auditor' })
  })

  afterAll(async () => service?.close())

  const items = async (query = '') => (await operator.get(`/dead-letters${query}`)).body.items
  const one = async (id: string) => (await operator.get(`/dead-letters/${id}`)).body

  /** As a consumer of another service puts a record aside. */
  async function putAside(
    over: Partial<{
      topic: string
      group: string
      reason: string
      key: string
      value: Uint8Array
      offset: number
    }> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const at = over.offset ?? ++offset
    const topic = over.topic ?? 'rules.v1'
    await service.publishBytes(`${topic}.dlq`, over.key ?? 'rule-1', over.value ?? Buffer.from('not protobuf'), {
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      ...headers,
      [H.topic]: topic,
      [H.partition]: '0',
      [H.offset]: String(at),
      [H.group]: over.group ?? 'approvals.rules.v1',
      [H.handler]: over.group ?? 'approvals.rules.v1',
      [H.reason]: over.reason ?? 'PoisonError: the record cannot be decoded: premature EOF',
      [H.traceId]: 'a'.repeat(32),
      [H.attempts]: '6',
      [H.failedAt]: new Date().toISOString(),
      [H.publishedAt]: '2026-03-01T00:00:00.000Z',
    })
    return at
  }

  async function arrived(at: number): Promise<string> {
    await expect
      .poll(async () => (await items('?limit=200')).map((item: { offset: number }) => item.offset), PATIENCE)
      .toContain(at)
    const all = await items('?limit=200')
    return all.find((item: { offset: number }) => item.offset === at).id
  }

  /** What the consumer of another service does with a redrive that fails again. */
  async function failsAgain(event: redrives.RedriveEvent, reason = 'RangeError: still'): Promise<void> {
    await putAside({
      topic: 'redrives.v1',
      group: 'approvals.redrives',
      reason,
      key: event.deadLetterId,
      value: toBinary(redrives.RedriveEventSchema, event),
    })
  }

  const redriven = (id: string) => service.published('redrives.v1').filter((event) => event.deadLetterId === id)

  it('are listed with topic, consumer, time and cause for people, by filter, to whoever operates and nobody else', async () => {
    const first = await arrived(await putAside())
    const second = await arrived(
      await putAside({
        topic: 'scanner.instances.v1',
        group: 'scope-ingest',
        reason: 'severity "grave" is none of the six',
        key: 'asset-1',
      }),
    )
    expect(await items('?topic=rules.v1')).toMatchObject([
      {
        id: first,
        topic: 'rules.v1',
        service: 'approvals',
        consumer: 'approvals.rules.v1',
        key: 'rule-1',
        bytes: 18,
        state: 'dead',
        cause: { code: 'RECORD_UNREADABLE', message: 'The record cannot be decoded: premature EOF' },
        failures: 1,
        attempts: 6,
        redrives: 0,
        settled: null,
        traceId: 'a'.repeat(32),
      },
    ])
    const found = await operator.get('/dead-letters?service=scope&state=dead')
    expect(found.body).toMatchObject({
      items: [{ id: second, cause: { code: 'RECORD_REFUSED' } }],
      count: { value: 1 },
    })
    expect(await items('?state=discarded')).toEqual([])
    for (const answer of [
      await nobody.get('/dead-letters'),
      await nobody.get(`/dead-letters/${first}`),
      await nobody.post(`/dead-letters/${first}/redrive`),
      await nobody.post(`/dead-letters/${first}/discard`, { reason: 'x' }),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
    expect((await operator.get(`/dead-letters/${uuidv7()}`)).status).toBe(404)
    expect((await operator.get('/dead-letters?state=gone')).status).toBe(400)
  })

  it('show the record safely: bounded, secrets in headers hidden, bytes that are no text as base64', async () => {
    const letter = await one(
      await arrived(
        await putAside(
          { value: Buffer.alloc(100_000, 0xff), key: '\u0000key' },
          { authorization: 'Bearer hunter2', plain: 'p'.repeat(5_000) },
        ),
      ),
    )
    expect(letter.headers).toMatchObject({ authorization: '[hidden]', plain: expect.stringMatching(/^p{499}…$/) })
    expect(Object.keys(letter.headers)).not.toContain(H.reason)
    expect(letter.body).toMatchObject({ format: 'base64', truncated: true })
    expect(letter.body.content.length).toBeLessThanOrEqual(16_384)
    const json = { assetId: 'a-1' }
    const readable = await one(
      await arrived(await putAside({ topic: 'scanner.instances.v1', value: Buffer.from(JSON.stringify(json)) })),
    )
    expect(readable.body).toEqual({ format: 'text', content: JSON.stringify(json), truncated: false })
    expect(readable.history).toMatchObject([{ redrive: 0, attempts: 6 }])
  })

  it('are one however often their consumer fails on them or they are delivered', async () => {
    const at = await putAside()
    const id = await arrived(at)
    await putAside({ offset: at, reason: 'TypeError: x' })
    await expect
      .poll(() => one(id), PATIENCE)
      .toMatchObject({ failures: 2, attempts: 12, cause: { code: 'CONSUMER_FAILED' } })
    await service.restart()
    expect(await one(id)).toMatchObject({ failures: 2 })
    const other = await putAside({ offset: at, group: 'exceptions.rules.v1' })
    await expect.poll(async () => (await items('?service=exceptions')).length, PATIENCE).toBe(1)
    expect(other).toBe(at)
  })

  it('are handed back byte for byte to the consumer that failed, once however often it is asked, and the journal tells by whom', async () => {
    const value = Buffer.from([0, 1, 2, 255])
    const id = await arrived(await putAside({ value }, { 'content-type': 'application/json' }))
    const key = { 'idempotency-key': uuidv7() }
    const answers = await Promise.all([
      operator.post(`/dead-letters/${id}/redrive`, {}, key),
      operator.post(`/dead-letters/${id}/redrive`),
      operator.post(`/dead-letters/${id}/redrive`, {}, key),
    ])
    for (const { status, body } of answers) {
      expect({ status, state: body.state, redrives: body.redrives }).toEqual({
        status: 202,
        state: 'redriven',
        redrives: 1,
      })
    }
    await expect.poll(() => redriven(id).length, PATIENCE).toBe(1)
    const [event] = redriven(id)
    expect(event).toMatchObject({ group: 'approvals.rules.v1', topic: 'rules.v1', redrive: 1 })
    expect(Buffer.from(event?.value ?? [])).toEqual(value)
    expect(event?.headers).toEqual({
      'content-type': 'application/json',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    })
    const auditor = await service.person('Ada', { role: 'auditor' })
    await expect
      .poll(async () => (await auditor.get(`/audit?subject=${id}`)).body.items, PATIENCE)
      .toMatchObject([{ type: 'deadLetter.redriven', actor: { id: operator.id, name: 'Olga' } }])
    expect((await operator.post(`/dead-letters/${id}/discard`, { reason: 'no' })).body.code).toBe('DEAD_LETTER_SETTLED')
  })

  it('that fail again are dead once more with what was tried counted, and are sent out by people only', async () => {
    const id = await arrived(await putAside())
    await operator.post(`/dead-letters/${id}/redrive`)
    await expect.poll(() => redriven(id).length, PATIENCE).toBe(1)
    const [event] = redriven(id)
    if (event === undefined) throw new Error('it was published')
    await failsAgain(event)
    await expect
      .poll(() => one(id), PATIENCE)
      .toMatchObject({
        state: 'dead',
        failures: 2,
        attempts: 12,
        redrives: 1,
        consumer: 'approvals.rules.v1',
        cause: { code: 'CONSUMER_FAILED', message: 'The consumer failed with RangeError: still' },
        history: [{ redrive: 1 }, { redrive: 0 }],
      })
    expect(await items('?topic=redrives.v1')).toEqual([])
    expect(redriven(id)).toHaveLength(1)

    const discarded = await operator.post(`/dead-letters/${id}/discard`, { reason: 'The rule was made anew.' })
    expect(discarded).toMatchObject({
      status: 200,
      body: { state: 'discarded', settled: { by: { name: 'Olga' }, reason: 'The rule was made anew.' } },
    })
    // The same redrive, delivered twice to a consumer that failed twice: what somebody has settled since stays settled.
    await failsAgain(event, 'RangeError: late')
    await expect.poll(() => one(id), PATIENCE).toMatchObject({ state: 'discarded', failures: 3 })
    expect((await operator.post(`/dead-letters/${id}/redrive`)).body.code).toBe('DEAD_LETTER_SETTLED')
    expect((await operator.post(`/dead-letters/${id}/discard`, { reason: 'again' })).body.settled.reason).toBe(
      'The rule was made anew.',
    )
    expect((await operator.post(`/dead-letters/${id}/discard`, { reason: ' ' })).status).toBe(422)
  })

  it('that were put back on their own topic are known by their record, not by what a header says', async () => {
    const value = Buffer.from('{"asset":{}}')
    const ingest = { topic: 'scanner.instances.v1', group: 'scope-ingest', key: 'asset-9', reason: 'no vulnerability' }
    const id = await arrived(await putAside({ ...ingest, value }))
    await operator.post(`/dead-letters/${id}/redrive`)
    await putAside({ ...ingest, value }, { 'redrive-of': id, 'redrive-number': '1' })
    await expect.poll(() => one(id), PATIENCE).toMatchObject({ state: 'dead', failures: 2, redrives: 1 })
    const forged = await putAside({ ...ingest, value: Buffer.from('{}') }, { 'redrive-of': id, 'redrive-number': '1' })
    expect(await arrived(forged)).not.toBe(id)
    expect(await one(id)).toMatchObject({ failures: 2 })
  })

  it('that nobody of ours put there are passed over', async () => {
    await service.publishBytes('rules.v1.dlq', 'k', Buffer.from('x'), { [H.topic]: 'rules.v1' })
    await arrived(await putAside())
  })
})
