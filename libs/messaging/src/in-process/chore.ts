/** Work that is done now and then, never twice at once. It keeps no process alive. */
export class Chore {
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | null = null

  /** @param work never rejects */
  constructor(work: () => Promise<void>, everyMs: number) {
    this.#timer = setInterval(() => {
      this.#running ??= work().finally(() => {
        this.#running = null
      })
    }, everyMs)
    this.#timer.unref()
  }

  /** Resolves when what is under way is done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }
}
