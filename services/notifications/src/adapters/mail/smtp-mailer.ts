import type { Clock } from '@reprieve/clock'
import type { Secret } from '@reprieve/config'
import { createTransport } from 'nodemailer'
import { type Mail, type Mailer, MailNotSentError } from '../../application/mailer.port.js'
import { mailFault, type SmtpFailure } from '../../domain/mail-fault.js'
import type { MailAddress } from './mail-address.js'

// A server that hangs must not hold a worker for long; together they stay below the time for which a mail is claimed.
const CONNECT_MS = 10_000
const ANSWER_MS = 20_000
const WHOLE_MAIL_MS = 45_000
const CONNECTIONS = 5

export interface SmtpMailerOptions {
  url: Secret
  from: MailAddress
  clock: Clock
}

/** Hands mails to an SMTP server, over a few connections that stay open while there is work. */
export class SmtpMailer implements Mailer {
  readonly #transport
  readonly #from: MailAddress
  readonly #clock: Clock

  constructor({ url, from, clock }: SmtpMailerOptions) {
    this.#from = from
    this.#clock = clock
    this.#transport = createTransport({
      url: url.reveal(),
      pool: true,
      maxConnections: CONNECTIONS,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: ANSWER_MS,
      dnsTimeout: CONNECT_MS,
      // Nothing in a mail is ever read from a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    // A connection that breaks while idle has nobody to tell; the next mail takes another.
    this.#transport.on('error', () => {})
  }

  async send(mail: Mail): Promise<string> {
    const { domain } = this.#from
    const thread = mail.thread === null ? null : `<${mail.thread}@${domain}>`
    return await attempt(async () => {
      const { response } = await this.#transport.sendMail({
        from: { name: this.#from.name, address: this.#from.address },
        to: { name: mail.to.name, address: mail.to.address },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        date: this.#clock.now(),
        messageId: `<${mail.id}@${domain}>`,
        // All mails of one exception answer one that was never sent: so they thread for everyone, whichever of them they got first.
        ...(thread === null ? {} : { inReplyTo: thread, references: [thread] }),
        headers: {
          // No out-of-office answers (RFC 3834, and what Exchange has instead).
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
        },
        signal: AbortSignal.timeout(WHOLE_MAIL_MS),
      })
      return response
    })
  }

  async verify(): Promise<void> {
    await attempt(async () => {
      await this.#transport.verify()
    })
  }

  close(): void {
    this.#transport.close()
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // The server's own words; nodemailer puts no password in them.
    throw new MailNotSentError(mailFault(error as SmtpFailure), (error as Error).message, { cause: error })
  }
}
