import { hkdfSync } from 'node:crypto'
import type { Secret } from '@reprieve/config'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { type SecretSeal, SecretSealError } from '../../application/secret-seal.port.js'

const ALGORITHMS = { alg: 'dir', enc: 'A256GCM' } as const
// A compact JWE begins with its header, base64url of `{"alg":…`; a webhook's secret with `whsec_`.
const isSealed = (text: string): boolean => text.startsWith('eyJ')

/** Seals with AES-256-GCM (a compact JWE) under a key derived from the installation's secret, another one than the directory's keys have. */
export class InstallationSecretSeal implements SecretSeal {
  readonly #key: Uint8Array

  constructor(secret: Secret) {
    // The secret is long and random (the configuration wants at least 32 characters): stretching it would add nothing.
    this.#key = new Uint8Array(hkdfSync('sha256', secret.reveal(), '', 'reprieve webhook secret seal v1', 32))
  }

  async seal(text: string): Promise<string> {
    return await new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(ALGORITHMS).encrypt(this.#key)
  }

  async open(sealed: string): Promise<string> {
    // Made before the installation gave a secret.
    if (!isSealed(sealed)) return sealed
    try {
      const { plaintext } = await compactDecrypt(sealed, this.#key, {
        keyManagementAlgorithms: [ALGORITHMS.alg],
        contentEncryptionAlgorithms: [ALGORITHMS.enc],
      })
      return new TextDecoder().decode(plaintext)
    } catch (error) {
      throw new SecretSealError('it was sealed with another REPRIEVE_KEY_ENCRYPTION_SECRET than the one given', {
        cause: error,
      })
    }
  }
}

/** For installations that give no secret: secrets are kept as they are, and the database's own protection is what keeps them. */
export class NoSecretSeal implements SecretSeal {
  async seal(text: string): Promise<string> {
    return text
  }

  async open(sealed: string): Promise<string> {
    if (!isSealed(sealed)) return sealed
    throw new SecretSealError('it is sealed: give the REPRIEVE_KEY_ENCRYPTION_SECRET it was sealed with')
  }
}
