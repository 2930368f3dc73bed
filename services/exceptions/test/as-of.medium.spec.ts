import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApprovalTransition, World } from './world.js'

const NOW = new Date('2026-03-10T09:00:00Z')
const HOUR_MS = 3_600_000
const clock = new ManualClock(NOW)

let world: World
let id: string
// biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
const seen: Array<{ at: string; exception: any }> = []

/** Notes how it is now, then an hour passes. */
async function note(wanted: (exception: Record<string, never>) => boolean): Promise<void> {
  const exception = await world.until(id, wanted)
  seen.push({ at: clock.now().toISOString(), exception })
  clock.advance(HOUR_MS)
}

beforeAll(async () => {
  world = await World.start(clock)
  const { ray, ann, ben, cem, max } = world.people
  clock.advance(HOUR_MS)
  id = await world.pending({ name: 'Old', expiration: { type: 'days', days: 3 } })
  await world.pending({ name: 'Another' }, world.people.rita)
  await note(({ version }) => version === 1)
  await world.reach(id, 7)
  await note(({ instanceCount }) => instanceCount === 7)
  await world.approval(id, { transition: ApprovalTransition.HANDED_OVER, by: max, step: 0, to: ben, reason: 'away' })
  await note(({ version }) => version === 2)
  await world.approval(id, { transition: ApprovalTransition.STEP_APPROVED, by: ben, step: 0, reason: 'fine' })
  await note(({ version }) => version === 3)
  await world.approval(id, { transition: ApprovalTransition.APPROVED, by: cem, step: 1 })
  await note(({ status }) => status === 'active')
  await world.reach(id, 9, clock.now())
  await note(({ instanceCount }) => instanceCount === 9)
  await ann.post(`/exceptions/${id}/deactivate`, { reason: 'not hers any more' })
  await ben.post(`/exceptions/${id}/deactivate`, { reason: 'patched' })
  await note(({ status }) => status === 'deactivated')
  expect((await ray.get(`/exceptions/${id}`)).body.status).toBe('deactivated')
})
afterAll(() => world?.close())

const then = async (asOf: string, query = '') => {
  const { status, body } = await world.people.max.get(`/exceptions?asOf=${asOf}${query}`)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body
}

describe('the table as it was', () => {
  it('shows each exception as it was seen at that time, whole', async () => {
    expect(seen).toHaveLength(7)
    for (const { at, exception } of seen) {
      const { items, count } = await then(at, '&sort=name')
      expect(count).toEqual({ value: 2, exact: true })
      expect(items[1], at).toEqual(exception)
    }
  })

  it('is empty before the first request, and from then on as at the last change before', async () => {
    expect((await then(NOW.toISOString())).items).toEqual([])
    const last = seen.at(-1)
    const later = new Date(Date.parse(last?.at ?? '') + 30 * 60_000).toISOString()
    expect((await then(later, '&sort=name')).items[1]).toEqual(last?.exception)
  })

  it.each<[number, string, number]>([
    [0, 'status=pendingApproval', 2],
    [4, 'status=pendingApproval', 1],
    [4, 'status=active', 1],
    [6, 'status=active', 0],
    [6, 'status=deactivated', 1],
    [0, 'waitingFor=ANN', 2],
    [2, 'waitingFor=ANN', 1],
    [2, 'waitingFor=BEN', 1],
    [3, 'waitingFor=CEM', 1],
    [1, 'approver=BEN', 0],
    [2, 'approver=BEN', 1],
    [0, 'minInstances=1', 0],
    [1, 'minInstances=7', 1],
    [1, 'minInstances=8', 0],
    [5, 'minInstances=8', 1],
    [0, 'expiresAfter=2026-01-01', 0],
    [4, 'expiresAfter=2026-01-01', 1],
    [3, 'text=old', 1],
    [3, 'requestedBy=RITA', 1],
  ])('filters by what was so then: %i, %s', async (moment, filter, count) => {
    const query = filter.replace(/ANN|BEN|CEM|RITA/, (name) => world.people[name.toLowerCase() as 'ann'].id)
    expect((await then(seen[moment]?.at ?? '', `&${query}`)).items).toHaveLength(count)
  })

  it.each(['name', 'status', 'expiresAt', 'appliedSince', 'requestedAt', 'requestedBy', 'instanceCount', 'waitingFor'])(
    'sorts by %s, the same in pages of one as at once',
    async (field) => {
      for (const { at } of seen) {
        for (const sort of [field, `-${field}`]) {
          const whole = (await then(at, `&sort=${sort}`)).items.map(({ name }: { name: string }) => name)
          const first = await then(at, `&sort=${sort}&limit=1`)
          const second = await then(at, `&sort=${sort}&limit=1&cursor=${first.nextCursor}`)
          expect([...first.items, ...second.items].map(({ name }: { name: string }) => name)).toEqual(whole)
          expect(second.nextCursor).toBeNull()
        }
      }
    },
  )
})
