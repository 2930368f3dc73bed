import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { scope } from '@reprieve/contracts'
import type { NewEvent } from '@reprieve/outbox'
import type { Selectable } from 'kysely'
import type { FeedTake, Reconciliation, Report, SavedQuery } from '../postgres/tables.gen.js'

/** Who did it; null for the system itself. */
type Actor = { id: string; name: string } | null

/** A saved query as scope.v1 tells of it: all of it, deleted ones too. */
export const queryEvent = (query: Selectable<SavedQuery>, actor: Actor, at: Date): NewEvent<'scope.v1'> => ({
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

/** What became of a report's findings. */
export interface ReportCounts {
  readonly received: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly merged: number
  readonly ignored: number
  readonly rejected: number
  readonly closed: number
}

type ToldReport = Pick<
  Selectable<Report>,
  'id' | 'scanner' | 'asset' | 'partial' | 'format' | 'bytes' | 'sha256' | 'uploaded_by' | 'received_at'
> & { readonly ended: { readonly failure: string | null; readonly at: Date; readonly counts: ReportCounts } | null }

const { ReportStatus } = scope

/** A report that was kept, and again when it has ended, as scope.v1 tells of it for the journal. */
export const reportEvent = (report: ToldReport, actor: Actor): NewEvent<'scope.v1'> => {
  const { ended } = report
  const endedAs = ended?.failure === null ? ReportStatus.DONE : ReportStatus.FAILED
  return {
    topic: 'scope.v1',
    subjectId: report.id,
    // Nobody keeps reports, and there is no end of them.
    key: `report/${report.scanner}`,
    version: ended === null ? 1 : 2,
    actor,
    at: ended?.at ?? report.received_at,
    body: {
      subject: {
        case: 'report',
        value: {
          id: report.id,
          scanner: report.scanner,
          asset: report.asset ?? '',
          partial: report.partial,
          format: report.format ?? '',
          status: ended === null ? ReportStatus.PROCESSING : endedAs,
          failure: ended?.failure ?? '',
          bytes: BigInt(report.bytes),
          sha256: Buffer.from(report.sha256).toString('hex'),
          uploadedBy: report.uploaded_by,
          receivedAt: timestampFromDate(report.received_at),
          ...(ended === null ? {} : { finishedAt: timestampFromDate(ended.at), counts: bigCounts(ended.counts) }),
        },
      },
    },
  }
}

const bigCounts = (counts: ReportCounts) => ({
  received: BigInt(counts.received),
  created: BigInt(counts.created),
  updated: BigInt(counts.updated),
  unchanged: BigInt(counts.unchanged),
  merged: BigInt(counts.merged),
  ignored: BigInt(counts.ignored),
  rejected: BigInt(counts.rejected),
  closed: BigInt(counts.closed),
})

type ToldReconciliation = Pick<
  Selectable<Reconciliation>,
  'id' | 'cause' | 'started_at' | 'finished_at' | 'instances' | 'exceptions' | 'missing' | 'surplus'
>

/** A reconciliation that began, and again when it is done, as scope.v1 tells of it for the journal. */
export const reconciliationEvent = (row: ToldReconciliation, actor: Actor): NewEvent<'scope.v1'> => ({
  topic: 'scope.v1',
  subjectId: row.id,
  // There is one at a time, and nobody keeps them.
  key: 'reconciliation',
  version: row.finished_at === null ? 1 : 2,
  actor,
  at: row.finished_at ?? row.started_at,
  body: {
    subject: {
      case: 'reconciliation',
      value: {
        id: row.id,
        cause: row.cause === 'request' ? scope.ReconciliationCause.REQUEST : scope.ReconciliationCause.SCHEDULE,
        startedAt: timestampFromDate(row.started_at),
        ...(row.finished_at === null ? {} : { finishedAt: timestampFromDate(row.finished_at) }),
        instances: BigInt(row.instances),
        exceptions: BigInt(row.exceptions),
        missing: BigInt(row.missing),
        surplus: BigInt(row.surplus),
      },
    },
  },
})

type ToldTake = Pick<
  Selectable<FeedTake>,
  | 'id'
  | 'feed'
  | 'cause'
  | 'started_at'
  | 'finished_at'
  | 'failure_code'
  | 'failure'
  | 'dated'
  | 'documents'
  | 'entries'
  | 'changed'
  | 'rematched'
>

/** A taking of a feed that began, and again when it has ended, as scope.v1 tells of it for the journal. */
export const feedTakeEvent = (row: ToldTake, actor: Actor): NewEvent<'scope.v1'> => ({
  topic: 'scope.v1',
  subjectId: row.id,
  // Of each feed there is one at a time, and nobody keeps them.
  key: `feed/${row.feed}`,
  version: row.finished_at === null ? 1 : 2,
  actor,
  at: row.finished_at ?? row.started_at,
  body: {
    subject: {
      case: 'feedTake',
      value: {
        id: row.id,
        feed: row.feed,
        cause: row.cause === 'request' ? scope.FeedTakeCause.REQUEST : scope.FeedTakeCause.SCHEDULE,
        startedAt: timestampFromDate(row.started_at),
        ...(row.finished_at === null ? {} : { finishedAt: timestampFromDate(row.finished_at) }),
        failureCode: row.failure_code ?? '',
        failure: row.failure ?? '',
        ...(row.dated === null ? {} : { dated: timestampFromDate(row.dated) }),
        documents: row.documents,
        entries: BigInt(row.entries),
        changed: BigInt(row.changed),
        rematched: BigInt(row.rematched),
      },
    },
  },
})
