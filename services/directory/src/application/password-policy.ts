import { Problem } from '@reprieve/http-kit'
import { passwordFault } from '../domain/password.js'
import type { PasswordHasher } from './password-hasher.port.js'

/** New passwords: good enough for this installation, and hashed. */
export class PasswordPolicy {
  readonly #hasher: PasswordHasher
  readonly #shortest: number

  /** @param shortest in characters */
  constructor(hasher: PasswordHasher, shortest: number) {
    this.#hasher = hasher
    this.#shortest = shortest
  }

  /**
   * @param pointer to the field that held it
   * @throws Problem INVALID where it is not good enough
   */
  async hash(password: string, pointer: string): Promise<string> {
    const fault = passwordFault(password, this.#shortest)
    if (fault !== null)
      throw new Problem('INVALID', `The password is not good enough. ${fault}`, {
        errors: [{ pointer, detail: fault }],
      })
    return await this.#hasher.hash(password)
  }
}
