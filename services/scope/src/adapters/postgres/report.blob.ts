import type { Clock } from '@reprieve/clock'
import type { ReportBlob } from '../../application/reports/report-blob.port.js'
import type { ScopeDatabase } from './tables.js'

/** Reports' bytes in PostgreSQL, in rows of one piece each, so that neither writing nor reading holds a whole report in memory. */
export class PostgresReportBlob implements ReportBlob {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly clock: Clock,
  ) {}

  async append(reportId: string, part: number, bytes: Uint8Array): Promise<void> {
    await this.database.db
      .insertInto('report_part')
      .values({ report_id: reportId, part, bytes: Buffer.from(bytes), written_at: this.clock.now() })
      .execute()
  }

  async *read(reportId: string): AsyncGenerator<Uint8Array> {
    for (let part = 0; ; part++) {
      const row = await this.database.db
        .selectFrom('report_part')
        .select('bytes')
        .where('report_id', '=', reportId)
        .where('part', '=', part)
        .executeTakeFirst()
      if (row === undefined) return
      yield row.bytes
    }
  }

  async remove(reportId: string): Promise<void> {
    await this.database.db.deleteFrom('report_part').where('report_id', '=', reportId).execute()
  }
}
