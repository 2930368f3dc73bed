import { directory } from '@reprieve/contracts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ADMIN_EMAIL, ADMIN_PASSWORD, type RunningDirectory, runDirectory } from './running-directory.js'

describe('signing in', () => {
  let running: RunningDirectory
  let api: RunningDirectory['api']
  let admin: string
  let people = 0

  beforeAll(async () => {
    running = await runDirectory()
    api = running.api
    admin = await running.signIn()
  })

  // Failures of one test count no more in the next.
  beforeEach(() => running.clock.advance(61_000))

  afterAll(async () => running?.close())

  const person = async (changes: Record<string, unknown> = {}) => {
    const email = `person${++people}@example.com`
    const body = { email, name: 'Person', role: 'auditor', password: 'right password', ...changes }
    const { status, body: user, headers } = await api('POST /users', { token: admin, body })
    expect(status).toBe(201)
    return { ...user, etag: headers.get('etag') ?? '' }
  }
  const attempt = async (email: string, password: string, from?: string) =>
    await api('POST /session', {
      body: { email, password },
      headers: from === undefined ? {} : { 'x-forwarded-for': from },
    })

  it('gives a token and an HttpOnly cookie that both speak for the person', async () => {
    const reply = await attempt(ADMIN_EMAIL.toUpperCase(), ADMIN_PASSWORD)
    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject({
      accessToken: expect.any(String),
      expiresAt: new Date(running.clock.now().getTime() + 12 * 3_600_000).toISOString(),
      user: { id: expect.any(String), name: 'Administrator', role: 'admin' },
    })
    const cookie = reply.headers.get('set-cookie') ?? ''
    expect(cookie).toContain(`reprieve_session=${reply.body.accessToken}; Path=/; HttpOnly; SameSite=Lax`)
    expect(cookie).not.toContain('Secure')
    const [pair = ''] = cookie.split(';')
    const me = await api('GET /me', { headers: { cookie: pair } })
    expect(me.body).toMatchObject({ email: ADMIN_EMAIL, role: 'admin', kind: 'person' })
    expect(me.body.permissions).toHaveLength(12)
  })

  it('fails in one and the same way for a wrong password, an unknown address, an inactive person and a service user', async () => {
    const known = await person()
    const inactive = await person({ active: false })
    const service = await person({ kind: 'service', password: undefined })
    const replies = await Promise.all([
      attempt(known.email, 'wrong password'),
      attempt('nobody@example.com', 'right password'),
      attempt('not even an address', 'right password'),
      attempt(inactive.email, 'right password'),
      attempt(service.email, 'right password'),
    ])
    const told = replies.map(({ status, body: { traceId: _, ...rest } }) => ({ status, ...rest }))
    expect(new Set(told.map((reply) => JSON.stringify(reply))).size).toBe(1)
    expect(told[0]).toMatchObject({ status: 401, code: 'SIGN_IN_FAILED' })
  })

  it('is refused after ten failures in a minute, with the right password too, and for an unknown account alike', async () => {
    const { email } = await person()
    for (const account of [email, 'unknown@example.com']) {
      // Case and spaces make no other account of it.
      for (let n = 0; n < 10; n++)
        expect((await attempt(n % 2 ? account : ` ${account.toUpperCase()}`, 'wrong')).status).toBe(401)
      const refused = await attempt(account, 'right password')
      expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
      expect(Number(refused.headers.get('retry-after'))).toBe(60)
    }
    running.clock.advance(60_000)
    expect((await attempt(email, 'right password')).status).toBe(200)
  })

  it('lets no more guesses through when they are sent all at once', async () => {
    const { email } = await person()
    const replies = await Promise.all(Array.from({ length: 25 }, () => attempt(email, 'wrong password')))
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(15)
  })

  it('cannot be used to lock somebody out from where they are known, however many try from however many places', async () => {
    const { email } = await person()
    expect((await attempt(email, 'right password', '198.51.100.1')).status).toBe(200)
    for (const account of [email, 'unknown@example.com']) {
      const places = Array.from({ length: 120 }, (_, n) => `203.0.113.${n}`)
      const tried = await Promise.all(places.map((place) => attempt(account, 'wrong password', place)))
      expect(tried.filter(({ status }) => status === 401)).toHaveLength(100)
      // Nobody learns from it whether the account exists.
      const refused = await attempt(account, 'right password', '192.0.2.9')
      expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } })
    }
    expect((await attempt(email, 'right password', '198.51.100.1')).status).toBe(200)
    // There, too, guesses are counted.
    for (let n = 0; n < 10; n++) await attempt(email, 'wrong password', '198.51.100.1')
    expect((await attempt(email, 'right password', '198.51.100.1')).status).toBe(429)
    running.clock.advance(60_000)
    expect((await attempt(email, 'right password', '192.0.2.9')).status).toBe(200)
  })

  it('is refused from an address that tries many accounts, but for those who are known there', async () => {
    const [{ email }, stranger] = [await person(), await person()]
    const office = '2001:db8:0:7::1'
    expect((await attempt(email, 'right password', office)).status).toBe(200)
    const accounts = Array.from({ length: 120 }, (_, n) => `guess${n}@example.com`)
    // Whoever has one address of an IPv6 network has all of it.
    const tried = await Promise.all(accounts.map((account, n) => attempt(account, 'password', `2001:db8:0:7::${n}`)))
    expect(tried.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
    expect((await attempt(stranger.email, 'right password', office)).status).toBe(429)
    expect((await attempt(stranger.email, 'right password', '2001:db8:0:8::1')).status).toBe(200)
    expect((await attempt(email, 'right password', office)).status).toBe(200)
  })

  it('goes on for others, and for as many at once as want to, while one account is refused', async () => {
    const [guessed, { email }] = [await person(), await person()]
    await Promise.all(Array.from({ length: 10 }, () => attempt(guessed.email, 'wrong password')))
    expect((await attempt(guessed.email, 'right password')).status).toBe(429)
    const replies = await Promise.all(Array.from({ length: 25 }, () => attempt(email, 'right password')))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it('takes no less time where there is no such account', async () => {
    const { email } = await person()
    const timed = async (account: string) => {
      const started = performance.now()
      await attempt(account, 'wrong password')
      return performance.now() - started
    }
    let [known, unknown] = [0, 0]
    for (let n = 0; n < 6; n++) {
      known += await timed(email)
      unknown += await timed('nobody@example.com')
    }
    // Without a hash to compute it would be a tenth.
    expect(unknown).toBeGreaterThan(known / 3)
  })

  it('ends with the session: the token counts for nothing from then on', async () => {
    const { email } = await person()
    const [token, other] = [
      await running.signIn(email, 'right password'),
      await running.signIn(email, 'right password'),
    ]
    const out = await api('DELETE /session', { token })
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toContain('reprieve_session=; Path=/')
    expect((await api('GET /me', { token })).status).toBe(401)
    expect((await api('GET /me', { token: other })).status).toBe(200)
  })

  it('ends by itself after twelve hours', async () => {
    const { email } = await person()
    const token = await running.signIn(email, 'right password')
    running.clock.advance(12 * 3_600_000)
    expect((await api('GET /me', { token })).status).toBe(401)
    admin = await running.signIn()
  })

  it('ends by itself after an hour without use, and lasts for as long as it is used', async () => {
    const { email } = await person()
    const [used, idle] = [await running.signIn(email, 'right password'), await running.signIn(email, 'right password')]
    const access = await api('POST /tokens', {
      token: used,
      body: { name: 'CI', expiresAt: new Date(running.clock.now().getTime() + 86_400_000).toISOString() },
    })
    const swept = async () => {
      const another = await running.startAnother()
      await another.close()
    }
    for (let n = 0; n < 3; n++) {
      running.clock.advance(25 * 60_000)
      expect((await api('PUT /session/last-use', { token: used })).status).toBe(204)
      await swept()
    }
    await expect.poll(async () => (await api('GET /me', { token: idle })).status).toBe(401)
    expect((await api('GET /me', { token: used })).status).toBe(200)
    // A program's token may lie idle.
    expect((await api('GET /me', { token: access.body.token })).status).toBe(200)
    admin = await running.signIn()
  })

  it('tells other services of a session only when it is ended', async () => {
    const { email, id } = await person()
    const token = await running.signIn(email, 'right password')
    await api('DELETE /session', { token })
    const ended = () =>
      running.published.flatMap(({ subject }) =>
        subject.case === 'accessToken' && subject.value.userId === id ? [subject.value] : [],
      )
    await expect.poll(ended).toHaveLength(1)
    expect(ended()[0]?.revokedAt).toBeDefined()
  })

  describe('in the journal', () => {
    const { SIGNED_IN, LOCKED_OUT, PASSWORD_CHANGED } = directory.ActivityKind
    const told = (of: (activity: directory.Activity) => boolean) =>
      running.published.flatMap(({ meta, subject }) =>
        subject.case === 'activity' && of(subject.value)
          ? [{ ...subject.value, actor: meta?.actor?.userId ?? null }]
          : [],
      )
    const toldOf = (userId: string) => told((activity) => activity.userId === userId)
    /** What was told before is here once this is. */
    const mark = async () => {
      const { id, email } = await person()
      await running.signIn(email, 'right password')
      await expect.poll(() => toldOf(id)).toHaveLength(1)
    }

    it('says who began which session, and from where', async () => {
      const { id, email } = await person()
      await attempt(email, 'wrong password', '198.51.100.7')
      expect((await attempt(email, 'right password', '198.51.100.7')).status).toBe(200)
      await expect.poll(() => toldOf(id)).toHaveLength(1)
      const [entry] = toldOf(id)
      expect(entry).toMatchObject({ kind: SIGNED_IN, userName: 'Person', network: '198.51.100.7', actor: id })
      expect(entry?.sessionId).toMatch(/^[\da-f-]{36}$/)
    })

    it('names a lock-out once, however long somebody goes on trying, and the next one again', async () => {
      const { id, email } = await person()
      const tries = (count: number) =>
        Promise.all(Array.from({ length: count }, () => attempt(email, 'wrong password', '198.51.100.8')))
      await tries(25)
      // As soon as the first failures count no more, others take their place.
      for (let n = 0; n < 3; n++) {
        running.clock.advance(60_000)
        await tries(12)
      }
      await mark()
      expect(toldOf(id)).toMatchObject([{ kind: LOCKED_OUT, network: '198.51.100.8', actor: null }])
      running.clock.advance(300_000)
      await tries(12)
      await mark()
      expect(toldOf(id).map(({ kind }) => kind)).toEqual([LOCKED_OUT, LOCKED_OUT])
    })

    it('names a place from which too many accounts were tried, once, and no account that nobody has', async () => {
      const place = '203.0.113.200'
      await Promise.all(
        Array.from({ length: 130 }, (_, n) => attempt(`nobody${n % 12}@example.com`, 'wrong password', place)),
      )
      await mark()
      expect(told(({ network }) => network === place)).toMatchObject([{ kind: LOCKED_OUT, userId: '', userName: '' }])
    })

    it('says that a password was changed, by whom, and never which', async () => {
      const { id, email, etag } = await person()
      const body = { password: 'set by the admin' }
      expect((await api(`PATCH /users/${id}`, { token: admin, body, headers: { 'if-match': etag } })).status).toBe(200)
      const token = await running.signIn(email, 'set by the admin')
      const own = { currentPassword: 'set by the admin', newPassword: 'chosen by the owner' }
      expect((await api('PUT /me/password', { token, body: own })).status).toBe(204)
      await expect.poll(() => toldOf(id).filter(({ kind }) => kind === PASSWORD_CHANGED)).toHaveLength(2)
      const [set, chosen] = toldOf(id).filter(({ kind }) => kind === PASSWORD_CHANGED)
      expect(set?.actor).not.toBe(id)
      expect(chosen?.actor).toBe(id)
      const everything = JSON.stringify(running.published, (_name, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      )
      for (const password of [...Object.values(own), 'wrong password']) expect(everything).not.toContain(password)
      expect(everything).not.toContain(token)
    })
  })

  it('is at an end at once for whoever is deactivated, and stays so', async () => {
    const { id, email, etag } = await person()
    const token = await running.signIn(email, 'right password')
    const off = await api(`PATCH /users/${id}`, {
      token: admin,
      body: { active: false },
      headers: { 'if-match': etag },
    })
    expect(off.status).toBe(200)
    expect((await api('GET /me', { token })).status).toBe(401)
    const on = { token: admin, body: { active: true }, headers: { 'if-match': off.headers.get('etag') ?? '' } }
    expect((await api(`PATCH /users/${id}`, on)).status).toBe(200)
    expect((await api('GET /me', { token })).status).toBe(401)
    expect((await attempt(email, 'right password')).status).toBe(200)
  })

  it('takes the new password after the owner changed it, in this session and in no other', async () => {
    const { email } = await person()
    const [token, other] = [
      await running.signIn(email, 'right password'),
      await running.signIn(email, 'right password'),
    ]
    const body = { currentPassword: 'wrong password', newPassword: 'another password' }
    expect(await api('PUT /me/password', { token, body })).toMatchObject({
      status: 401,
      body: { code: 'SIGN_IN_FAILED' },
    })
    const changed = await api('PUT /me/password', { token, body: { ...body, currentPassword: 'right password' } })
    expect(changed.status).toBe(204)
    expect((await api('GET /me', { token })).status).toBe(200)
    expect((await api('GET /me', { token: other })).status).toBe(401)
    expect((await attempt(email, 'right password')).status).toBe(401)
    expect((await attempt(email, 'another password')).status).toBe(200)
  })

  it('refuses what is malformed without a word about accounts', async () => {
    expect(await api('POST /session', { body: { email: ADMIN_EMAIL } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/password' }] },
    })
    expect((await attempt(ADMIN_EMAIL, 'x'.repeat(2_000))).status).toBe(422)
  })
})

describe('the session’s cookie', () => {
  it('travels over HTTPS alone where people open Reprieve by https', async () => {
    const running = await runDirectory({ PUBLIC_URL: 'https://reprieve.example' })
    try {
      const reply = await running.api('POST /session', { body: { email: ADMIN_EMAIL, password: ADMIN_PASSWORD } })
      expect(reply.headers.get('set-cookie')).toContain('; Secure')
    } finally {
      await running.close()
    }
  })
})
