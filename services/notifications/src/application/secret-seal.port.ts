/** Keeps webhooks' secrets from whoever reads the database or a copy of it. */
export interface SecretSeal {
  seal(text: string): Promise<string>
  /** @throws SecretSealError where it was sealed with another secret, or none is given */
  open(sealed: string): Promise<string>
}

export class SecretSealError extends Error {
  override readonly name = 'SecretSealError'
}
