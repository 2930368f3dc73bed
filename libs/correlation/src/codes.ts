/** Numbers for texts that are in use, small ones, and used again when a text is not. */
export class Codes {
  readonly #byText = new Map<string, number>()
  readonly #users: number[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#byText.size
  }

  find(text: string): number | undefined {
    return this.#byText.get(text)
  }

  use(text: string): number {
    let code = this.#byText.get(text)
    if (code === undefined) {
      code = this.#free.pop() ?? this.#users.length
      this.#byText.set(text, code)
      this.#users[code] = 0
    }
    this.#users[code] = (this.#users[code] ?? 0) + 1
    return code
  }

  /** @returns whether nobody uses it any more */
  release(text: string): boolean {
    const code = this.#byText.get(text)
    if (code === undefined) return false
    const users = (this.#users[code] ?? 0) - 1
    this.#users[code] = users
    if (users > 0) return false
    this.#byText.delete(text)
    this.#free.push(code)
    return true
  }
}
