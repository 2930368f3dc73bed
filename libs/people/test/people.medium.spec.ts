import { randomUUID } from 'node:crypto'
import { ManualClock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  MalformedDirectoryEventError,
  People,
  PeopleReplica,
  type PeopleTables,
  peopleMigrations,
} from '../src/index.js'
import { accessToken, directoryEvent, group, role, user } from './directory-events.js'

describe('the replica of the directory', () => {
  const clock = new ManualClock()
  let testDatabase: TestDatabase
  let database: Database<PeopleTables>
  let replica: PeopleReplica
  let people: People

  beforeAll(async () => {
    testDatabase = await createDatabase(peopleMigrations)
    database = testDatabase.open<PeopleTables>()
    replica = new PeopleReplica(database, clock)
    people = new People(database)
  })

  afterAll(async () => testDatabase.drop())

  const person = async (changes: Parameters<typeof user>[1] = {}): Promise<string> => {
    const id = randomUUID()
    await replica.apply(directoryEvent(user(id, changes)))
    return id
  }

  it('keeps the newest version of a user, in whatever order versions arrive', async () => {
    const id = randomUUID()
    await replica.apply(directoryEvent(user(id, { name: 'Second' }), 2))
    await replica.apply(directoryEvent(user(id, { name: 'First' }), 1))
    await replica.apply(directoryEvent(user(id, { name: 'Second again' }), 2))
    expect(await people.user(id)).toEqual({
      id,
      name: 'Second',
      email: 'ann@example.com',
      role: 'owner',
      active: true,
      kind: 'person',
    })
  })

  it('takes a restored directory for newer than all that was published before the restore', async () => {
    const id = randomUUID()
    await replica.apply(directoryEvent(user(id, { name: 'Lost' }), 9, 1))
    await replica.apply(directoryEvent(user(id, { name: 'Restored' }), 2, 2))
    await replica.apply(directoryEvent(user(id, { name: 'Late' }), 10, 1))
    expect((await people.user(id))?.name).toBe('Restored')
  })

  it('replaces the members of a group with each newer version and leaves them with an older one', async () => {
    const [ann, bob] = [await person({ name: 'Ann' }), await person({ name: 'Bob' })]
    const id = randomUUID()
    await replica.apply(directoryEvent(group(id, [ann, bob]), 1))
    await replica.apply(directoryEvent(group(id, [bob, bob]), 3))
    await replica.apply(directoryEvent(group(id, [ann]), 2))
    expect((await people.expand([id])).map((member) => member.name)).toEqual(['Bob'])
    expect(await people.groupsOf(bob)).toEqual([{ id, name: 'Reviewers' }])
    expect(await people.groupsOf(ann)).toEqual([])
  })

  it('expands users and groups to active people, each once, list by list', async () => {
    const [ann, bob, gone] = [
      await person({ name: 'ann' }),
      await person({ name: 'Bob' }),
      await person({ name: 'Gone', active: false }),
    ]
    const [reviewers, empty] = [randomUUID(), randomUUID()]
    await replica.apply(directoryEvent(group(reviewers, [bob, ann, gone, randomUUID()])))
    await replica.apply(directoryEvent(group(empty, [])))
    const steps = await people.expandEach([[reviewers, ann], [empty, gone], [], [bob, randomUUID()]])
    expect(steps.map((step) => step.map((member) => member.name))).toEqual([['ann', 'Bob'], [], [], ['Bob']])
  })

  it('shows who is not known yet by id', async () => {
    const [ann, stranger] = [await person({ name: 'Ann' }), randomUUID()]
    expect(await people.names([ann, stranger])).toEqual(
      new Map([
        [ann, 'Ann'],
        [stranger, stranger],
      ]),
    )
  })

  it('knows of a role what this service knows of permissions', async () => {
    await replica.apply(directoryEvent(role('requester', ['exceptions.request', 'moon.land'])))
    expect(await people.role('requester')).toEqual({
      name: 'requester',
      permissions: new Set(['exceptions.request']),
    })
    expect(await people.role('nobody')).toBeNull()
  })

  it('waits for somebody who is heard of a moment later', async () => {
    const [id, groupId] = [randomUUID(), randomUUID()]
    const waiting = Promise.all([
      people.waitForUser(id),
      people.waitForUsers([id]),
      people.waitForCandidates([id, groupId]),
    ])
    await new Promise((resolve) => setTimeout(resolve, 150))
    await replica.apply(directoryEvent(group(groupId, [])))
    await replica.apply(directoryEvent(user(id)))
    const [one, several, unknown] = await waiting
    expect(one?.id).toBe(id)
    expect([...several.keys()]).toEqual([id])
    expect(unknown).toEqual(new Set())
  })

  it('gives up on somebody unknown after two seconds', async () => {
    const [known, unknown] = [await person(), randomUUID()]
    const started = performance.now()
    const [candidates, users, absentRole] = await Promise.all([
      people.waitForCandidates([known, unknown]),
      people.waitForUsers([known, unknown]),
      people.waitForRole('nobody'),
    ])
    expect(candidates).toEqual(new Set([unknown]))
    expect([...users.keys()]).toEqual([known])
    expect(absentRole).toBeNull()
    expect(performance.now() - started).toBeGreaterThanOrEqual(1_990)
  })

  it('forgets tokens a day after they expired, and does not take up such ones from a replay', async () => {
    const [owner, old, fresh] = [randomUUID(), randomUUID(), randomUUID()]
    const hours = (n: number) => new Date(clock.now().getTime() + n * 3_600_000)
    const kept = async () =>
      (await database.db.selectFrom('people_access_token').select('id').execute()).map(({ id }) => id)
    await replica.apply(directoryEvent(accessToken(old, owner, hours(1))))
    clock.advance(26 * 3_600_000)
    await replica.apply(directoryEvent(accessToken(fresh, owner, hours(1), hours(0))))
    expect(await kept()).toEqual([fresh])
    await replica.apply(directoryEvent(accessToken(old, owner, hours(-25))))
    expect(await kept()).toEqual([fresh])
  })

  it('passes over a subject of a kind that is newer than this service', async () => {
    await expect(replica.apply(directoryEvent({ case: undefined }))).resolves.toBeUndefined()
    await expect(replica.apply(directoryEvent({ case: 'activity', value: { userId: 'u' } }))).resolves.toBeUndefined()
  })

  it('refuses an event without a version, which could not be put in order', async () => {
    const { subject } = directoryEvent(user(randomUUID()))
    await expect(
      database.transaction((tx) => replica.applyIn(tx, { subject } as Parameters<PeopleReplica['applyIn']>[1])),
    ).rejects.toThrow(MalformedDirectoryEventError)
  })
})
