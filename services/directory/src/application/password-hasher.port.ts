import type { PasswordCheck } from '@reprieve/auth'

export interface PasswordHasher {
  /** @returns all that is needed to check it later; may be kept, never shown */
  hash(password: string): Promise<string>
  /**
   * Takes as long where there is nothing to check against, so that nobody can tell from the time whether an account exists.
   * @param stored null where there is no such account or it has no password: then nothing is right
   */
  check(password: string, stored: string | null): Promise<PasswordCheck>
}
