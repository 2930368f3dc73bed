import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mainJob, type System } from './support/acceptance.js'
import { noticesJob } from './support/acceptance-notices.js'
import { ticketSourcesJob } from './support/acceptance-ticket-sources.js'
import { ticketsJob } from './support/acceptance-tickets.js'
import { Api, eventually } from './support/api.js'
import { TestProcess } from './support/process.js'
import { PASSWORD, Standalone } from './support/standalone.js'

const ADMIN = 'admin@reprieve.example'

describe('standalone', () => {
  let standalone: Standalone

  beforeAll(async () => {
    standalone = await Standalone.start()
  })
  afterAll(async () => standalone.remove())

  const system = (): System => ({
    url: standalone.url,
    adminEmail: ADMIN,
    password: PASSWORD,
    mails: async () => {
      const { messages } = (await (await fetch(`${standalone.mailUrl}/messages`)).json()) as {
        messages: Array<{ to: string[]; subject: string }>
      }
      return messages.map(({ to, subject }) => ({ to: to.join(), subject }))
    },
  })
  mainJob(system)
  noticesJob(system)
  ticketsJob(system)
  ticketSourcesJob(system)
})

describe('starting and stopping', () => {
  let data: string

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'reprieve-data-'))
  })
  afterAll(async () => rm(data, { recursive: true, force: true }))

  it('keeps what is there over an ordinary stop and over a kill', async () => {
    const first = await Standalone.start({ data })
    const admin = await new Api(first.url).signIn(ADMIN, PASSWORD)
    await admin.post('/roles', { name: 'kept', permissions: ['instances.read'] })
    expect(await first.stop()).toBe(0)

    const second = await Standalone.start({ data })
    const again = await new Api(second.url).signIn(ADMIN, PASSWORD)
    const roles = await again.get<{ items: Array<{ name: string }> }>('/roles')
    expect(roles.body.items.map(({ name }) => name)).toContain('kept')
    await again.post('/roles', { name: 'killed', permissions: ['instances.read'] })
    await second.process.end('SIGKILL')

    const third = await Standalone.start({ data })
    const last = await new Api(third.url).signIn(ADMIN, PASSWORD)
    const kept = await last.get<{ items: Array<{ name: string }> }>('/roles')
    expect(kept.body.items.map(({ name }) => name)).toEqual(expect.arrayContaining(['kept', 'killed']))
    expect(await third.stop()).toBe(0)
  })

  it('refuses a second start on the same data folder, with the reason', async () => {
    const running = await Standalone.start({ data })
    const refused = new TestProcess('services/standalone/dist/main.js', [
      '--port',
      '18999',
      '--smtp-port',
      '18998',
      '--mail-port',
      '18997',
      '--data',
      data,
    ])
    await eventually(async () => refused.ended, Boolean)
    expect(refused.child.exitCode).toBe(1)
    expect(refused.output).toMatch(/is in use by another Reprieve \(process \d+\).*--data/)
    await running.stop()
  })

  it('names the port that is taken and the option for another one, before anything starts', async () => {
    const running = await Standalone.start({ data })
    const port = new URL(running.url).port
    const refused = new TestProcess('services/standalone/dist/main.js', [
      '--port',
      port,
      '--smtp-port',
      '18998',
      '--mail-port',
      '18997',
      '--data',
      `${data}-other`,
    ])
    await eventually(async () => refused.ended, Boolean)
    expect(refused.child.exitCode).toBe(1)
    expect(refused.output).toContain(`Port ${port} (the gateway) is in use. Choose another one with --port.`)
    await running.stop()
  })
})

describe('the demo company', () => {
  let standalone: Standalone

  beforeAll(async () => {
    standalone = await Standalone.start({ demo: true })
  })
  afterAll(async () => standalone.remove())

  it('has exceptions in every status, and a few thousand instances over several hundred assets', async () => {
    const admin = await new Api(standalone.url).signIn(ADMIN, PASSWORD)
    const statuses = ['pendingApproval', 'active', 'denied', 'expired', 'deactivated', 'withdrawn']
    for (const status of statuses) {
      await eventually(
        async () => (await admin.get<{ items: unknown[] }>(`/exceptions?status=${status}`)).body.items.length,
        (found) => found > 0,
      )
    }
    const page = await admin.get<{ count: { value: number } }>('/instances?limit=1')
    expect(page.body.count.value).toBeGreaterThan(2_500)
    const covered = await admin.get<{ count: { value: number } }>('/instances?limit=1&coverage=covered')
    expect(covered.body.count.value).toBeGreaterThan(50)
  })
})
