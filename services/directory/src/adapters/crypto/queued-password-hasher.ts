import { checkPassword, hashPassword, type PasswordCheck } from '@reprieve/auth'
import { Problem } from '@reprieve/http-kit'
import pLimit from 'p-limit'
import type { PasswordHasher } from '../../application/password-hasher.port.js'

// Two at a time leave the thread pool to everything else that uses it. At about 50 ms each, whoever is further back in the queue than
// this would wait for more than five seconds.
const AT_A_TIME = 2
const MOST_WAITING = 200

/** Argon2id, a few at a time: a flood of sign-ins must not take the whole process's threads and memory. */
export class QueuedPasswordHasher implements PasswordHasher {
  readonly #queue = pLimit(AT_A_TIME)

  async hash(password: string): Promise<string> {
    return await this.#inTurn(() => hashPassword(password))
  }

  async check(password: string, stored: string | null): Promise<PasswordCheck> {
    return await this.#inTurn(() => checkPassword(password, stored))
  }

  /** @throws Problem TRY_AGAIN where too many wait */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#queue.pendingCount >= MOST_WAITING) {
      throw new Problem('TRY_AGAIN', 'Too many people sign in at this moment. Try again.', {
        headers: { 'retry-after': '2' },
      })
    }
    return await this.#queue(work)
  }
}
