import type { NoticeKind } from '../domain/notice-kind.js'

/** One kind's template: what comes between the greeting and the footer, and the subject. */
export interface TemplateContent {
  subject: string
  text: string
  html: string
}

/** A template that a person has edited. */
export interface EditedTemplate {
  kind: NoticeKind
  version: number
  content: TemplateContent
}

export interface TemplateStore {
  /** Those of the kinds that were edited, and not taken back. */
  edited(kinds: readonly NoticeKind[]): Promise<Map<NoticeKind, EditedTemplate>>
}
