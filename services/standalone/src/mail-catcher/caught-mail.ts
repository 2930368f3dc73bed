import PostalMime, { type Address } from 'postal-mime'

export interface MailSummary {
  id: string
  receivedAt: string
  from: string
  /** The envelope's: who it was really for. */
  to: readonly string[]
  subject: string
  /** The beginning of the text. */
  snippet: string
  /** As sent. */
  bytes: number
}

export interface MailDetails extends MailSummary {
  text: string
  html: string | null
  messageId: string | null
  inReplyTo: string | null
  attachments: ReadonlyArray<{ name: string; type: string }>
}

export interface CaughtMail {
  summary: MailSummary
  raw: Buffer
}

// A page shows text of this size without effort; the source has the rest.
const MAX_SHOWN = 512 * 1024
const SNIPPET = 140

/** What is shown of a mail. One that cannot be read is shown as it came. */
export async function readMail(
  id: string,
  receivedAt: string,
  to: readonly string[],
  raw: Buffer,
): Promise<MailDetails> {
  const envelope = { id, receivedAt, to, bytes: raw.length }
  try {
    const mail = await PostalMime.parse(raw)
    const text = (mail.text ?? '').slice(0, MAX_SHOWN)
    return {
      ...envelope,
      from: address(mail.from),
      subject: mail.subject || '(no subject)',
      snippet: text
        .slice(0, 2 * SNIPPET)
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, SNIPPET),
      text,
      html: mail.html === undefined ? null : mail.html.slice(0, MAX_SHOWN),
      messageId: mail.messageId ?? null,
      inReplyTo: mail.inReplyTo ?? null,
      attachments: mail.attachments.map(({ filename, mimeType }) => ({ name: filename ?? 'no name', type: mimeType })),
    }
  } catch (error) {
    return {
      ...envelope,
      from: '',
      subject: '(cannot be read)',
      snippet: (error as Error).message,
      text: raw.toString('utf8', 0, MAX_SHOWN),
      html: null,
      messageId: null,
      inReplyTo: null,
      attachments: [],
    }
  }
}

export function summaryOf({ id, receivedAt, from, to, subject, snippet, bytes }: MailDetails): MailSummary {
  return { id, receivedAt, from, to, subject, snippet, bytes }
}

function address(from: Address | undefined): string {
  if (from?.address === undefined) return from?.name ?? ''
  return from.name ? `${from.name} <${from.address}>` : from.address
}
