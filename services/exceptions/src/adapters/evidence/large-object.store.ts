import { Readable } from 'node:stream'
import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import { EvidenceLostError, type EvidenceStore } from '../../application/evidence-store.port.js'
import type { ExceptionsTables } from '../postgres/tables.js'

const PIECE_BYTES = 256 * 1024

/**
 * Evidence in large objects of the service's own database. Each piece is a statement of its own: neither a slow sender nor a slow reader
 * holds a connection or a transaction.
 */
export class LargeObjectStore implements EvidenceStore {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { db } = this.#database
    const { rows } = await sql<{ large_object: number }>`
      INSERT INTO evidence_object (id, large_object) VALUES (${id}, lo_create(0)) RETURNING large_object`.execute(db)
    const object = rows[0]?.large_object
    let offset = 0
    for await (const piece of inPieces(content)) {
      await sql`SELECT lo_put(${object}::oid, ${offset}::int8, ${piece}::bytea)`.execute(db)
      offset += piece.length
    }
  }

  async read(id: string): Promise<Readable> {
    const row = await this.#database.db
      .selectFrom('evidence_object')
      .select('large_object')
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined) throw new EvidenceLostError(`evidence ${id} is not in the database`)
    return Readable.from(this.#pieces(row.large_object), { objectMode: false, highWaterMark: 1 })
  }

  async remove(id: string): Promise<void> {
    await sql`
      WITH gone AS (DELETE FROM evidence_object WHERE id = ${id} RETURNING large_object)
      SELECT lo_unlink(large_object) FROM gone`.execute(this.#database.db)
  }

  async *#pieces(object: number): AsyncGenerator<Uint8Array> {
    for (let offset = 0; ; offset += PIECE_BYTES) {
      const { rows } = await sql<{ piece: Buffer }>`
        SELECT lo_get(${object}::oid, ${offset}::int8, ${PIECE_BYTES}::int4) AS piece`.execute(this.#database.db)
      const piece = rows[0]?.piece
      if (piece !== undefined && piece.length > 0) yield piece
      if (piece === undefined || piece.length < PIECE_BYTES) return
    }
  }
}

/** The same bytes in pieces of one size, the last one smaller. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of content) {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes < PIECE_BYTES) continue
    yield Buffer.concat(waiting)
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(waiting)
}
