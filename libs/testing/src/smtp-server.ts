import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'

export interface CapturedMail {
  /** The envelope's. */
  from: string
  to: string[]
  /** As it came over the wire. */
  raw: string
  /** By postal-mime. */
  parsed: Email
}

/** Reads a mail as it came over the wire. */
export const parseMail = (raw: string | Uint8Array): Promise<Email> => PostalMime.parse(raw)

/** What to answer to a command instead of taking it: `RCPT TO` or the mail's data. */
export type Refusal = { code: number; text: string }

export interface SmtpTestServer {
  port: number
  /** `smtp://127.0.0.1:…` */
  url: string
  mails(): readonly CapturedMail[]
  /** Resolves once as many mails as that have come; rejects after the time with those there are. */
  waitForMails(count: number, timeoutMs?: number): Promise<readonly CapturedMail[]>
  /** Asked for every recipient and every mail; null takes it. */
  refuse(at: 'RCPT TO' | 'DATA', answer: (address: string) => Refusal | null): void
  /** Called when a mail has been kept and before the client is told so. */
  beforeAnswer(work: () => Promise<void>): void
  /** Drops every connection and listens no more; the mails stay. */
  stop(): Promise<void>
  /** On the same port. */
  restart(): Promise<void>
}

/** A real SMTP server that keeps what it is given. Ended by `stop`. */
export async function startSmtpServer(): Promise<SmtpTestServer> {
  const mails: CapturedMail[] = []
  const refusals = { 'RCPT TO': (_: string): Refusal | null => null, DATA: (_: string): Refusal | null => null }
  let hold = async (): Promise<void> => {}
  let server: SMTPServer | null = null
  let port = 0

  const keep = async (stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of stream) parts.push(part as Buffer)
    const raw = Buffer.concat(parts)
    const to = envelope.rcptTo.map(({ address }) => address)
    const refusal = refusals.DATA(to[0] ?? '')
    if (refusal !== null) throw failure(refusal)
    mails.push({
      from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
      to,
      raw: raw.toString('utf8'),
      parsed: await parseMail(raw),
    })
    await hold()
  }

  const listen = async (): Promise<void> => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      closeTimeout: 100,
      onRcptTo: ({ address }, _session, answer) => {
        const refusal = refusals['RCPT TO'](address)
        answer(refusal === null ? null : failure(refusal))
      },
      onData: (stream, session, answer) => {
        keep(stream, session).then(() => answer(null), answer)
      },
    })
    // A client that goes away in the middle is part of what is tested.
    server.on('error', () => {})
    const listening = server.listen(port, '127.0.0.1')
    await once(listening, 'listening')
    port = (listening.address() as AddressInfo).port
  }

  const stop = async (): Promise<void> => {
    const stopping = server
    server = null
    if (stopping === null) return
    await new Promise<void>((resolve) => {
      stopping.close(() => resolve())
    })
  }

  await listen()
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails: () => [...mails],
    async waitForMails(count, timeoutMs = 15_000) {
      const deadline = performance.now() + timeoutMs
      while (mails.length < count) {
        if (performance.now() > deadline) {
          const subjects = mails.map(({ parsed }) => parsed.subject).join(', ')
          throw new Error(`waited for ${count} mails, have ${mails.length}: ${subjects}`)
        }
        await sleep(10)
      }
      return [...mails]
    },
    refuse(at, answer) {
      refusals[at] = answer
    },
    beforeAnswer(work) {
      hold = work
    },
    stop,
    restart: listen,
  }
}

const failure = ({ code, text }: Refusal): Error => Object.assign(new Error(text), { responseCode: code })
