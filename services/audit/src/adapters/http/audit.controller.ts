import { Readable } from 'node:stream'
import { Controller, Inject } from '@nestjs/common'
import { Route, type RouteInput } from '@reprieve/http-kit'
import { type JournalFilters, JournalReader, type Written } from '../postgres/journal.reader.js'
import { journalCsv } from './audit.csv.js'
import { listAudit, MOST_VERIFIED, verifyAudit } from './audit.routes.js'

const CSV_PAGE = 1_000

const toAnswer = (entry: Written) => ({
  id: entry.eventId,
  position: entry.position,
  at: entry.at.toISOString(),
  recordedAt: entry.recordedAt.toISOString(),
  actor: entry.actor,
  type: entry.type,
  subject: entry.subject,
  details: { changes: entry.changes },
  traceId: entry.traceId,
  hash: hex(entry.hash),
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const wantsCsv = (accept: string | undefined): boolean => /^\s*text\/csv\s*(;|,|$)/i.test(accept ?? '')

@Controller()
export class AuditController {
  readonly #journal: JournalReader

  constructor(@Inject(JournalReader) journal: JournalReader) {
    this.#journal = journal
  }

  @Route(listAudit)
  async list({ query, request }: RouteInput<typeof listAudit>) {
    const { actor, subject, type, from, to, ...page } = query
    const filters: JournalFilters = {
      actors: actor?.map((who) => (who === 'system' ? null : who)),
      subjects: subject,
      types: type,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    }
    if (wantsCsv(request.headers.accept)) {
      return {
        status: 200,
        body: Readable.from(journalCsv(this.#pages(filters, page.sort))),
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="audit.csv"',
        },
      }
    }
    const { items, ...rest } = await this.#journal.list(filters, page)
    return { items: items.map(toAnswer), ...rest }
  }

  @Route(verifyAudit)
  async verify({ query }: RouteInput<typeof verifyAudit>) {
    const { after = 0, limit = MOST_VERIFIED } = query
    const { checked, last, fault, more, head, startsAfter } = await this.#journal.verify(after, limit)
    return {
      intact: fault === null,
      checked,
      fault,
      head: { position: head.position, hash: hex(head.hash) },
      startsAfter,
      next: fault === null && more ? last.position : null,
    }
  }

  async *#pages(
    filters: JournalFilters,
    sort: RouteInput<typeof listAudit>['query']['sort'],
  ): AsyncGenerator<readonly Written[]> {
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await this.#journal.list(filters, { limit: CSV_PAGE, cursor, sort })
      yield items
      if (nextCursor === null) return
      cursor = nextCursor
    }
  }
}
