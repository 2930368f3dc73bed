import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { coverage, exceptions } from '@reprieve/contracts'

/** What a record says of one instance and one exception. */
export interface ToldCoverage {
  readonly instanceId: string
  readonly exceptionId: string
  readonly effect: exceptions.Effect
  readonly covered: boolean
  readonly at: Timestamp
  readonly instanceVersion: bigint
}

/** A record, taken apart as whoever keeps what is covered would take it. */
export function toldCoverage({ changes, exceptions: named }: coverage.CoverageChanges): ToldCoverage[] {
  return changes.flatMap(({ instanceId, covered, at, instanceVersion, exceptions: places }) =>
    places.map((place) => {
      const exception = named[place]
      if (exception === undefined || at === undefined)
        throw new Error(`a change names what is not in its record: ${place}`)
      return { instanceId, exceptionId: exception.id, effect: exception.effect, covered, at, instanceVersion }
    }),
  )
}
