import { MAX_PASSWORD_BYTES } from '@reprieve/auth'

/**
 * Length is what counts; rules about digits and signs make passwords worse.
 * @param shortest in characters
 * @returns what is wrong with it, in words for its owner; null where nothing is
 */
export function passwordFault(password: string, shortest: number): string | null {
  // Characters as people count them, not UTF-16 units.
  if ([...password].length < shortest) return `Must have at least ${shortest} characters.`
  // Normalised as it will be hashed: that can make it longer.
  if (Buffer.byteLength(password.normalize('NFKC')) > MAX_PASSWORD_BYTES) return 'Is too long.'
  if (/^(.)\1*$/su.test(password)) return 'Must not be one character over and over.'
  return null
}
