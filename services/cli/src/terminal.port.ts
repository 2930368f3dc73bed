/** Where the command says what it did. */
export interface Terminal {
  out(text: string): void
  error(text: string): void
}
