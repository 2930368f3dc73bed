import type { Database } from '@reprieve/database'
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { EditedTemplate, TemplateContent, TemplateStore } from '../../application/template-store.port.js'
import type { Person } from '../../domain/exception.js'
import type { NoticeKind } from '../../domain/notice-kind.js'
import type { MailTemplate } from './tables.gen.js'
import type { NotificationsTables, Tx } from './tables.js'

export interface KeptTemplate {
  kind: NoticeKind
  version: number
  /** Null where the edit was taken back. */
  content: TemplateContent | null
  editedAt: Date
  editedBy: Person
}

export class TemplateRepository implements TemplateStore {
  readonly #database: Database<NotificationsTables>

  constructor(database: Database<NotificationsTables>) {
    this.#database = database
  }

  async edited(kinds: readonly NoticeKind[]): Promise<Map<NoticeKind, EditedTemplate>> {
    if (kinds.length === 0) return new Map()
    const rows = await this.#database.db
      .selectFrom('mail_template')
      .selectAll()
      .where('kind', 'in', [...kinds])
      .where('content', 'is not', null)
      .execute()
    return new Map(
      rows.map(toTemplate).flatMap(({ kind, version, content }) => {
        return content === null ? [] : [[kind, { kind, version, content }] as const]
      }),
    )
  }

  async all(): Promise<Map<NoticeKind, KeptTemplate>> {
    const rows = await this.#database.db.selectFrom('mail_template').selectAll().execute()
    return new Map(rows.map((row) => [row.kind as NoticeKind, toTemplate(row)]))
  }

  async find(kind: NoticeKind): Promise<KeptTemplate | null> {
    return await this.#find(this.#database.db, kind)
  }

  /** @returns what is stored now, which nobody else changes until the transaction ends; null where nobody ever edited it */
  async lock(tx: Tx, kind: NoticeKind): Promise<KeptTemplate | null> {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`mail template ${kind}`}, 0))`.execute(tx)
    return await this.#find(tx, kind)
  }

  async save(tx: Tx, { kind, version, content, editedAt, editedBy }: KeptTemplate): Promise<void> {
    const values = {
      version,
      content: content === null ? null : JSON.stringify(content),
      edited_at: editedAt,
      edited_by: editedBy.id,
      edited_by_name: editedBy.name,
    }
    await tx
      .insertInto('mail_template')
      .values({ kind, ...values })
      .onConflict((conflict) => conflict.column('kind').doUpdateSet(values))
      .execute()
  }

  async #find(db: Database<NotificationsTables>['db'], kind: NoticeKind): Promise<KeptTemplate | null> {
    const row = await db.selectFrom('mail_template').selectAll().where('kind', '=', kind).executeTakeFirst()
    return row === undefined ? null : toTemplate(row)
  }
}

const toTemplate = (row: Selectable<MailTemplate>): KeptTemplate => ({
  kind: row.kind as NoticeKind,
  version: row.version,
  // Written by `save` alone.
  content: row.content as unknown as TemplateContent | null,
  editedAt: row.edited_at,
  editedBy: { id: row.edited_by, name: row.edited_by_name },
})
