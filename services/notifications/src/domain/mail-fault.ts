/** What a failed attempt to send means for the mail and for those after it. */
export type MailFault =
  /** The mail server is away, lets nobody in or does not take our sender: no other mail would get through. */
  | 'server'
  /** The server does not take this mail now; later it may. */
  | 'later'
  /** The server will never take this mail. */
  | 'never'

/** What an SMTP client tells of a failure. */
export interface SmtpFailure {
  /** Node's or the client's word for it. */
  code?: string | undefined
  /** The server's reply, where there was one. */
  responseCode?: number | undefined
  /** The command that failed; `API` where nothing was sent. */
  command?: string | undefined
}

// The client's words for a mail that cannot be written down.
const UNSENDABLE = new Set(['EENVELOPE', 'EMESSAGE', 'ESTREAM'])
// The server closes the connection; or the session was in a wrong state; or it wants a sign-in.
const ABOUT_THE_SESSION = new Set([421, 503, 530, 535])

export function mailFault({ code, responseCode, command = '' }: SmtpFailure): MailFault {
  if (responseCode === undefined) return code !== undefined && UNSENDABLE.has(code) ? 'never' : 'server'
  if (ABOUT_THE_SESSION.has(responseCode)) return 'server'
  // The recipient and the content are a mail's own; the greeting, the sign-in and the sender are the same for every mail.
  if (!/^(RCPT TO|DATA)/i.test(command)) return 'server'
  return responseCode >= 500 ? 'never' : 'later'
}
