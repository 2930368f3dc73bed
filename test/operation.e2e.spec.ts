import 'reflect-metadata'
import { run } from '@reprieve/cli-service'
import { DEAD_LETTER_HEADERS as H } from '@reprieve/messaging'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api } from './support/api.js'
import { type SystemInProcess, startSystemInProcess } from './support/system-in-process.js'

const ADMIN = { email: 'first@reprieve.example', password: 'a long enough password' }
const PATIENCE = { timeout: 60_000, interval: 100 }
const TOPIC = 'scanner.instances.v1'

/** A finding as a scanner sends it. */
const finding = (vulnerability: string) => ({
  observed: {
    scanner: 'grype',
    scanId: 'scan-1',
    asset: { id: 'asset-1', name: 'web', type: 'ASSET_TYPE_HOST' },
    vulnerability: { id: vulnerability },
    component: { name: 'openssl', version: '3.0.1' },
    severity: 'High',
    observedAt: new Date().toISOString(),
  },
})

describe('whoever operates the system', () => {
  let system: SystemInProcess
  let api: Api
  let token: string
  let offset = 100

  beforeAll(async () => {
    system = await startSystemInProcess(ADMIN)
    const session = await new Api(system.gateway.url).post<{ accessToken: string }>('/session', ADMIN)
    token = session.body.accessToken
    api = new Api(system.gateway.url, token)
  }, 120_000)
  afterAll(async () => system?.close())

  async function reprieve(...args: string[]) {
    const lines = { out: [] as string[], error: [] as string[] }
    const code = await run(
      args,
      { REPRIEVE_URL: system.gateway.url, REPRIEVE_TOKEN: token },
      { out: (text) => lines.out.push(text), error: (text) => lines.error.push(text) },
    )
    return { code, out: lines.out.join('\n'), error: lines.error.join('\n') }
  }

  async function roundTrip(password: string) {
    const lines = { out: [] as string[], error: [] as string[] }
    const code = await run(
      ['round-trip'],
      { REPRIEVE_URL: system.gateway.url, REPRIEVE_EMAIL: ADMIN.email, REPRIEVE_PASSWORD: password },
      { out: (text) => lines.out.push(text), error: (text) => lines.error.push(text) },
    )
    return { code, out: lines.out.join('\n'), error: lines.error.join('\n') }
  }

  const publish = (topic: string, value: unknown, headers: Record<string, string> = {}) =>
    system.publish([
      {
        topic,
        key: 'asset-1',
        value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
        headers: { 'content-type': 'application/json', ...headers },
      },
    ])

  async function dead(): Promise<Array<{ id: string; failures: number }>> {
    return JSON.parse((await reprieve('dlq', 'list', '--service', 'scope', '--json')).out)
  }

  it('is told by the doctor what is well and what to do, in words and as JSON, and by its exit code', async () => {
    const { code, out, error } = await reprieve('doctor')
    expect({ code, error }, out).toEqual({ code: 0, error: '' })
    for (const service of [
      'directory',
      'rules',
      'exceptions',
      'approvals',
      'scope',
      'tickets',
      'notifications',
      'audit',
    ])
      for (const what of ['database', 'clock', 'schema', 'topics', 'outbox', 'consumers'])
        expect(out).toMatch(new RegExp(`^ok +${service} +${what}: `, 'm'))
    expect(out).toMatch(/^ok +notifications +mail server: /m)
    expect(out).toMatch(/^ok +scope +reconciliation: /m)
    const told = JSON.parse((await reprieve('doctor', '--json')).out)
    expect(told).toMatchObject({
      status: 'ok',
      findings: expect.arrayContaining([expect.objectContaining({ of: 'audit' })]),
    })
    expect((await reprieve('doctor', 'please')).code).toBe(2)
  })

  it('sees a poison record, redrives it, and finds it dead once more rather than tried for ever', async () => {
    await publish(TOPIC, 'no JSON at all')
    await expect.poll(async () => (await dead()).length, PATIENCE).toBe(1)
    const [letter] = await dead()
    if (letter === undefined) throw new Error('it is there')
    const shown = await reprieve('dlq', 'show', letter.id)
    expect(shown.out).toContain('no JSON at all')
    expect(shown.out).toMatch(/cause +RECORD_REFUSED/)
    expect(await reprieve('doctor')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^warn +audit +dead letters: 1 of scope-ingest/m),
    })

    expect(await reprieve('dlq', 'redrive', letter.id)).toMatchObject({
      code: 0,
      out: expect.stringContaining('scope-ingest'),
    })
    await expect.poll(async () => (await dead())[0]?.failures, PATIENCE).toBe(2)
    await system.settled()
    expect(await dead()).toMatchObject([{ id: letter.id, failures: 2 }])

    expect((await reprieve('dlq', 'discard', letter.id)).code).toBe(2)
    expect((await reprieve('dlq', 'discard', letter.id, '--reason', 'A broken scanner.')).code).toBe(0)
    expect(await reprieve('dlq', 'redrive', letter.id)).toMatchObject({
      code: 1,
      error: expect.stringContaining('DEAD_LETTER_SETTLED'),
    })
    expect(await dead()).toEqual([])
    expect((await reprieve('doctor')).code).toBe(0)
  })

  it('puts back what failed for a fault that is mended since, and it is done once, however often it is asked', async () => {
    await publish(`${TOPIC}.dlq`, finding('CVE-2026-0001'), {
      [H.topic]: TOPIC,
      [H.partition]: '0',
      [H.offset]: String(++offset),
      [H.group]: 'scope-ingest',
      [H.handler]: 'scope ingest',
      [H.reason]: 'it cannot be taken in: a fault of ours',
      [H.attempts]: '3',
      [H.failedAt]: new Date().toISOString(),
      [H.publishedAt]: new Date().toISOString(),
    })
    await expect.poll(async () => (await dead()).length, PATIENCE).toBe(1)
    const [letter] = await dead()
    for (let n = 0; n < 3; n++) expect((await reprieve('dlq', 'redrive', letter?.id ?? '')).code).toBe(0)
    const open = async () => (await api.get<{ items: Array<{ vulnerability: string }> }>('/instances')).body.items
    await expect
      .poll(async () => (await open()).map(({ vulnerability }) => vulnerability), PATIENCE)
      .toEqual(['CVE-2026-0001'])
    await system.settled()
    expect(await dead()).toEqual([])
    const journal = await api.get<{ items: Array<{ type: string }> }>(`/audit?subject=${letter?.id}`)
    expect(journal.body.items.map(({ type }) => type)).toEqual(['deadLetter.redriven'])
  })

  it('proves by a round trip that it does what it is for, leaves nothing in force, and can do so again', async () => {
    for (let n = 0; n < 2; n++) {
      const { code, out, error } = await roundTrip(ADMIN.password)
      expect({ code, error }, out).toEqual({ code: 0, error: '' })
      expect(out.match(/^ok /gm)?.length).toBe(10)
      expect(out).toMatch(/^ok .* the finding is covered$/m)
    }
    const exceptions = await api.get<{ items: Array<{ status: string }> }>('/exceptions')
    expect(exceptions.body.items.map(({ status }) => status)).toEqual(['deactivated', 'deactivated'])
    const users = await api.get<{ items: Array<{ active: boolean }> }>('/users?role=round-trip')
    expect(users.body.items).toMatchObject([{ active: false }])
    const left = await api.get<{ items: unknown[] }>(
      `/instances?filter=${encodeURIComponent('scanners.exists(s, s == "round-trip")')}`,
    )
    expect(left.body.items).toEqual([])
    expect(JSON.stringify(system.mails.mails())).not.toContain('round-trip')
  })

  it('is told which step of a round trip fails, and why', async () => {
    const { code, error } = await roundTrip('not the password')
    expect(code).toBe(1)
    expect(error).toMatch(/^fail .* an administrator signs in\n.*\(SIGN_IN_FAILED\)$/)
  })

  it('is told what is wrong where a service does not answer', async () => {
    await system.stop()
    const { code, out } = await reprieve('doctor')
    expect(code).toBe(2)
    expect(out).toMatch(/^fail +gateway +answers: /m)
  })
}, 180_000)
