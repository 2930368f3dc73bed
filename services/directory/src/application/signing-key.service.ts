import {
  generateSigningKey,
  type PrivateJwk,
  planRotation,
  type RotationPolicy,
  type SigningKey,
  signingKey,
  signToken,
  type TokenClaims,
} from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import type { Tx } from '../adapters/postgres/tables.js'
import { retired, type SigningKeyRecord } from '../domain/signing-key.js'
import { signingKeyChange } from './directory-change.js'
import type { Actor, DirectoryJournal } from './directory-journal.js'
import type { KeySeal } from './key-seal.port.js'
import type { SigningKeyStore } from './signing-key-store.port.js'
import type { Reader } from './user-store.port.js'

/** A key as an operator sees it. */
export interface SigningKeyState extends SigningKeyRecord {
  signs: boolean
}

/**
 * Keys that sign tokens: made, announced, used, replaced and retired. A key is published before it signs, and verifies what it has
 * signed until the last of that has expired.
 */
export class SigningKeyService {
  readonly #keys: SigningKeyStore
  readonly #seal: KeySeal
  readonly #journal: DirectoryJournal
  readonly #clock: Clock
  readonly #policy: RotationPolicy
  /** Private halves that were opened before. */
  readonly #opened = new Map<string, SigningKey>()

  constructor(keys: SigningKeyStore, seal: KeySeal, journal: DirectoryJournal, clock: Clock, policy: RotationPolicy) {
    this.#keys = keys
    this.#seal = seal
    this.#journal = journal
    this.#clock = clock
    this.#policy = policy
  }

  /** Signs with the key of this moment. It is looked up each time: another process may have made a new one or retired this one. */
  async sign(reader: Reader, claims: TokenClaims): Promise<{ token: string; kid: string }> {
    const kid = this.#plan(await this.#keys.all(reader)).signWith
    if (kid === null) throw new Error('there is no key to sign with')
    return { token: await signToken(await this.#open(reader, kid), claims), kid }
  }

  /** Does what is due now: a first or next key is made, a replaced one gets its end. Calling it often, or late, leads to the same keys. */
  async tend(tx: Tx): Promise<SigningKeyRecord[]> {
    await this.#keys.lock(tx)
    const keys = await this.#keys.all(tx)
    const { makeKey, retire } = this.#plan(keys)
    const ends = new Map(retire.map(({ kid, at }) => [kid, at]))
    const changed = keys.flatMap((key) => {
      const at = ends.get(key.kid)
      return at === undefined ? [] : [retired(key, at)]
    })
    for (const key of changed) await this.#keys.update(tx, key)
    if (makeKey) changed.push(await this.#make(tx))
    await this.#tell(tx, null, changed)
    return changed
  }

  /** Makes the next key before its time: it signs as soon as it has been announced long enough. */
  async makeNext(tx: Tx, actor: Actor): Promise<SigningKeyState> {
    await this.#keys.lock(tx)
    const key = await this.#make(tx)
    await this.#tell(tx, actor, [key])
    return { ...key, signs: this.#plan(await this.#keys.all(tx)).signWith === key.kid }
  }

  /**
   * Refuses everything the key has signed, from now on: for one that has leaked. Whoever holds such a token signs in again. Where no
   * other key can sign, one is made that does so at once.
   * @returns the key, or null where there is none of this `kid`
   */
  async retireNow(tx: Tx, actor: Actor, kid: string): Promise<SigningKeyRecord | null> {
    await this.#keys.lock(tx)
    const keys = await this.#keys.all(tx)
    const key = keys.find((candidate) => candidate.kid === kid)
    if (key === undefined) return null
    const ended = retired(key, this.#clock.now())
    if (ended === key) return key
    await this.#keys.update(tx, ended)
    const changed = [ended]
    if (this.#plan(keys.map((other) => (other === key ? ended : other))).signWith === null)
      changed.push(await this.#make(tx))
    await this.#tell(tx, actor, changed)
    return ended
  }

  async list(reader: Reader): Promise<SigningKeyState[]> {
    const keys = await this.#keys.all(reader)
    const { signWith } = this.#plan(keys)
    return keys.map((key) => ({ ...key, signs: key.kid === signWith }))
  }

  /** Those whose tokens are accepted now or will be. */
  async accepted(reader: Reader): Promise<SigningKeyRecord[]> {
    const now = this.#clock.now()
    return (await this.#keys.all(reader)).filter(({ retiredAt }) => retiredAt === null || retiredAt > now)
  }

  /**
   * Seals what was kept open before the installation gave a secret, and proves that every key that may sign can be opened.
   * @throws KeySealError where the secret is missing or another one than they were sealed with
   */
  async checkSeals(tx: Tx): Promise<void> {
    await this.#keys.lock(tx)
    if (this.#seal.seals) {
      for (const { kid, text } of await this.#keys.unsealed(tx)) {
        await this.#keys.setPrivateKey(tx, kid, { text: await this.#seal.seal(text), sealed: true })
      }
    }
    for (const { kid, retiredAt } of await this.#keys.all(tx)) if (retiredAt === null) await this.#open(tx, kid)
  }

  #plan(keys: readonly SigningKeyRecord[]) {
    return planRotation(keys, this.#clock.now(), this.#policy)
  }

  async #make(tx: Tx): Promise<SigningKeyRecord> {
    const { key, privateJwk } = await generateSigningKey()
    const { kid, publicJwk } = key
    const record = { kid, publicJwk, version: 1, createdAt: this.#clock.now(), retiredAt: null }
    const text = await this.#seal.seal(JSON.stringify(privateJwk))
    await this.#keys.insert(tx, record, { text, sealed: this.#seal.seals })
    return record
  }

  async #open(reader: Reader, kid: string): Promise<SigningKey> {
    const opened = this.#opened.get(kid)
    if (opened !== undefined) return opened
    const kept = await this.#keys.privateKey(reader, kid)
    if (kept === null) throw new Error(`there is no private half of the key ${kid}`)
    const text = kept.sealed ? await this.#seal.open(kept.text) : kept.text
    const key = signingKey(JSON.parse(text) as PrivateJwk)
    this.#opened.set(kid, key)
    return key
  }

  async #tell(tx: Tx, actor: Actor, keys: readonly SigningKeyRecord[]): Promise<void> {
    await this.#journal.record(tx, actor, this.#clock.now(), ...keys.map(signingKeyChange))
  }
}
