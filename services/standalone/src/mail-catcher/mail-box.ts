import { type CaughtMail, type MailDetails, type MailSummary, readMail, summaryOf } from './caught-mail.js'

export interface MailBoxLimits {
  mails: number
  bytes: number
}

/** The newest mails, in memory. The oldest go when there are too many or they are too large together. */
export class MailBox {
  readonly #limits: MailBoxLimits
  // Oldest first: a Map keeps the order in which keys came.
  readonly #mails = new Map<string, CaughtMail>()
  #bytes = 0
  #received = 0

  constructor(limits: MailBoxLimits = { mails: 500, bytes: 64 * 1024 * 1024 }) {
    this.#limits = limits
  }

  /** Changes with every mail that comes or goes. */
  revision(): string {
    return `${this.#received}-${this.#mails.size}`
  }

  async add(to: readonly string[], raw: Buffer): Promise<MailSummary> {
    this.#received++
    const id = String(this.#received)
    const summary = summaryOf(await readMail(id, new Date().toISOString(), to, raw))
    this.#mails.set(id, { summary, raw })
    this.#bytes += raw.length
    for (const [oldest, mail] of this.#mails) {
      if (this.#mails.size <= this.#limits.mails && this.#bytes <= this.#limits.bytes) break
      this.#mails.delete(oldest)
      this.#bytes -= mail.raw.length
    }
    return summary
  }

  /** Newest first. */
  list(): MailSummary[] {
    return [...this.#mails.values()].map(({ summary }) => summary).reverse()
  }

  /** How many have come since the start, kept or not. */
  received(): number {
    return this.#received
  }

  async details(id: string): Promise<MailDetails | null> {
    const mail = this.#mails.get(id)
    return mail === undefined ? null : readMail(id, mail.summary.receivedAt, mail.summary.to, mail.raw)
  }

  raw(id: string): Buffer | null {
    return this.#mails.get(id)?.raw ?? null
  }

  clear(): void {
    this.#mails.clear()
    this.#bytes = 0
  }
}
