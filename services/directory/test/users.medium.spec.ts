import { directory } from '@reprieve/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_EMAIL, type RunningDirectory, runDirectory } from './running-directory.js'

const PERSON = { name: 'Ann', role: 'auditor', password: 'right password' }
const UNKNOWN = '01890000-0000-7000-8000-000000000000'

describe('users, groups and roles', () => {
  let running: RunningDirectory
  let api: RunningDirectory['api']
  let admin: string
  let addresses = 0

  beforeAll(async () => {
    running = await runDirectory()
    api = running.api
    admin = await running.signIn()
  })

  afterAll(async () => running?.close())

  const address = () => `user${++addresses}@example.com`
  const create = async (body: Record<string, unknown> = {}, token = admin) =>
    await api('POST /users', { token, body: { ...PERSON, email: address(), ...body } })
  const created = async (body: Record<string, unknown> = {}) => {
    const reply = await create(body)
    expect(reply.status).toBe(201)
    return { ...reply.body, etag: reply.headers.get('etag') ?? '' }
  }
  const change = async (user: { id: string; etag: string }, body: Record<string, unknown>, token = admin) =>
    await api(`PATCH /users/${user.id}`, { token, body, headers: { 'if-match': user.etag } })
  const role = async (name: string, permissions: string[]) => {
    expect((await api('POST /roles', { token: admin, body: { name, permissions } })).status).toBe(201)
  }
  const eventsOf = (id: string) => running.published.filter(({ meta }) => meta?.subjectId === id)

  describe('a user', () => {
    it('is made, read, changed and told of with each version and who did it', async () => {
      const email = address()
      const made = await create({ email })
      const { id } = made.body
      expect(made).toMatchObject({
        status: 201,
        body: { id, email, name: 'Ann', role: 'auditor', active: true, kind: 'person' },
      })
      expect(made.headers.get('location')).toBe(`/api/v1/users/${id}`)
      expect(made.body).not.toHaveProperty('password')
      const read = await api(`GET /users/${id}`, { token: admin })
      expect(read.body).toEqual(made.body)
      const etag = read.headers.get('etag') ?? ''
      expect((await change({ id, etag }, { name: 'Ann B', role: 'scanner' })).body).toMatchObject({
        name: 'Ann B',
        role: 'scanner',
      })
      await expect.poll(() => eventsOf(id)).toHaveLength(2)
      expect(eventsOf(id)).toMatchObject([
        { meta: { version: { n: 1n }, actor: { name: 'Administrator' }, replay: false } },
        {
          meta: { version: { n: 2n } },
          subject: {
            case: 'user',
            value: { id, email, name: 'Ann B', role: 'scanner', active: true, kind: directory.UserKind.PERSON },
          },
        },
      ])
    })

    it('needs an address and a good enough password as a person, and neither as a service user', async () => {
      const pointers = async (body: Record<string, unknown>) => {
        const { status, body: problem } = await create(body)
        expect(status).toBe(422)
        return problem.errors.map((error: { pointer: string }) => error.pointer)
      }
      expect(await pointers({ email: undefined, password: undefined })).toEqual(['/email', '/password'])
      expect(await pointers({ password: 'short' })).toEqual(['/password'])
      expect(await pointers({ password: 'aaaaaaaaaaaa' })).toEqual(['/password'])
      expect(await pointers({ kind: 'service' })).toEqual(['/password'])
      expect(await pointers({ email: 'nowhere' })).toEqual(['/email'])
      const service = await create({ kind: 'service', email: undefined, password: undefined })
      expect(service).toMatchObject({ status: 201, body: { email: null, kind: 'service' } })
      const given = { id: service.body.id, etag: service.headers.get('etag') ?? '' }
      expect(await change(given, { password: 'right password' })).toMatchObject({ status: 422 })
    })

    it('has an address that nobody else has, in any case, even when both come at once', async () => {
      const email = address()
      const replies = await Promise.all([create({ email }), create({ email: email.toUpperCase() })])
      expect(replies.map(({ status }) => status).sort()).toEqual([201, 409])
      expect(replies.find(({ status }) => status === 409)?.body).toMatchObject({
        code: 'EMAIL_TAKEN',
        errors: [{ pointer: '/email' }],
      })
      const other = await created()
      expect((await change(other, { email })).body.code).toBe('EMAIL_TAKEN')
    })

    it('has a role that exists', async () => {
      expect((await create({ role: 'nobody' })).body).toMatchObject({
        code: 'ROLE_UNKNOWN',
        errors: [{ pointer: '/role' }],
      })
      expect((await change(await created(), { role: 'nobody' })).body.code).toBe('ROLE_UNKNOWN')
    })

    it('is changed by whoever read it last', async () => {
      const user = await created()
      expect((await change(user, { name: 'First' })).status).toBe(200)
      expect((await change(user, { name: 'Second' })).body.code).toBe('PRECONDITION_FAILED')
      const without = await api(`PATCH /users/${user.id}`, { token: admin, body: { name: 'Third' } })
      expect(without.body.code).toBe('PRECONDITION_REQUIRED')
      expect((await api(`GET /users/${user.id}`, { token: admin })).body.name).toBe('First')
    })

    it('is made once for an Idempotency-Key', async () => {
      const call = { token: admin, body: { ...PERSON, email: address() }, headers: { 'idempotency-key': 'once' } }
      const [first, second] = [await api('POST /users', call), await api('POST /users', call)]
      expect(second.body).toEqual(first.body)
      expect(second.status).toBe(201)
    })

    it('is not found where there is none', async () => {
      expect((await api(`GET /users/${UNKNOWN}`, { token: admin })).status).toBe(404)
      expect((await change({ id: UNKNOWN, etag: '"1"' }, { name: 'x' })).status).toBe(404)
      expect((await api('GET /users/nonsense', { token: admin })).status).toBe(400)
    })
  })

  describe('the last active administrator', () => {
    it('can be neither deactivated nor given another role; a service user does not count as one', async () => {
      const { body } = await api('GET /users?role=admin&kind=person&active=true', { token: admin })
      expect(body.count).toEqual({ value: 1, exact: true })
      const [{ id }] = body.items
      await created({ role: 'admin', kind: 'service', email: undefined, password: undefined })
      const read = await api(`GET /users/${id}`, { token: admin })
      const last = { id, etag: read.headers.get('etag') ?? '' }
      expect((await change(last, { active: false })).body.code).toBe('LAST_ADMIN')
      expect((await change(last, { role: 'auditor' })).body.code).toBe('LAST_ADMIN')
      expect((await change(last, { name: 'Administrator' })).status).toBe(200)
    })

    it('stays when several are taken away at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const others = await Promise.all(Array.from({ length: 3 }, () => created({ role: 'admin' })))
        const { body } = await api('GET /users?role=admin&kind=person&active=true', { token: admin })
        const all = await Promise.all(
          body.items.map(async ({ id }: { id: string }) => {
            const { headers } = await api(`GET /users/${id}`, { token: admin })
            return { id, etag: headers.get('etag') ?? '' }
          }),
        )
        expect(all).toHaveLength(4)
        const replies = await Promise.all(
          all.map((user, n) => change(user, n % 2 ? { active: false } : { role: 'auditor' })),
        )
        // Whoever has lost the role before their own request was let in gets a 401 or 403; never do all four succeed.
        expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3)
        const { rows } = await running.database.pool.query(
          "SELECT id FROM app_user WHERE role = 'admin' AND active AND kind = 'person'",
        )
        expect(rows.length).toBeGreaterThanOrEqual(1)
        // The first administrator may be the one that went: they are brought back for the next round.
        await running.database.pool.query("UPDATE app_user SET active = true, role = 'admin' WHERE email = $1", [
          ADMIN_EMAIL,
        ])
        await running.database.pool.query("UPDATE people_person SET active = true, role = 'admin' WHERE email = $1", [
          ADMIN_EMAIL,
        ])
        admin = await running.signIn()
        for (const { id } of others) {
          await running.database.pool.query("UPDATE app_user SET active = false, role = 'auditor' WHERE id = $1", [id])
        }
      }
    })
  })

  describe('whoever manages users without being an administrator', () => {
    it('hands out nothing that they lack, and takes nothing from those who have more', async () => {
      await role('Helpdesk', ['users.manage', 'instances.read'])
      await role('Reader', ['instances.read'])
      const desk = await created({ role: 'Helpdesk' })
      const token = await running.signIn(desk.email, PERSON.password)
      const code = async (reply: ReturnType<typeof create>) => (await reply).body.code
      expect((await create({ role: 'Reader' }, token)).status).toBe(201)
      expect(await code(create({ role: 'admin' }, token))).toBe('NOT_ALLOWED')
      expect(await code(change(desk, { role: 'admin' }, token))).toBe('NOT_ALLOWED')
      const auditor = await created()
      expect(await code(change(auditor, { password: 'right password 2' }, token))).toBe('NOT_ALLOWED')
      expect(await code(change(auditor, { active: false }, token))).toBe('NOT_ALLOWED')
      const body = { name: 'More', permissions: ['rules.manage'] }
      expect(await code(api('POST /roles', { token, body }))).toBe('NOT_ALLOWED')
      const own = { token, body: { permissions: ['users.manage', 'rules.manage'] }, headers: { 'if-match': '"1"' } }
      expect(await code(api('PATCH /roles/Helpdesk', own))).toBe('NOT_ALLOWED')
    })
  })

  describe('the list of users', () => {
    it('is filtered, sorted and paged', async () => {
      await role('Listed', [])
      const named = ['Cid', 'ann_1', 'Bea']
      for (const name of named) await created({ name, role: 'Listed' })
      await created({ name: 'annx1', role: 'Listed', active: false })
      const names = async (query: string) => {
        const { body } = await api(`GET /users?role=Listed&${query}`, { token: admin })
        return body.items.map((user: { name: string }) => user.name)
      }
      expect(await names('active=true')).toEqual(['ann_1', 'Bea', 'Cid'])
      expect(await names('sort=-name&limit=2')).toEqual(['Cid', 'Bea'])
      expect(await names('text=ANN_')).toEqual(['ann_1'])
      expect(await names('text=%25')).toEqual([])
      const first = await api('GET /users?role=Listed&sort=createdAt&limit=3', { token: admin })
      expect(first.body.count).toEqual({ value: 4, exact: true })
      const rest = await names(`sort=createdAt&limit=3&cursor=${first.body.nextCursor}`)
      expect([...first.body.items.map((user: { name: string }) => user.name), ...rest]).toHaveLength(4)
      expect((await api('GET /users?colour=red', { token: admin })).status).toBe(400)
    })

    it('is for those who manage users or audit, and for nobody else', async () => {
      await role('Nothing', [])
      const [auditor, nobody] = [await created({ role: 'auditor' }), await created({ role: 'Nothing' })]
      const auditing = await running.signIn(auditor.email, PERSON.password)
      const visiting = await running.signIn(nobody.email, PERSON.password)
      for (const path of ['/users', `/users/${auditor.id}`, '/groups', '/roles', '/roles/admin']) {
        expect((await api(`GET ${path}`, { token: auditing })).status).toBe(200)
        expect((await api(`GET ${path}`, { token: visiting })).body.code).toBe('NOT_PERMITTED')
        expect((await api(`GET ${path}`)).status).toBe(401)
      }
      expect((await create({}, auditing)).body.code).toBe('NOT_PERMITTED')
    })
  })

  describe('a group', () => {
    it('has users as members, each once, and is told of with all of them', async () => {
      const [ann, bob] = [await created(), await created()]
      const body = { name: 'Reviewers', members: [bob.id, ann.id.toUpperCase(), bob.id] }
      const made = await api('POST /groups', { token: admin, body })
      expect(made).toMatchObject({ status: 201, body: { name: 'Reviewers', members: [ann.id, bob.id].sort() } })
      const { id } = made.body
      const headers = { 'if-match': made.headers.get('etag') ?? '' }
      const changed = await api(`PATCH /groups/${id}`, { token: admin, body: { members: [ann.id] }, headers })
      expect(changed.body).toMatchObject({ name: 'Reviewers', members: [ann.id] })
      expect((await api(`PATCH /groups/${id}`, { token: admin, body: { name: 'x' }, headers })).status).toBe(412)
      await expect.poll(() => eventsOf(id)).toHaveLength(2)
      expect(eventsOf(id)[1]?.subject).toMatchObject({
        case: 'group',
        value: { name: 'Reviewers', memberIds: [ann.id] },
      })
      const filtered = await api(`GET /users?group=${id}`, { token: admin })
      expect(filtered.body.items.map((user: { id: string }) => user.id)).toEqual([ann.id])
      const ofAnn = await api(`GET /groups?member=${ann.id}`, { token: admin })
      expect(ofAnn.body.items.map((group: { id: string }) => group.id)).toEqual([id])
      expect((await api(`GET /groups?member=${bob.id}`, { token: admin })).body.items).toEqual([])
    })

    it('refuses members who are no users, and a name that is taken in any case', async () => {
      const ann = await created()
      const refused = await api('POST /groups', { token: admin, body: { name: 'G', members: [ann.id, UNKNOWN] } })
      expect(refused.body).toMatchObject({ code: 'USER_UNKNOWN', errors: [{ pointer: '/members/1' }] })
      expect((await api('POST /groups', { token: admin, body: { name: 'Twice' } })).status).toBe(201)
      expect((await api('POST /groups', { token: admin, body: { name: 'tWICE' } })).body.code).toBe('NAME_TAKEN')
    })
  })

  describe('a role', () => {
    it('is made of the closed list of permissions and changed for everybody who has it', async () => {
      const bad = { name: 'Bad', permissions: ['everything'] }
      expect((await api('POST /roles', { token: admin, body: bad })).status).toBe(422)
      await role('Remediation owner', ['instances.read'])
      const ann = await created({ role: 'Remediation owner' })
      const token = await running.signIn(ann.email, PERSON.password)
      const body = { permissions: ['exceptions.request', 'instances.read', 'exceptions.request'] }
      const changed = await api('PATCH /roles/Remediation%20owner', {
        token: admin,
        body,
        headers: { 'if-match': '"1"' },
      })
      expect(changed).toMatchObject({
        status: 200,
        body: { name: 'Remediation owner', permissions: ['exceptions.request', 'instances.read'], builtIn: false },
      })
      expect((await api('GET /me', { token })).body.permissions).toEqual(['exceptions.request', 'instances.read'])
      const stale = { token: admin, body, headers: { 'if-match': '"1"' } }
      expect((await api('PATCH /roles/Remediation%20owner', stale)).status).toBe(412)
      expect((await api('PATCH /roles/nobody', stale)).status).toBe(404)
    })

    it('has a name of its own, in any case', async () => {
      for (const name of ['Admin', 'ADMIN', 'scanner']) {
        expect((await api('POST /roles', { token: admin, body: { name, permissions: [] } })).body.code).toBe(
          'NAME_TAKEN',
        )
      }
      for (const name of ['a/b', ' ', '<b>', 'x'.repeat(65)]) {
        expect((await api('POST /roles', { token: admin, body: { name, permissions: [] } })).status).toBe(422)
      }
    })

    it('is never changed where it is built in, which is said before anything else', async () => {
      const reply = await api('PATCH /roles/admin', { token: admin, body: { permissions: [] } })
      expect(reply).toMatchObject({ status: 409, body: { code: 'ROLE_IS_BUILT_IN' } })
      expect((await api('DELETE /roles/admin', { token: admin })).status).toBe(405)
      const { body } = await api('GET /roles?limit=200', { token: admin })
      const builtIn = body.items.filter((one: { builtIn: boolean }) => one.builtIn)
      expect(builtIn.map((one: { name: string }) => one.name)).toEqual([
        'admin',
        'auditor',
        'exceptionsManager',
        'scanner',
      ])
    })
  })

  it('are all told of again, as replays of the versions there are', async () => {
    const ann = await created()
    await expect.poll(() => eventsOf(ann.id)).toHaveLength(1)
    const reply = await api('POST /republications/directory.v1', { token: admin })
    expect(reply.status).toBe(202)
    const { rows } = await running.database.pool.query<{ n: number }>(
      'SELECT (SELECT count(*) FROM app_user) + (SELECT count(*) FROM user_group) + (SELECT count(*) FROM role) + (SELECT count(*) FROM signing_key) AS n',
    )
    const replays = () => running.published.filter(({ meta }) => meta?.replay === true)
    await expect.poll(() => replays().length).toBe(rows[0]?.n)
    expect(replays()[0]?.subject.case).toBe('signingKey')
    const [first, again] = eventsOf(ann.id)
    expect(again?.subject).toEqual(first?.subject)
    expect(again?.meta?.version).toEqual(first?.meta?.version)
  })
})
