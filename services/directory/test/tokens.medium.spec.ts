import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningDirectory, runDirectory } from './running-directory.js'

const DAY_MS = 24 * 3_600_000

describe('access tokens', () => {
  let running: RunningDirectory
  let api: RunningDirectory['api']
  let admin: string
  let owner: { id: string; token: string }
  let service: { id: string }
  let addresses = 0

  beforeAll(async () => {
    running = await runDirectory()
    api = running.api
    admin = await running.signIn()
    const role = { name: 'Owner', permissions: ['exceptions.request', 'instances.read'] }
    await api('POST /roles', { token: admin, body: role })
  })

  beforeEach(async () => {
    admin = await running.signIn()
    const email = `owner${++addresses}@example.com`
    const body = { email, name: 'Owner', role: 'Owner', password: 'right password' }
    const { id } = (await api('POST /users', { token: admin, body })).body
    owner = { id, token: await running.signIn(email, 'right password') }
    const scanner = { name: 'Pipeline', role: 'scanner', kind: 'service' }
    service = (await api('POST /users', { token: admin, body: scanner })).body
  })

  afterAll(async () => running?.close())

  const inDays = (days: number) => new Date(running.clock.now().getTime() + days * DAY_MS).toISOString()
  const make = async (token: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
    await api('POST /tokens', { token, body: { name: 'CI', expiresAt: inDays(30), ...body }, headers })
  const me = async (token: string) => await api('GET /me', { token })

  it('speak for their owner, are shown once and listed without themselves', async () => {
    const made = await make(owner.token)
    expect(made).toMatchObject({
      status: 201,
      body: { id: expect.any(String), name: 'CI', userId: owner.id, permissions: null, token: expect.any(String) },
    })
    expect((await me(made.body.token)).body).toMatchObject({
      id: owner.id,
      permissions: ['exceptions.request', 'instances.read'],
    })
    const { body: list } = await api('GET /tokens', { token: owner.token })
    expect(list.items).toEqual([expect.not.objectContaining({ token: expect.anything() })])
    expect(list.items[0]).toMatchObject({ id: made.body.id, revokedAt: null })
  })

  it('are made once for an Idempotency-Key, whose kept answer has no token', async () => {
    const expiresAt = inDays(30)
    const first = await make(owner.token, { expiresAt }, { 'idempotency-key': 'once' })
    const second = await make(owner.token, { expiresAt }, { 'idempotency-key': 'once' })
    expect(second.body).toEqual({ ...first.body, token: null })
    const { rows } = await running.database.pool.query('SELECT body FROM idempotency_key')
    expect(JSON.stringify(rows)).not.toContain(first.body.token)
  })

  it('allow what they are narrowed to, never more than the owner may, and make no other tokens then', async () => {
    const { body } = await make(owner.token, { permissions: ['instances.read'] })
    expect((await me(body.token)).body.permissions).toEqual(['instances.read'])
    const beyond = await make(owner.token, { permissions: ['instances.read', 'rules.manage'] })
    expect(beyond).toMatchObject({ status: 422, body: { errors: [{ pointer: '/permissions' }] } })
    expect((await make(body.token)).body.code).toBe('NOT_ALLOWED')
    expect((await api('GET /tokens', { token: body.token })).body.code).toBe('NOT_ALLOWED')
  })

  it('shrink with the owner’s role', async () => {
    const { body } = await make(owner.token)
    const { headers } = await api(`GET /users/${owner.id}`, { token: admin })
    const change = { token: admin, body: { role: 'scanner' }, headers: { 'if-match': headers.get('etag') ?? '' } }
    expect((await api(`PATCH /users/${owner.id}`, change)).status).toBe(200)
    expect((await me(body.token)).body.permissions).toEqual(['instances.publish'])
  })

  it('end at their time, which is at most 366 days away', async () => {
    for (const days of [-1, 367]) {
      const refused = await make(owner.token, { expiresAt: inDays(days) })
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expiresAt' }] } })
    }
    const { body } = await make(owner.token, { expiresAt: inDays(1) })
    running.clock.advance(DAY_MS)
    expect((await me(body.token)).status).toBe(401)
  })

  it('are revoked by their owner or whoever manages users, at once and everywhere, as often as one likes', async () => {
    const [mine, others] = [await make(owner.token), await make(owner.token)]
    expect((await api(`DELETE /tokens/${mine.body.id}`, { token: owner.token })).status).toBe(204)
    expect((await api(`DELETE /tokens/${mine.body.id}`, { token: owner.token })).status).toBe(204)
    expect((await me(mine.body.token)).status).toBe(401)
    expect((await me(others.body.token)).status).toBe(200)
    expect((await api(`DELETE /tokens/${others.body.id}`, { token: admin })).status).toBe(204)
    expect((await me(others.body.token)).status).toBe(401)
    const told = () => running.published.filter(({ meta }) => meta?.subjectId === mine.body.id)
    await expect.poll(told).toHaveLength(2)
    expect(told()[1]?.subject).toMatchObject({ value: { userId: owner.id, revokedAt: expect.anything() } })
  })

  it('are nobody else’s affair', async () => {
    const { body } = await make(admin)
    expect((await api(`DELETE /tokens/${body.id}`, { token: owner.token })).status).toBe(404)
    expect((await me(body.token)).status).toBe(200)
    const listed = await api(`GET /tokens?userId=${body.userId}`, { token: owner.token })
    expect(listed.body.code).toBe('NOT_ALLOWED')
  })

  it('are made for service users by whoever manages users, and for no other person', async () => {
    const { body } = await make(admin, { userId: service.id })
    expect((await me(body.token)).body).toMatchObject({ id: service.id, kind: 'service', email: null })
    expect((await api('DELETE /session', { token: body.token })).body.code).toBe('CONFLICT')
    const password = { currentPassword: 'x', newPassword: 'right password' }
    expect((await api('PUT /me/password', { token: body.token, body: password })).body.code).toBe('NOT_ALLOWED')
    expect((await make(owner.token, { userId: service.id })).body.code).toBe('NOT_ALLOWED')
    expect((await make(admin, { userId: owner.id })).body.errors).toEqual([
      { pointer: '/userId', detail: 'People make their own tokens.' },
    ])
    const unknown = await make(admin, { userId: '01890000-0000-7000-8000-000000000000' })
    expect(unknown.body.code).toBe('USER_UNKNOWN')
    expect((await api(`GET /tokens?userId=${service.id}`, { token: admin })).body.items).toHaveLength(1)
  })

  it('are not a way for a manager of users to act with a service user’s greater power', async () => {
    await api('POST /roles', { token: admin, body: { name: 'Helpdesk', permissions: ['users.manage'] } })
    const email = `desk${addresses}@example.com`
    const body = { email, name: 'Desk', role: 'Helpdesk', password: 'right password' }
    await api('POST /users', { token: admin, body })
    const desk = await running.signIn(email, 'right password')
    expect((await make(desk, { userId: service.id })).body.code).toBe('NOT_ALLOWED')
  })
})
