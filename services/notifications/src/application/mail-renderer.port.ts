import type { Notice } from '../domain/notice.js'

export interface RenderedMail {
  subject: string
  text: string
  html: string
}

export interface MailRenderer {
  render(notice: Notice, recipientName: string): RenderedMail
  /** The subject alone: the notice in one line. */
  title(notice: Pick<Notice, 'kind' | 'facts' | 'at' | 'exceptionId'>): string
}
