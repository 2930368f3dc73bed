import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 100

/** Sees the mails that leave, for as long as the catcher is there to show them: it forgets them when its process is killed. */
export class MailWatch {
  readonly #url: string
  /** Message-IDs of all mails with one recipient and subject. */
  readonly #seen = new Map<string, Set<string>>()
  /** Mails that were looked at; numbers begin anew with each process. */
  readonly #known = new Set<string>()
  readonly #stop = new AbortController()
  readonly #watching: Promise<void>

  constructor(mailUrl: string) {
    this.#url = mailUrl
    this.#watching = this.#watch()
  }

  /** What was told in more than one mail. (The same mail may have come twice: a kill can hide from us that it was taken.) */
  async stop(): Promise<{ seen: number; toldAgain: string[] }> {
    this.#stop.abort()
    await this.#watching
    const toldAgain = [...this.#seen].filter(([, ids]) => ids.size > 1).map(([mail]) => mail)
    return { seen: this.#seen.size, toldAgain }
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      // Away while the process is.
      await this.#look().catch(() => {})
      await sleep(LOOK_MS, undefined, { ref: false })
    }
    await this.#look()
  }

  async #look(): Promise<void> {
    const { messages } = (await this.#get('/messages')) as { messages: Array<{ id: string; receivedAt: string }> }
    for (const { id, receivedAt } of messages) {
      if (this.#known.has(`${receivedAt} ${id}`)) continue
      const mail = (await this.#get(`/messages/${id}`)) as { to: string[]; subject: string; messageId: string }
      const told = `${mail.to.join()}: ${mail.subject}`
      this.#known.add(`${receivedAt} ${id}`)
      this.#seen.set(told, (this.#seen.get(told) ?? new Set()).add(mail.messageId))
    }
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`)
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer.json()
  }
}
