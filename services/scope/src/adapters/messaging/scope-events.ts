import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { NewEvent } from '@reprieve/outbox'
import type { Selectable } from 'kysely'
import type { SavedQuery } from '../postgres/tables.gen.js'

/** A saved query as scope.v1 tells of it: all of it, deleted ones too. */
export const queryEvent = (
  query: Selectable<SavedQuery>,
  actor: { id: string; name: string } | null,
  at: Date,
): NewEvent<'scope.v1'> => ({
  topic: 'scope.v1',
  subjectId: query.id,
  version: query.version,
  actor,
  at,
  body: {
    subject: {
      case: 'query',
      value: {
        id: query.id,
        name: query.name,
        folder: query.folder,
        expression: query.expression,
        version: query.version,
        ownerId: query.owner_id,
        managed: query.managed,
        exceptionId: query.exception_id ?? '',
        deleted: query.deleted_at !== null,
      },
    },
  },
})

/** How many instances an exception covers, or would cover, as it was counted last. */
export interface Reach {
  readonly exceptionId: string
  readonly instances: number
  readonly asOf: Date
  readonly inForceSince: Date | null
  readonly synced: number
  readonly total: number
  readonly version: number
}

export const reachEvent = (reach: Reach): NewEvent<'scope.v1'> => ({
  topic: 'scope.v1',
  subjectId: reach.exceptionId,
  version: reach.version,
  actor: null,
  at: reach.asOf,
  body: {
    subject: {
      case: 'reach',
      value: {
        exceptionId: reach.exceptionId,
        instances: BigInt(reach.instances),
        asOf: timestampFromDate(reach.asOf),
        ...(reach.inForceSince === null ? {} : { inForceSince: timestampFromDate(reach.inForceSince) }),
        synced: BigInt(reach.synced),
        total: BigInt(reach.total),
      },
    },
  },
})
