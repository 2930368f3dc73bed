import { timestampDate } from '@bufbuild/protobuf/wkt'
import { verificationKey } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { directory, type events } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import { sql, type Transaction } from 'kysely'
import type { PeopleTables } from './tables.js'

type Tx = Transaction<PeopleTables>

interface Version {
  incarnation: number
  version: number
}

/** A directory event that this replica cannot keep, because the contract's required parts are missing. */
export class MalformedDirectoryEventError extends Error {
  override readonly name = 'MalformedDirectoryEventError'
}

// Expired tokens are refused by their own expiry, so their rows only cost room. A few go with each new one.
const KEEP_EXPIRED_MS = 24 * 3_600_000
const PRUNED_AT_ONCE = 100

/** Writes what `directory.v1` says into this service's tables. An event older than what is known changes nothing. */
export class PeopleReplica {
  readonly #database: Database<PeopleTables>
  readonly #clock: Clock

  constructor(database: Database<PeopleTables>, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** Idempotent: applying an event twice, or after a newer one, is the same as not applying it. */
  async apply(event: directory.DirectoryEvent): Promise<void> {
    await this.#database.transaction((tx) => this.applyIn(tx, event))
  }

  /** As `apply`, as part of the caller's transaction. */
  async applyIn(tx: Tx, { meta, subject }: Pick<directory.DirectoryEvent, 'meta' | 'subject'>): Promise<void> {
    const version = versionOf(meta)
    switch (subject.case) {
      case 'user':
        return applyPerson(tx, subject.value, version)
      case 'group':
        return applyGroup(tx, subject.value, version)
      case 'role':
        return applyRole(tx, subject.value, version)
      case 'signingKey':
        return applySigningKey(tx, subject.value, version)
      case 'accessToken':
        return this.#applyAccessToken(tx, subject.value, version)
      case 'activity':
        // Told for the journal.
        return
      case undefined:
        // A kind of subject that a newer directory tells of and this service has no use for yet.
        return
    }
  }

  async #applyAccessToken(tx: Tx, token: directory.AccessToken, version: Version): Promise<void> {
    if (token.expiresAt === undefined) throw new MalformedDirectoryEventError('an access token needs expires_at')
    const values = {
      id: token.id,
      person_id: token.userId,
      expires_at: timestampDate(token.expiresAt),
      revoked_at: token.revokedAt === undefined ? null : timestampDate(token.revokedAt),
      ...version,
    }
    const keepSince = new Date(this.#clock.now().getTime() - KEEP_EXPIRED_MS)
    if (values.expires_at < keepSince) return
    await tx
      .insertInto('people_access_token')
      .values(values)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where(newer('people_access_token')))
      .execute()
    await tx
      .deleteFrom('people_access_token')
      .where('id', 'in', (query) =>
        query
          .selectFrom('people_access_token')
          .select('id')
          .where('expires_at', '<', keepSince)
          .limit(PRUNED_AT_ONCE)
          .forUpdate()
          .skipLocked(),
      )
      .execute()
  }
}

const newer = (table: keyof PeopleTables) =>
  sql<boolean>`(${sql.table(table)}.incarnation, ${sql.table(table)}.version) < (excluded.incarnation, excluded.version)`

async function applyPerson(tx: Tx, user: directory.User, version: Version): Promise<void> {
  const values = {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    active: user.active,
    kind: user.kind === directory.UserKind.SERVICE ? ('service' as const) : ('person' as const),
    ...version,
  }
  await tx
    .insertInto('people_person')
    .values(values)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where(newer('people_person')))
    .execute()
}

async function applyGroup(tx: Tx, group: directory.Group, version: Version): Promise<void> {
  const values = { id: group.id, name: group.name, ...version }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('people_person_group')
    .values(values)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where(newer('people_person_group')))
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows === 0n) return
  await tx.deleteFrom('people_person_group_member').where('group_id', '=', group.id).execute()
  await sql`
    INSERT INTO people_person_group_member (group_id, person_id)
    SELECT ${group.id}::uuid, member FROM unnest(${group.memberIds}::uuid[]) AS member
    ON CONFLICT DO NOTHING`.execute(tx)
}

async function applyRole(tx: Tx, role: directory.Role, version: Version): Promise<void> {
  const values = { name: role.name, permissions: role.permissions, ...version }
  await tx
    .insertInto('people_person_role')
    .values(values)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values).where(newer('people_person_role')))
    .execute()
}

async function applySigningKey(tx: Tx, key: directory.SigningKey, version: Version): Promise<void> {
  // Refused here rather than found out by every request.
  try {
    verificationKey(JSON.parse(key.publicJwk))
  } catch (error) {
    throw new MalformedDirectoryEventError(`signing key ${key.kid} is not a public key`, { cause: error })
  }
  const values = {
    kid: key.kid,
    public_jwk: key.publicJwk,
    retired_at: key.retiredAt === undefined ? null : timestampDate(key.retiredAt),
    ...version,
  }
  await tx
    .insertInto('people_signing_key')
    .values(values)
    .onConflict((conflict) => conflict.column('kid').doUpdateSet(values).where(newer('people_signing_key')))
    .execute()
}

function versionOf(meta: events.EventMeta | undefined): Version {
  if (meta?.version === undefined) throw new MalformedDirectoryEventError('a directory event needs meta.version')
  return { incarnation: Number(meta.version.incarnation), version: Number(meta.version.n) }
}
