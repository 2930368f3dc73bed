import { hkdfSync } from 'node:crypto'
import type { Secret } from '@reprieve/config'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { type KeySeal, KeySealError } from '../../application/key-seal.port.js'

const ALGORITHMS = { alg: 'dir', enc: 'A256GCM' } as const

/** Seals with AES-256-GCM (a compact JWE) under a key derived from the installation's secret. */
export class SecretKeySeal implements KeySeal {
  readonly seals = true
  readonly #key: Uint8Array

  constructor(secret: Secret) {
    // The secret is long and random (the configuration wants at least 32 characters): stretching it would add nothing.
    this.#key = new Uint8Array(hkdfSync('sha256', secret.reveal(), '', 'reprieve signing key seal v1', 32))
  }

  async seal(text: string): Promise<string> {
    return await new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(ALGORITHMS).encrypt(this.#key)
  }

  async open(sealed: string): Promise<string> {
    try {
      const { plaintext } = await compactDecrypt(sealed, this.#key, {
        keyManagementAlgorithms: [ALGORITHMS.alg],
        contentEncryptionAlgorithms: [ALGORITHMS.enc],
      })
      return new TextDecoder().decode(plaintext)
    } catch (error) {
      throw new KeySealError(
        'the signing key was sealed with another REPRIEVE_KEY_ENCRYPTION_SECRET than the one given',
        {
          cause: error,
        },
      )
    }
  }
}

/** For installations that give no secret: keys are kept as they are, and the database's own protection is what keeps them. */
export class NoKeySeal implements KeySeal {
  readonly seals = false

  async seal(text: string): Promise<string> {
    return text
  }

  async open(): Promise<string> {
    throw new KeySealError('the signing key is sealed: give the REPRIEVE_KEY_ENCRYPTION_SECRET it was sealed with')
  }
}
