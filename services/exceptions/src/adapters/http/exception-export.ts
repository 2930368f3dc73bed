import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { ExceptionRecord } from '../../application/exceptions.port.js'
import { approversOf, type Status, waitingFor } from '../../domain/exception.js'
import { toExceptionView } from './exception.view.js'

export const EXPORT_FORMATS = ['csv', 'json'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv', json: 'application/json' }

// As on screen and in mail.
const STATUS_WORDS: Readonly<Record<Status, string>> = {
  pendingApproval: 'Pending Approval',
  active: 'Active',
  denied: 'Denied',
  expired: 'Expired',
  deactivated: 'Deactivated',
  withdrawn: 'Withdrawn',
}

/** One column of the Exception Table. */
const COLUMNS: ReadonlyArray<readonly [string, (record: ExceptionRecord) => string | number]> = [
  ['Id', ({ exception }) => exception.id],
  ['Name', ({ exception }) => exception.name],
  ['Kind', ({ exception }) => exception.kind],
  ['Effect', ({ exception }) => exception.effect],
  ['Query', ({ exception }) => exception.query.expression],
  ['Number of instances', ({ reach }) => reach.instanceCount],
  ['Status', ({ exception }) => STATUS_WORDS[exception.status]],
  ['Expiration date', ({ exception }) => exception.expiresAt?.toISOString() ?? ''],
  ['Applied since', ({ exception }) => exception.appliedSince?.toISOString() ?? ''],
  ['Requested by', ({ exception }) => exception.requestedBy.name],
  ['Request date', ({ exception }) => exception.requestedAt.toISOString()],
  [
    'Approvers',
    ({ exception }) =>
      approversOf(exception)
        .map(({ name }) => name)
        .join('; '),
  ],
  ['Waiting for', ({ exception }) => waitingFor(exception)?.name ?? ''],
  ['Justification', ({ exception }) => exception.justification],
  ['Use case', ({ exception }) => exception.useCase ?? ''],
  ['Ticket', ({ exception }) => exception.ticketId ?? ''],
  ['Ended', ({ exception }) => exception.ended?.at.toISOString() ?? ''],
  ['Ended by', ({ exception }) => exception.ended?.by?.name ?? ''],
  ['Reason', ({ exception }) => exception.ended?.reason ?? ''],
]

/**
 * The table as a file, made as it is read. A fault ends the stream with an error, so that nothing short is taken for whole.
 * @param batches the rows in their order, some at a time
 */
export function exportOf(format: ExportFormat, batches: AsyncIterable<readonly ExceptionRecord[]>): Readable {
  return Readable.from(format === 'csv' ? csv(batches) : json(batches), { objectMode: false })
}

async function* csv(batches: AsyncIterable<readonly ExceptionRecord[]>): AsyncGenerator<string> {
  yield lines([COLUMNS.map(([title]) => title)])
  for await (const records of batches) {
    const text = lines(records.map((record) => COLUMNS.map(([, of]) => of(record))))
    if (text !== '') yield text
  }
}

// RFC 4180. A cell that a spreadsheet would calculate (it begins with =, +, -, @, a tab or a return) gets an apostrophe before it.
const lines = (rows: ReadonlyArray<ReadonlyArray<string | number>>): string =>
  stringify(rows as Array<Array<string | number>>, { record_delimiter: 'windows', escape_formulas: true })

/** One document: an array, a line each. */
async function* json(batches: AsyncIterable<readonly ExceptionRecord[]>): AsyncGenerator<string> {
  let before = '[\n'
  for await (const records of batches) {
    for (const record of records) {
      yield before + JSON.stringify(toExceptionView(record))
      before = ',\n'
    }
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}
