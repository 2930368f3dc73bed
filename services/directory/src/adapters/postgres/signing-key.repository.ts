import type { PublicJwk } from '@reprieve/auth'
import { type Selectable, sql } from 'kysely'
import type { KeptPrivateKey, SigningKeyStore } from '../../application/signing-key-store.port.js'
import type { Reader } from '../../application/user-store.port.js'
import type { SigningKeyRecord } from '../../domain/signing-key.js'
import type { SigningKey } from './tables.gen.js'
import type { Tx } from './tables.js'

// Any number, the same for every process of the directory.
const ADVISORY_LOCK = 7_302_011

const PUBLIC = ['kid', 'public_jwk', 'version', 'created_at', 'retired_at'] as const

const toRecord = (row: Selectable<Pick<SigningKey, (typeof PUBLIC)[number]>>): SigningKeyRecord => ({
  kid: row.kid,
  publicJwk: JSON.parse(row.public_jwk) as PublicJwk,
  version: row.version,
  createdAt: row.created_at,
  retiredAt: row.retired_at,
})

export class SigningKeyRepository implements SigningKeyStore {
  async lock(tx: Tx): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(tx)
  }

  async all(reader: Reader): Promise<SigningKeyRecord[]> {
    const rows = await reader.selectFrom('signing_key').select(PUBLIC).orderBy('created_at').orderBy('kid').execute()
    return rows.map(toRecord)
  }

  async privateKey(reader: Reader, kid: string): Promise<KeptPrivateKey | null> {
    const row = await reader
      .selectFrom('signing_key')
      .select(['private_jwk as text', 'sealed'])
      .where('kid', '=', kid)
      .executeTakeFirst()
    return row ?? null
  }

  async insert(tx: Tx, key: SigningKeyRecord, privateKey: KeptPrivateKey): Promise<void> {
    await tx
      .insertInto('signing_key')
      .values({
        kid: key.kid,
        public_jwk: JSON.stringify(key.publicJwk),
        private_jwk: privateKey.text,
        sealed: privateKey.sealed,
        version: key.version,
        created_at: key.createdAt,
        retired_at: key.retiredAt,
      })
      .execute()
  }

  async update(tx: Tx, key: SigningKeyRecord): Promise<void> {
    await tx
      .updateTable('signing_key')
      .set({ retired_at: key.retiredAt, version: key.version })
      .where('kid', '=', key.kid)
      .execute()
  }

  async unsealed(tx: Tx): Promise<Array<{ kid: string; text: string }>> {
    return await tx
      .selectFrom('signing_key')
      .select(['kid', 'private_jwk as text'])
      .where('sealed', '=', false)
      .execute()
  }

  async setPrivateKey(tx: Tx, kid: string, privateKey: KeptPrivateKey): Promise<void> {
    await tx
      .updateTable('signing_key')
      .set({ private_jwk: privateKey.text, sealed: privateKey.sealed })
      .where('kid', '=', kid)
      .execute()
  }
}
