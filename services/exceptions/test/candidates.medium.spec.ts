import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import type { TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { World } from './world.js'

let world: World
let rite: TestPerson
let joe: TestPerson
let lee: TestPerson
let roles = 0
const groupId = uuidv7()

beforeAll(async () => {
  world = await World.start(new ManualClock(new Date('2026-03-10T09:30:00Z')))
  joe = await world.service.person('Joe')
  lee = await world.service.person('Lee')
})
afterAll(() => world?.close())

const members = (...people: readonly TestPerson[]) =>
  world.service.tell({
    case: 'group',
    value: { id: groupId, name: 'Reviewers', memberIds: people.map(({ id }) => id) },
  })
/** Somebody of a new role, whose one step the group decides. */
const requester = async (...candidates: string[]) => {
  const role = `role-${++roles}`
  await world.service.role(role, 'exceptions.request')
  rite = await world.service.person('Rite', { role })
  await world.rule(role, [candidates.length === 0 ? [groupId] : candidates], { id: uuidv7() })
  return rite
}
const ask = (approvers?: readonly (string | null)[], who = rite) =>
  who.post('/exceptions', world.request({ approvers }))
const refused = (code: string) => ({ status: 422, body: { code, errors: [{ pointer: '/approvers/0' }] } })

describe('a group as candidates', () => {
  it('is whoever is in it, and active, at the moment of the request', async () => {
    await requester()
    await members(joe, lee)
    expect(await ask([joe.id])).toMatchObject({ status: 201, body: { waitingFor: { id: joe.id } } })
    await members(lee)
    expect(await ask([joe.id])).toMatchObject(refused('APPROVER_NOT_CANDIDATE'))
    // One is left: no choice is needed.
    expect(await ask()).toMatchObject({ status: 201, body: { waitingFor: { id: lee.id } } })
    await members()
    expect(await ask([lee.id])).toMatchObject(refused('NO_ELIGIBLE_APPROVER'))
  })

  it('is waited for where somebody has joined it a moment ago', async () => {
    await requester()
    await members(lee)
    const asking = ask([joe.id])
    await new Promise((resolve) => setTimeout(resolve, 300))
    await members(lee, joe)
    expect(await asking).toMatchObject({ status: 201, body: { waitingFor: { id: joe.id } } })
  })

  it('holds nobody who is inactive', async () => {
    await requester()
    await members(joe, lee)
    await world.service.tellPerson(joe, { active: false })
    expect(await ask([joe.id])).toMatchObject(refused('APPROVER_NOT_CANDIDATE'))
    await world.service.tellPerson(joe, { active: true })
    expect(await ask([joe.id])).toMatchObject({ status: 201 })
  })

  it('is not a way to approve one’s own request, joined before or after', async () => {
    await requester()
    await members(rite, joe)
    expect(await ask([rite.id])).toMatchObject(refused('APPROVER_NOT_CANDIDATE'))
    // Whoever asks does not count, so Joe is the only one left.
    const { status, body } = await ask()
    expect({ status, approvers: body.approvers }).toMatchObject({ status: 201, approvers: [{ id: joe.id }] })
    await members(rite)
    expect(await ask()).toMatchObject(refused('NO_ELIGIBLE_APPROVER'))
    // What waits keeps the approver it was made with, whoever joins or leaves the group.
    const later = await joe.get(`/exceptions/${body.id}`)
    expect(later.body).toMatchObject({ waitingFor: { id: joe.id }, status: 'pendingApproval' })
  })

  it('and a person of it are one candidate', async () => {
    await requester(groupId, joe.id)
    await members(joe)
    expect(await ask()).toMatchObject({ status: 201, body: { waitingFor: { id: joe.id } } })
  })
})

describe('nobody’s own request', () => {
  it('becomes theirs to approve by another role, whose rule names them', async () => {
    await requester(joe.id, lee.id)
    const role = `role-${++roles}`
    await world.service.role(role, 'exceptions.request')
    await world.rule(role, [[rite.id, joe.id]], { id: uuidv7() })
    const moved = await world.service.tellPerson(rite, { role })
    expect(await ask([rite.id], moved)).toMatchObject(refused('APPROVER_NOT_CANDIDATE'))
    expect(await ask(undefined, moved)).toMatchObject({ status: 201, body: { waitingFor: { id: joe.id } } })
  })
})
