import type { Written } from '../postgres/journal.reader.js'

const COLUMNS: ReadonlyArray<[name: string, value: (entry: Written) => string]> = [
  ['position', ({ position }) => String(position)],
  ['at', ({ at }) => at.toISOString()],
  ['recordedAt', ({ recordedAt }) => recordedAt.toISOString()],
  ['actorId', ({ actor }) => actor?.id ?? ''],
  ['actorName', ({ actor }) => actor?.name ?? ''],
  ['type', ({ type }) => type],
  ['subjectKind', ({ subject }) => subject.kind],
  ['subjectId', ({ subject }) => subject.id],
  ['subjectName', ({ subject }) => subject.name ?? ''],
  ['changes', ({ changes }) => JSON.stringify(changes)],
  ['traceId', ({ traceId }) => traceId ?? ''],
  ['id', ({ eventId }) => eventId],
  ['hash', ({ hash }) => Buffer.from(hash).toString('hex')],
]

/** RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const line = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`

/** The journal as CSV, page by page. */
export async function* journalCsv(pages: AsyncIterable<readonly Written[]>): AsyncGenerator<string> {
  yield line(COLUMNS.map(([name]) => name))
  for await (const page of pages) {
    if (page.length > 0) yield page.map((entry) => line(COLUMNS.map(([, value]) => value(entry)))).join('')
  }
}
