import { afterEach, beforeEach, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.js'

let world: World
let told: string[]
beforeEach(async () => {
  world = await startWorld()
  told = []
  world.answer('last-use', (request, response) => {
    told.push(`${request.method} ${request.headers.authorization}`)
    response.writeHead(204).end()
  })
})
afterEach(async () => world.close())

const call = (token: string, path = '/api/v1/me') =>
  world.call('GET', path, { headers: { authorization: `Bearer ${token}` } })

it('tells the directory that a session is in use, once a minute, by the session’s own token', async () => {
  const [ann, ben] = [await world.token('ann'), await world.token('ben')]
  for (let n = 0; n < 5; n++) await call(ann)
  await world.call('GET', '/api/v1/me', { headers: { cookie: `reprieve_session=${ben}` } })
  await expect.poll(() => told.sort()).toEqual([`PUT Bearer ${ann}`, `PUT Bearer ${ben}`].sort())
})

it('tells nothing of access tokens, of forged ones and of nobody', async () => {
  await call(await world.token('ann', { kind: 'access' }))
  await call(`${await world.token('ann')}x`)
  await world.call('GET', '/api/v1/me')
  const last = await world.token('last')
  await call(last)
  await expect.poll(() => told).toEqual([`PUT Bearer ${last}`])
})

it('answers as ever while the directory does not hear, and tells it again', async () => {
  const ann = await world.token('ann')
  world.answer('last-use', (_request, response) => {
    told.push('lost')
    response.destroy()
  })
  expect((await call(ann)).status).toBe(200)
  await expect.poll(() => told).toEqual(['lost'])
  await expect
    .poll(async () => {
      await call(ann)
      return told.length
    })
    .toBeGreaterThan(1)
})
