/** Keeps the private halves of signing keys from whoever reads the database or a copy of it. */
export interface KeySeal {
  /** False where the installation gives no secret to seal with. */
  readonly seals: boolean
  seal(text: string): Promise<string>
  /** @throws KeySealError where it was sealed with another secret, or none is given */
  open(sealed: string): Promise<string>
}

export class KeySealError extends Error {
  override readonly name = 'KeySealError'
}
