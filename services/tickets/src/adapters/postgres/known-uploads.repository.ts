import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { KnownUpload, KnownUploads } from '../../application/known-uploads.port.js'
import type { Version } from '../../application/tickets.port.js'
import type { TicketsTables } from './tables.js'

/** What `exceptions` told of uploaded files; only the newest of each. */
export class KnownUploadsRepository implements KnownUploads {
  readonly #database: Database<TicketsTables>

  constructor(database: Database<TicketsTables>) {
    this.#database = database
  }

  async findAll(ids: readonly string[]): Promise<KnownUpload[]> {
    if (ids.length === 0) return []
    const rows = await this.#database.db
      .selectFrom('known_upload')
      .select(['id', 'uploaded_by', 'exception_id', 'removed'])
      .where('id', '=', sql<string>`ANY(${[...ids]}::uuid[])`)
      .execute()
    return rows.map(({ id, uploaded_by, exception_id, removed }) => ({
      id,
      uploadedBy: uploaded_by,
      exceptionId: exception_id,
      removed,
    }))
  }

  async keep(uploads: ReadonlyArray<KnownUpload & Version>): Promise<void> {
    for (const { id, uploadedBy, exceptionId, removed, incarnation, version } of uploads) {
      await this.#database.db
        .insertInto('known_upload')
        .values({ id, uploaded_by: uploadedBy, exception_id: exceptionId, removed, incarnation, version })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet({ exception_id: exceptionId, removed, incarnation, version })
            .where(
              sql<boolean>`(known_upload.incarnation, known_upload.version) < (excluded.incarnation, excluded.version)`,
            ),
        )
        .execute()
    }
  }
}
