import { afterEach, describe, expect, it } from 'vitest'
import { ADMIN_EMAIL, ADMIN_PASSWORD, type RunningDirectory, runDirectory } from './running-directory.js'

describe('the first start', () => {
  let running: RunningDirectory | undefined

  afterEach(async () => {
    await running?.close()
    running = undefined
  })

  const users = async ({ database }: RunningDirectory) =>
    await database.db.selectFrom('app_user').select(['email', 'role', 'active']).execute()

  it('makes the built-in roles, one key and the administrator, once, and tells of them', async () => {
    running = await runDirectory()
    const others = await Promise.all([running.startAnother(), running.startAnother()])
    expect(await users(running)).toEqual([{ email: ADMIN_EMAIL, role: 'admin', active: true }])
    const counted = async (table: 'role' | 'signing_key') =>
      (await running?.database.db.selectFrom(table).selectAll().execute())?.length
    expect([await counted('role'), await counted('signing_key')]).toEqual([4, 1])
    const { published } = running
    await expect
      .poll(() => published.map(({ subject }) => subject.case).sort())
      .toEqual(['role', 'role', 'role', 'role', 'signingKey', 'user'])
    await Promise.all(others.map((other) => other.close()))
  })

  it('does not bring the administrator back, nor the password, once there are users', async () => {
    running = await runDirectory()
    const token = await running.signIn()
    const body = { email: 'second@example.com', name: 'Second', role: 'admin', password: 'right password' }
    await running.api('POST /users', { token, body })
    await running.startAnother({ REPRIEVE_ADMIN_EMAIL: 'other@example.com', REPRIEVE_ADMIN_PASSWORD: 'another phrase' })
    expect((await users(running)).map(({ email }) => email).sort()).toEqual([ADMIN_EMAIL, 'second@example.com'])
    await running.signIn(ADMIN_EMAIL, ADMIN_PASSWORD)
  })

  it('makes nobody where no administrator is given', async () => {
    running = await runDirectory({ REPRIEVE_ADMIN_EMAIL: '', REPRIEVE_ADMIN_PASSWORD: '' })
    expect(await users(running)).toEqual([])
  })

  it('refuses a password for the administrator that is not good enough, by the variable’s name', async () => {
    await expect(runDirectory({ REPRIEVE_ADMIN_PASSWORD: 'short' })).rejects.toThrow(
      /REPRIEVE_ADMIN_PASSWORD .*at least 8 characters/,
    )
  })

  it('gives built-in roles what this release says, where an older one said otherwise', async () => {
    running = await runDirectory()
    await running.database.pool.query("UPDATE role SET permissions = '{}' WHERE name = 'auditor'")
    await running.startAnother()
    const token = await running.signIn()
    expect((await running.api('GET /roles/auditor', { token })).body.permissions).toContain('audit.read')
    const { published } = running
    await expect
      .poll(() => published.filter(({ meta }) => meta?.subjectId === 'auditor').map(({ meta }) => meta?.version?.n))
      .toEqual([1n, 2n])
  })
})
