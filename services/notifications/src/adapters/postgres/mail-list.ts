import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import { isOfException, type NoticeKind } from '../../domain/notice-kind.js'
import type { NotificationsTables } from './tables.js'

export interface MailFilters {
  status: readonly string[] | undefined
  recipientId: readonly string[] | undefined
  exceptionId: readonly string[] | undefined
  kind: readonly NoticeKind[] | undefined
  createdAfter: string | undefined
}

export interface MailRecord {
  id: string
  recipientId: string
  digest: boolean
  notices: Array<{ kind: NoticeKind; exceptionId: string | null }>
  status: string
  attempts: number
  createdAt: Date
  dueAt: Date
  finishedAt: Date | null
  lastError: string | null
  receipt: string | null
}

const MOST_NOTICES = 50

/** The record of deliveries, as who operates the installation sees it. */
export class MailList {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async list(filters: MailFilters, page: PageRequest<'createdAt'>): Promise<List<MailRecord>> {
    const { status, recipientId, exceptionId, kind, createdAfter } = filters
    let query = this.#database.db.selectFrom('mail').select((mail) => [
      'mail.id',
      'mail.recipient_id',
      'mail.digest',
      'mail.status',
      'mail.attempts',
      'mail.created_at',
      'mail.due_at',
      'mail.finished_at',
      'mail.last_error',
      'mail.receipt',
      sql<Array<{ kind: NoticeKind; subjectId: string }>>`(
          SELECT coalesce(json_agg(json_build_object('kind', told.kind, 'subjectId', told.subject_id)), '[]')
          FROM (SELECT kind, subject_id FROM notice WHERE notice.mail_id = ${mail.ref('mail.id')}
                ORDER BY at, id LIMIT ${MOST_NOTICES}) told)`.as('notices'),
    ])
    if (status !== undefined) query = query.where('mail.status', 'in', [...status])
    if (recipientId !== undefined) query = query.where('mail.recipient_id', 'in', [...recipientId])
    if (createdAfter !== undefined) query = query.where('mail.created_at', '>', new Date(createdAfter))
    if (exceptionId !== undefined || kind !== undefined) {
      query = query.where((mail) => {
        let told = mail.selectFrom('notice').select('notice.id').whereRef('notice.mail_id', '=', 'mail.id')
        if (exceptionId !== undefined) told = told.where('notice.subject_id', 'in', [...exceptionId])
        if (kind !== undefined) told = told.where('notice.kind', 'in', [...kind])
        return mail.exists(told)
      })
    }
    const list = await readPage(this.#database.db, query, page, {
      columns: { createdAt: { by: 'mail.created_at', type: 'timestamptz' } },
      id: 'mail.id',
    })
    return {
      ...list,
      items: list.items.map((row) => ({
        id: row.id,
        recipientId: row.recipient_id,
        digest: row.digest,
        notices: row.notices.map((told) => ({
          kind: told.kind,
          exceptionId: isOfException(told.kind) ? told.subjectId : null,
        })),
        status: row.status,
        attempts: row.attempts,
        createdAt: row.created_at,
        dueAt: row.due_at,
        finishedAt: row.finished_at,
        lastError: row.last_error,
        receipt: row.receipt,
      })),
    }
  }
}
