import type { MailFault } from '../domain/mail-fault.js'

export interface Mail {
  /** Makes the Message-ID, which is the same however often the mail is sent. */
  id: string
  /** Mails of one thing are one thread: `exception-…`. Null for one that belongs to none. */
  thread: string | null
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
}

/** A mail that the server did not take. */
export class MailNotSentError extends Error {
  override readonly name = 'MailNotSentError'

  constructor(
    readonly fault: MailFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface Mailer {
  /**
   * Resolves once the mail server has taken it over.
   * @returns the server's answer
   * @throws MailNotSentError
   */
  send(mail: Mail): Promise<string>
  /** Whether the server answers and lets us in. @throws MailNotSentError */
  verify(): Promise<void>
}
