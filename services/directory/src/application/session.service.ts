import { createHash } from 'node:crypto'
import type { Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import { Problem } from '@reprieve/http-kit'
import { v7 as uuidv7 } from 'uuid'
import type { DirectoryTables, Tx } from '../adapters/postgres/tables.js'
import { FAILURES_COUNT_FOR_MS, KNOWN_FOR_MS, limitsFor, refusedForSeconds } from '../domain/sign-in-limit.js'
import type { Token } from '../domain/token.js'
import type { User } from '../domain/user.js'
import { lockedOut, signedIn, tokenChange } from './directory-change.js'
import type { DirectoryJournal } from './directory-journal.js'
import type { Attempt, FailedSignIns } from './failed-sign-ins.port.js'
import type { PasswordHasher } from './password-hasher.port.js'
import type { SigningKeyService } from './signing-key.service.js'
import type { TokenStore } from './token-store.port.js'
import type { UserStore } from './user-store.port.js'

export interface SessionSettings {
  sessionMs: number
  /** Without use a session ends after this time. */
  idleMs: number
  /** Failed sign-ins that one account may have in a minute from one place; ten times as many in all. */
  failuresAMinute: number
}

export interface Session {
  token: string
  expiresAt: Date
  user: User
}

// Ended sessions are kept for a while for whoever asks what happened.
const KEEP_ENDED_MS = 30 * 24 * 3_600_000

/** Signs people in and out. */
export class SessionService {
  readonly #database: Database<DirectoryTables>
  readonly #users: UserStore
  readonly #tokens: TokenStore
  readonly #failures: FailedSignIns
  readonly #keys: SigningKeyService
  readonly #passwords: PasswordHasher
  readonly #journal: DirectoryJournal
  readonly #clock: Clock
  readonly #settings: SessionSettings

  constructor(parts: {
    database: Database<DirectoryTables>
    users: UserStore
    tokens: TokenStore
    failures: FailedSignIns
    keys: SigningKeyService
    passwords: PasswordHasher
    journal: DirectoryJournal
    clock: Clock
    settings: SessionSettings
  }) {
    this.#database = parts.database
    this.#users = parts.users
    this.#tokens = parts.tokens
    this.#failures = parts.failures
    this.#keys = parts.keys
    this.#passwords = parts.passwords
    this.#journal = parts.journal
    this.#clock = parts.clock
    this.#settings = parts.settings
  }

  /**
   * The answer, and the time it takes, is the same for a wrong password, an unknown or inactive account and one without a password.
   * @param network where it comes from
   * @throws Problem SIGN_IN_FAILED, TOO_MANY_REQUESTS (known account or not)
   */
  async signIn(email: string, password: string, network: string): Promise<Session> {
    const attempt = { account: accountOf(email), network }
    // Spares the hashing; what counts is decided below.
    await this.#database.transaction((tx) => this.#refuseTooMany(tx, attempt))
    const { user, passwordHash } = (await this.#users.findByEmail(this.#database.db, email)) ?? {
      user: null,
      passwordHash: null,
    }
    const { right, rehash } = await this.#passwords.check(password, passwordHash)
    const renewed = rehash ? await this.#passwords.hash(password) : null
    const session = await this.#database.transaction(async (tx) => {
      // One at a time for each account, and refused even with the right password once too many have failed: guesses sent all at once
      // learn no more than guesses sent one by one.
      await this.#failures.lock(tx, attempt.account)
      await this.#refuseTooMany(tx, attempt)
      // Read again: they may have been deactivated, or have got another password, while the password was hashed.
      const current = user === null || !right ? null : await this.#users.findForChange(tx, user.id)
      const unchanged = user !== null && (await this.#users.passwordHash(tx, user.id)) === passwordHash
      if (current === null || !current.active || !unchanged) {
        await this.#fail(tx, attempt, user)
        return null
      }
      await this.#failures.succeed(tx, attempt, this.#clock.now())
      if (renewed !== null) await this.#users.setPasswordHash(tx, current.id, renewed)
      return await this.#open(tx, current, network)
    })
    if (session === null) throw new Problem('SIGN_IN_FAILED', 'Check the address and the password.')
    return session
  }

  /**
   * Makes sure that it is the owner who asks for a new password. Failures count as failed sign-ins: a session left open is no way to guess.
   * @throws Problem NOT_ALLOWED for whoever has no password or a narrowed token, SIGN_IN_FAILED, TOO_MANY_REQUESTS
   */
  async confirmPassword(principal: Principal, password: string, network: string): Promise<void> {
    if (principal.kind === 'service' || principal.narrowed) {
      throw new Problem('NOT_ALLOWED', 'Only a person who is signed in changes a password.')
    }
    const attempt = { account: accountOf(principal.email), network }
    const stored = await this.#users.passwordHash(this.#database.db, principal.id)
    const { right } = await this.#passwords.check(password, stored)
    await this.#database.transaction(async (tx) => {
      await this.#failures.lock(tx, attempt.account)
      await this.#refuseTooMany(tx, attempt)
      if (!right) await this.#fail(tx, attempt, principal)
    })
    if (!right) throw new Problem('SIGN_IN_FAILED', 'The current password is another one.')
  }

  /**
   * Ends the session that the caller's token belongs to, everywhere.
   * @throws Problem CONFLICT where the caller came with an access token
   */
  async signOut(principal: Principal): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const token = await this.#tokens.find(tx, principal.tokenId)
      if (token?.kind === 'access') {
        throw new Problem('CONFLICT', 'This is an access token, not a session: delete it under /tokens.')
      }
      const now = this.#clock.now()
      const revoked = await this.#tokens.revoke(tx, principal.tokenId, now)
      if (revoked !== null) await this.#journal.record(tx, principal, now, tokenChange(revoked))
    })
  }

  /** The session is in use, and goes on; one that was idle for too long has ended. Access tokens may lie idle. */
  async noteUse({ tokenId }: Principal): Promise<void> {
    const now = this.#clock.now()
    await this.#database.transaction((tx) => this.#tokens.noteUse(tx, tokenId, now, this.#idleSince(now)))
  }

  /** Ends sessions that nobody has used for too long, everywhere. @returns how many */
  async endIdle(): Promise<number> {
    return await this.#database.transaction(async (tx) => {
      const now = this.#clock.now()
      const ended = await this.#tokens.revokeIdle(tx, this.#idleSince(now), now)
      await this.#journal.record(tx, null, now, ...ended.map(tokenChange))
      return ended.length
    })
  }

  #idleSince(now: Date): Date {
    return new Date(now.getTime() - this.#settings.idleMs)
  }

  async #refuseTooMany(tx: Tx, attempt: Attempt): Promise<void> {
    const now = this.#clock.now()
    const [reached] = await this.#limitsReached(tx, attempt, now)
    if (reached !== undefined) {
      throw new Problem('TOO_MANY_REQUESTS', 'Too many sign-ins have failed. Wait a minute.', {
        headers: { 'retry-after': String(reached.seconds) },
      })
    }
    await this.#failures.prune(tx, countedSince(now), knownSince(now))
  }

  /** Counts a failure. The one that reaches a limit begins a lock-out, of which the journal is told: once, however long they go on. */
  async #fail(tx: Tx, attempt: Attempt, user: { id: string; name: string } | null): Promise<void> {
    const now = this.#clock.now()
    // Whoever else fails there waits, so that one of them sees the last failure that there may be.
    await this.#failures.lock(tx, attempt.network)
    await this.#failures.add(tx, attempt, now)
    for (const { what, seconds } of await this.#limitsReached(tx, attempt, now)) {
      const until = new Date(now.getTime() + seconds * 1_000)
      if (!(await this.#failures.lockOut(tx, what, until, countedSince(now)))) continue
      // An account that nobody has is nothing to tell of: anybody could fill the journal with those. Where they come from shows.
      if (what.account !== undefined && user === null) continue
      const change = lockedOut(what.account === undefined ? null : user, what.network ?? null)
      await this.#journal.record(tx, null, now, change)
    }
  }

  /** What the attempt is refused for now, and for how long. */
  async #limitsReached(
    tx: Tx,
    attempt: Attempt,
    now: Date,
  ): Promise<Array<{ what: Partial<Attempt>; seconds: number }>> {
    const known = await this.#failures.hasSucceeded(tx, attempt, knownSince(now))
    const reached: Array<{ what: Partial<Attempt>; seconds: number }> = []
    for (const { of, most } of limitsFor(this.#settings.failuresAMinute, known)) {
      const what: Partial<Attempt> = Object.fromEntries(of.map((name) => [name, attempt[name]]))
      const seconds = refusedForSeconds(await this.#failures.since(tx, what, countedSince(now), most), most, now)
      if (seconds !== null) reached.push({ what, seconds })
    }
    return reached
  }

  async #open(tx: Tx, user: User, network: string): Promise<Session> {
    const now = this.#clock.now()
    const id = uuidv7({ msecs: now.getTime() })
    // Tokens count whole seconds.
    const expiresAt = new Date(Math.floor((now.getTime() + this.#settings.sessionMs) / 1_000) * 1_000)
    const { token, kid } = await this.#keys.sign(tx, {
      kind: 'session',
      tokenId: id,
      userId: user.id,
      permissions: null,
      issuedAt: now,
      expiresAt,
    })
    const session: Token = {
      id,
      kind: 'session',
      userId: user.id,
      name: null,
      permissions: null,
      kid,
      version: 1,
      createdAt: now,
      expiresAt,
      revokedAt: null,
    }
    await this.#tokens.insert(tx, session)
    await this.#journal.record(tx, { id: user.id, name: user.name }, now, signedIn(user, session, network))
    await this.#tokens.pruneSessions(tx, new Date(now.getTime() - KEEP_ENDED_MS))
    return { token, expiresAt, user }
  }
}

const countedSince = (now: Date): Date => new Date(now.getTime() - FAILURES_COUNT_FOR_MS)
const knownSince = (now: Date): Date => new Date(now.getTime() - KNOWN_FOR_MS)

const accountOf = (email: string): string => createHash('sha256').update(email.trim().toLowerCase()).digest('base64url')
