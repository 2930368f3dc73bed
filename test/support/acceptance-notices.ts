import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { System } from './acceptance.js'
import { Api, eventually } from './api.js'

interface Received {
  headers: IncomingHttpHeaders
  body: string
}

/** What people and other systems are told, as each of them wants it: the same for every way to start. */
export function noticesJob(system: () => System): void {
  describe('who is told', () => {
    const unique = randomUUID().slice(0, 8)
    const email = `nora-${unique}@reprieve.example`
    const name = `Told ${unique}`
    const received: Received[] = []
    let receiver: Server
    let admin: Api
    let nora: Api
    let webhook: { id: string; secret: string }

    beforeAll(async () => {
      const { url, adminEmail, password } = system()
      receiver = createServer(async (request, response) => {
        const parts: Buffer[] = []
        for await (const part of request) parts.push(part as Buffer)
        received.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') })
        response.writeHead(204).end()
      }).listen(0, '127.0.0.1')
      await once(receiver, 'listening')
      admin = await new Api(url).signIn(adminEmail, password)
      const role = `told-${unique}`
      await admin.post('/roles', {
        name: role,
        permissions: ['exceptions.request', 'exceptions.read', 'instances.read'],
      })
      await admin.post('/users', { email, name: 'nora', role, password, kind: 'person' })
      await admin.post('/rules', { role, instructions: '', workflow: { type: 'autoPilot' } })
      nora = await new Api(url).signIn(email, password)
    })
    afterAll(() => {
      receiver.closeAllConnections()
      receiver.close()
    })

    it('is a system beside, once an admin lets webhooks go there', async () => {
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
      expect(await admin.post('/webhooks', { url })).toMatchObject({ status: 422, body: { code: 'HOST_NOT_ALLOWED' } })
      const { headers, body } = await admin.get<{ hosts: string[] }>('/webhook-hosts')
      const hosts = [...body.hosts, '127.0.0.1']
      const allowed = await admin.put('/webhook-hosts', { hosts }, { 'if-match': headers.get('etag') ?? '' })
      expect(allowed).toMatchObject({ status: 200 })
      const made = await admin.post<{ id: string; secret: string }>('/webhooks', { url, name: unique })
      expect(made).toMatchObject({ status: 201, body: { enabled: true } })
      webhook = made.body
    })

    it('is a person, of what they want to hear', async () => {
      const { headers, body } = await nora.get<object>('/me/preferences')
      const wanted = { ...body, kinds: { became_active: { mail: false, inApp: true } } }
      const put = await nora.put('/me/preferences', wanted, { 'if-match': headers.get('etag') ?? '' })
      expect(put).toMatchObject({ status: 200 })
      const made = await nora.post<{ id: string; status: string }>('/exceptions', {
        name,
        justification: 'To see who is told.',
        riskAcknowledged: true,
        expression: `asset.name == "told-${unique}"`,
        expiration: { type: 'days', days: 30 },
      })
      expect(made).toMatchObject({ status: 201, body: { status: 'active' } })
      // Only once the first is told: the second then comes after it for certain.
      await eventually(
        async () => (await nora.get<{ items: object[] }>('/me/notifications')).body.items,
        (items) => items.length === 1,
      )
      await nora.post(`/exceptions/${made.body.id}/deactivate`, { reason: 'Seen.' })
      const mails = await eventually(
        async () => (await system().mails()).filter(({ to, subject }) => to === email && subject.includes(name)),
        (found) => found.length > 0,
      )
      expect(mails.map(({ subject }) => subject)).toEqual([`Deactivated: ${name}`])
      const list = await nora.get<{ items: Array<{ kind: string }> }>('/me/notifications')
      expect(list.body).toMatchObject({
        items: [{ kind: 'deactivated', exceptionId: made.body.id }, { kind: 'became_active' }],
        unread: { value: 2, exact: true },
      })
      const record = await admin.get<{ items: object[] }>(`/mails?exceptionId=${made.body.id}&sort=createdAt`)
      expect(record.body.items).toMatchObject([
        { status: 'dropped', notices: [{ kind: 'became_active' }] },
        { notices: [{ kind: 'deactivated' }] },
      ])
    })

    it('each event once, with a signature that only the secret makes', async () => {
      const mine = () =>
        received
          .map(({ headers, body }) => ({
            headers,
            body,
            event: JSON.parse(body) as { type: string; data: { name?: string } },
          }))
          .filter(({ event }) => event.data.name === name)
      const events = await eventually(
        async () => mine(),
        (found) => found.length >= 3,
      )
      expect(events.map(({ event }) => event.type).sort()).toEqual([
        'exception.activated',
        'exception.deactivated',
        'exception.submitted',
      ])
      const key = Buffer.from(webhook.secret.replace('whsec_', ''), 'base64')
      for (const { headers, body } of events) {
        const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
        expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
      }
      const { body } = await admin.get<{ items: Array<{ id: string; status: string }> }>(
        `/webhooks/${webhook.id}/deliveries?limit=200`,
      )
      const ids = new Set(body.items.map(({ id }) => id))
      for (const { headers } of events) expect(ids).toContain(headers['webhook-id'])
      const gone = await admin.call('DELETE', `/webhooks/${webhook.id}`)
      expect(gone.status).toBe(204)
    })
  })
}
