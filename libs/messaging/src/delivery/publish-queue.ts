interface Call<M> {
  messages: readonly M[]
  bytes: number
  resolve(): void
  reject(error: unknown): void
}

export interface FlushLimits {
  messages: number
  bytes: number
}

/**
 * Sends calls in the order they came, one flush at a time; calls that come while one is on its way share the next one, so that many
 * small publishers cost no more than one large one. A call larger than the limits is a flush by itself.
 */
export class PublishQueue<M extends { readonly bytes: number }> {
  readonly #flush: (messages: readonly M[]) => Promise<void>
  readonly #limits: FlushLimits
  #waiting: Call<M>[] = []
  #running: Promise<void> | null = null

  constructor(flush: (messages: readonly M[]) => Promise<void>, limits: FlushLimits) {
    this.#flush = flush
    this.#limits = limits
  }

  publish(messages: readonly M[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve()
    const bytes = messages.reduce((sum, message) => sum + message.bytes, 0)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ messages, bytes, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async #run(): Promise<void> {
    // Calls of the same turn of the event loop go together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const calls = this.#take()
      try {
        await this.#flush(calls.length === 1 ? (calls[0]?.messages ?? []) : calls.flatMap((call) => call.messages))
        for (const call of calls) call.resolve()
      } catch (error) {
        for (const call of calls) call.reject(error)
      }
    }
    this.#running = null
  }

  #take(): Call<M>[] {
    let messages = 0
    let bytes = 0
    let count = 0
    for (const call of this.#waiting) {
      messages += call.messages.length
      bytes += call.bytes
      if (count > 0 && (messages > this.#limits.messages || bytes > this.#limits.bytes)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }
}
