import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { coverage, exceptions } from '@reprieve/contracts'
import { v4 as uuidv4 } from 'uuid'
import { expect, it } from 'vitest'
import { seeded } from '../../../test/random-history.js'
import { toldCoverage } from '../../../test/told-coverage.js'
import { type CoverageChange, coverageEvents } from './coverage-events.js'

const T0 = Date.parse('2026-03-01T12:00:00Z')

/** As whoever listens receives it. */
const received = (changes: readonly CoverageChange[]) =>
  coverageEvents(changes).map(({ subjectId, body }) => {
    const init = body as MessageInitShape<typeof coverage.CoverageChangesSchema>
    const bytes = toBinary(coverage.CoverageChangesSchema, create(coverage.CoverageChangesSchema, init))
    return { key: subjectId, bytes: bytes.length, record: fromBinary(coverage.CoverageChangesSchema, bytes) }
  })

it.each([1, 2, 3])('Whoever takes the records apart has every change once, as it was told (seed %i)', (seed) => {
  const random = seeded(seed)
  const covering = Array.from({ length: 40 }, () => ({
    exceptionId: uuidv4(),
    effect: random.pick(['suppress', 'defer'] as const),
  }))
  const changes = Array.from({ length: 300 }, () => ({
    instanceId: uuidv4(),
    revision: 1 + random.integer(3),
  })).flatMap((instance) =>
    covering
      .filter(() => random.integer(2) === 0)
      .map((exception) => ({
        ...instance,
        ...exception,
        covered: random.pick([true, false]),
        at: new Date(T0 + random.integer(3)),
      })),
  )
  const line = (...parts: unknown[]) => parts.join(' ')
  const records = received(changes)
  const told = records.flatMap(({ record }) => toldCoverage(record))
  expect(
    told
      .map((of) =>
        line(of.instanceId, of.exceptionId, of.effect, of.covered, timestampMs(of.at), Number(of.instanceVersion)),
      )
      .sort(),
  ).toEqual(
    changes
      .map((of) =>
        line(
          of.instanceId,
          of.exceptionId,
          of.effect === 'defer' ? exceptions.Effect.DEFER : exceptions.Effect.SUPPRESS,
          of.covered,
          of.at.getTime(),
          of.revision,
        ),
      )
      .sort(),
  )
  const keys = new Map(records.flatMap(({ key, record }) => record.changes.map(({ instanceId }) => [instanceId, key])))
  for (const { key, record } of records)
    for (const { instanceId } of record.changes) expect(keys.get(instanceId)).toBe(key)
})

it('A record stays small, whether one instance has very many exceptions or one exception very many instances', () => {
  const at = new Date(T0)
  const change = { revision: 1, effect: 'suppress', covered: true, at } as const
  const oneInstance = uuidv4()
  const ofOne = Array.from({ length: 10_000 }, () => ({ ...change, instanceId: oneInstance, exceptionId: uuidv4() }))
  const oneException = uuidv4()
  // All of one key.
  const byOne = Array.from({ length: 10_000 }, () => ({
    ...change,
    instanceId: `${uuidv4().slice(0, -6)}000000`,
    exceptionId: oneException,
  }))
  const unlike = byOne.map((each) => ({ ...each, exceptionId: uuidv4() }))
  for (const changes of [ofOne, byOne, unlike]) {
    const records = received(changes)
    expect(records.flatMap(({ record }) => toldCoverage(record))).toHaveLength(10_000)
    for (const { bytes } of records) expect(bytes).toBeLessThan(250_000)
  }
  // What two exceptions cover alike costs little more than what one does.
  const [first] = received(byOne.slice(0, 1_000))
  const [second] = received(byOne.slice(0, 1_000).flatMap((each) => [each, { ...each, exceptionId: oneInstance }]))
  expect((second?.bytes ?? 0) / (first?.bytes ?? 1)).toBeLessThan(1.1)
})
