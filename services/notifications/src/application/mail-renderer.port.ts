import type { Notice } from '../domain/notice.js'

export interface RenderedMail {
  subject: string
  text: string
  html: string
}

export interface MailRenderer {
  render(notice: Notice, recipientName: string): Promise<RenderedMail>
  /** One mail of several notices. */
  renderDigest(notices: readonly Notice[], recipientName: string): Promise<RenderedMail>
  /** The subjects alone: each notice in one line. */
  titles(notices: readonly Notice[]): Promise<string[]>
}
