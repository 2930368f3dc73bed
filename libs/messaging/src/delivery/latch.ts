/** Open or shut; whoever waits goes on when it opens. */
export class Latch {
  #isOpen: boolean
  readonly #waiting = new Set<() => void>()

  constructor(isOpen: boolean) {
    this.#isOpen = isOpen
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  shut(): void {
    this.#isOpen = false
  }

  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves when it is open, the signal is aborted, or the time is over. */
  wait(signal: AbortSignal | null, milliseconds?: number): Promise<void> {
    if (this.#isOpen || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = milliseconds === undefined ? undefined : setTimeout(done, milliseconds)
      signal?.addEventListener('abort', done)
      this.#waiting.add(done)
    })
  }
}
