import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars'
import type { MailRenderer, RenderedMail } from '../../application/mail-renderer.port.js'
import type { Notice, NoticeFacts } from '../../domain/notice.js'
import { NOTICE_KINDS, type NoticeKind } from '../../domain/notice-kind.js'
import { oneLine } from '../../domain/plain-text.js'
import { type MailView, mailView } from './mail-view.js'

/** A template that cannot be read or used, found at start and not with the first mail. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault'
}

type Template = (view: object) => string

interface Templates {
  subject: Template
  text: Template
  html: Template
}

const OWN_FOLDER = fileURLToPath(new URL('../../../templates/', import.meta.url))
const MAX_SUBJECT = 180

/** Mails from the templates in `templates/`; a file of the same name in an own folder replaces one. */
export class TemplateRenderer implements MailRenderer {
  readonly #publicUrl: string
  readonly #kinds: ReadonlyMap<NoticeKind, Templates>
  readonly #layout: Omit<Templates, 'subject'>

  /**
   * Reads and tries every template.
   * @param folder with templates that replace ours; null for none
   * @throws TemplateFault naming the file
   */
  constructor(publicUrl: string, folder: string | null) {
    this.#publicUrl = publicUrl
    if (folder !== null && !existsSync(folder)) throw new TemplateFault(`${folder}: there is no such folder`)
    const read = (name: string): string => {
      const file = [...(folder === null ? [] : [join(folder, name)]), join(OWN_FOLDER, name)].find(existsSync)
      if (file === undefined) throw new TemplateFault(`${name}: there is no such template`)
      return readFileSync(file, 'utf8')
    }
    this.#layout = { text: compile('layout.txt.hbs', read, 'text'), html: compile('layout.html.hbs', read, 'html') }
    this.#kinds = new Map(NOTICE_KINDS.map((kind) => [kind, readKind(kind, read)]))
    for (const kind of NOTICE_KINDS) for (const facts of SAMPLES) this.#try(kind, facts)
  }

  render(notice: Notice, recipientName: string): RenderedMail {
    const view = mailView(notice, recipientName, this.#publicUrl)
    const { subject, text, html } = this.#of(notice.kind)
    const title = headline(subject, view)
    return {
      subject: title,
      text: this.#layout.text({ ...view, title, body: text(view).trim() }),
      html: this.#layout.html({ ...view, title, body: html(view).trim() }),
    }
  }

  title(notice: Pick<Notice, 'kind' | 'facts' | 'at' | 'exceptionId'>): string {
    return headline(this.#of(notice.kind).subject, mailView(notice, '', this.#publicUrl))
  }

  #of(kind: NoticeKind): Templates {
    const templates = this.#kinds.get(kind)
    if (templates === undefined) throw new TemplateFault(`${kind}: there is no such kind of notice`)
    return templates
  }

  #try(kind: NoticeKind, facts: NoticeFacts): void {
    const sample = { kind, facts, at: new Date(0), exceptionId: 'sample', id: 'sample', recipientId: 'sample' }
    try {
      this.render({ ...sample, version: { incarnation: 0, n: 1 } }, 'Sample')
    } catch (error) {
      if (error instanceof TemplateFault) throw error
      throw new TemplateFault(`${fileOf(kind)}.*.hbs or layout.*.hbs: ${(error as Error).message}`, { cause: error })
    }
  }
}

const fileOf = (kind: NoticeKind): string => kind.replaceAll('_', '-')

// A header takes one line, whatever a template makes of it.
const headline = (subject: Template, view: MailView): string => oneLine(subject(view), MAX_SUBJECT)

function readKind(kind: NoticeKind, read: (name: string) => string): Templates {
  const name = `${fileOf(kind)}.txt.hbs`
  const [, subject, text] = /^Subject: *(.+?) *\r?\n\r?\n([\s\S]*)$/.exec(read(name)) ?? []
  if (subject === undefined || text === undefined) {
    throw new TemplateFault(`${name}: it must begin with a line "Subject: …" and an empty line`)
  }
  return {
    subject: compile(name, () => subject, 'text'),
    text: compile(name, () => text, 'text'),
    html: compile(`${fileOf(kind)}.html.hbs`, read, 'html'),
  }
}

function compile(name: string, read: (name: string) => string, form: 'text' | 'html'): Template {
  const template = Handlebars.create().compile(read(name), {
    noEscape: form === 'text',
    // A name that is mistyped is a fault, not an empty place in a mail.
    strict: true,
    knownHelpersOnly: true,
  })
  return (view) => {
    try {
      return template(view)
    } catch (error) {
      throw new TemplateFault(`${name}: ${(error as Error).message}`, { cause: error })
    }
  }
}

const PLAIN: NoticeFacts = {
  exceptionName: 'Sample',
  requesterName: 'Sample',
  forRequester: true,
  bySelf: true,
  autoPilot: true,
  byName: null,
  reason: null,
  step: null,
  steps: 0,
  waitingForName: null,
  toName: null,
  justification: null,
  expiresAt: null,
  expiresAfterDays: null,
  appliedSince: null,
}

// Between them they take every way through a template.
const SAMPLES: readonly NoticeFacts[] = [
  PLAIN,
  { ...PLAIN, forRequester: false, bySelf: false, autoPilot: false },
  { ...PLAIN, bySelf: false, autoPilot: false, steps: 1, step: 1, byName: 'Sample', waitingForName: 'Sample' },
  {
    ...PLAIN,
    forRequester: false,
    bySelf: false,
    autoPilot: false,
    byName: 'Sample',
    reason: 'Sample',
    step: 1,
    steps: 2,
    waitingForName: 'Sample',
    toName: 'Sample',
    justification: 'Sample',
    expiresAfterDays: 30,
    appliedSince: '2026-01-01T00:00:00Z',
  },
]
