import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@reprieve/telemetry'
import Handlebars from 'handlebars'
import type { MailRenderer, RenderedMail } from '../../application/mail-renderer.port.js'
import type { EditedTemplate, TemplateContent, TemplateStore } from '../../application/template-store.port.js'
import type { Notice } from '../../domain/notice.js'
import { NOTICE_KINDS, type NoticeKind } from '../../domain/notice-kind.js'
import { oneLine } from '../../domain/plain-text.js'
import { EMPTY, instant, type MailView, mailView } from './mail-view.js'
import { type TemplateFaultAt, templateFaults } from './template-check.js'
import { sampleFacts, sampleNotice } from './template-samples.js'

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
const MAX_DIGEST_ITEMS = 200

export interface TemplateRendererOptions {
  publicUrl: string
  /** With templates that replace ours; null for none. */
  folder: string | null
  store: TemplateStore
  logger: Pick<Logger, 'warn'>
}

/**
 * Mails from the templates in `templates/`; a file of the same name in an own folder replaces one, and what a person has edited in the
 * product replaces both.
 */
export class TemplateRenderer implements MailRenderer {
  readonly #publicUrl: string
  readonly #store: TemplateStore
  readonly #logger: Pick<Logger, 'warn'>
  readonly #contents: ReadonlyMap<NoticeKind, TemplateContent>
  readonly #kinds: ReadonlyMap<NoticeKind, Templates>
  readonly #digest: Templates
  readonly #layout: Omit<Templates, 'subject'>
  /** The newest of each kind. */
  readonly #edited = new Map<NoticeKind, { version: number; templates: Templates }>()

  /**
   * Reads and tries every template.
   * @throws TemplateFault naming the file
   */
  constructor({ publicUrl, folder, store, logger }: TemplateRendererOptions) {
    this.#publicUrl = publicUrl
    this.#store = store
    this.#logger = logger
    if (folder !== null && !existsSync(folder)) throw new TemplateFault(`${folder}: there is no such folder`)
    const read = (name: string): string => {
      const file = [...(folder === null ? [] : [join(folder, name)]), join(OWN_FOLDER, name)].find(existsSync)
      if (file === undefined) throw new TemplateFault(`${name}: there is no such template`)
      return readFileSync(file, 'utf8')
    }
    this.#layout = {
      text: compile('layout.txt.hbs', read('layout.txt.hbs'), 'text'),
      html: compile('layout.html.hbs', read('layout.html.hbs'), 'html'),
    }
    this.#contents = new Map(NOTICE_KINDS.map((kind) => [kind, contentIn(fileOf(kind), read)]))
    this.#kinds = new Map([...this.#contents].map(([kind, content]) => [kind, compileAll(fileOf(kind), content)]))
    this.#digest = compileAll('digest', contentIn('digest', read))
    for (const kind of NOTICE_KINDS) this.#try(kind, this.#of(kind))
    const sample = sampleNotice('became_active')
    attempt('digest.*.hbs or layout.*.hbs', () => this.#writeDigest([sample], ['Sample'], 'Sample'))
  }

  async render(notice: Notice, recipientName: string): Promise<RenderedMail> {
    const edited = (await this.#store.edited([notice.kind])).get(notice.kind)
    return this.#orOwn(notice.kind, edited, (templates) => this.#write(templates, notice, recipientName))
  }

  async renderDigest(notices: readonly Notice[], recipientName: string): Promise<RenderedMail> {
    return this.#writeDigest(notices, await this.titles(notices), recipientName)
  }

  async titles(notices: readonly Notice[]): Promise<string[]> {
    const edited = await this.#store.edited([...new Set(notices.map(({ kind }) => kind))])
    return notices.map((notice) =>
      this.#orOwn(notice.kind, edited.get(notice.kind), ({ subject }) =>
        headline(subject, mailView(notice, '', this.#publicUrl)),
      ),
    )
  }

  /** The product's own template of a kind, or the one in the installation's folder. */
  content(kind: NoticeKind): TemplateContent {
    const content = this.#contents.get(kind)
    if (content === undefined) throw new TemplateFault(`${kind}: there is no such kind of notice`)
    return content
  }

  /** What is wrong in a template that somebody has written, each with the part it is in; nothing where it can be used. */
  faults(kind: NoticeKind, content: TemplateContent): Array<TemplateFaultAt & { part: keyof TemplateContent }> {
    const found = (['subject', 'text', 'html'] as const).flatMap((part) =>
      templateFaults(content[part], part === 'html' ? 'html' : 'text').map((fault) => ({ ...fault, part })),
    )
    if (found.length > 0) return found
    // What the check passes works; if it does not after all, better here than with a mail.
    try {
      this.#try(kind, compileAll(kind, content))
      return []
    } catch (error) {
      return [{ part: 'text', line: 1, column: 1, detail: (error as Error).message.slice(0, 300) }]
    }
  }

  /** A mail as it would look, of something made up. @param content without faults */
  preview(kind: NoticeKind, content: TemplateContent): RenderedMail {
    return this.#write(compileAll(kind, content), sampleNotice(kind), 'Sofia Marin')
  }

  #write({ subject, text, html }: Templates, notice: Notice, recipientName: string): RenderedMail {
    const view = mailView(notice, recipientName, this.#publicUrl)
    const title = headline(subject, view)
    return this.#inLayout({ ...view, title }, title, text(view), html(view))
  }

  #writeDigest(notices: readonly Notice[], titles: readonly string[], recipientName: string): RenderedMail {
    const items = notices.slice(0, MAX_DIGEST_ITEMS).map((notice, index) => ({
      title: titles[index] ?? '',
      at: instant(notice.at),
      link: mailView(notice, '', this.#publicUrl).link,
    }))
    const home = this.#publicUrl
    const view = {
      ...EMPTY,
      recipientName: oneLine(recipientName, 100),
      at: '',
      home,
      link: `${home}/notifications`,
      items,
      count: String(notices.length),
      one: notices.length === 1,
    }
    const { subject, text, html } = this.#digest
    const title = oneLine(subject(view), MAX_SUBJECT)
    return this.#inLayout({ ...view, title }, title, text(view), html(view))
  }

  #inLayout(view: object, subject: string, text: string, html: string): RenderedMail {
    return {
      subject,
      text: this.#layout.text({ ...view, body: text.trim() }),
      html: this.#layout.html({ ...view, body: html.trim() }),
    }
  }

  #of(kind: NoticeKind): Templates {
    const templates = this.#kinds.get(kind)
    if (templates === undefined) throw new TemplateFault(`${kind}: there is no such kind of notice`)
    return templates
  }

  /** With the edited template, or with our own where that one works no more: nobody goes without a mail for a template's sake. */
  #orOwn<T>(kind: NoticeKind, edited: EditedTemplate | undefined, write: (templates: Templates) => T): T {
    if (edited === undefined) return write(this.#of(kind))
    try {
      return write(this.#compiled(edited))
    } catch (err) {
      this.#logger.warn({ err, kind, version: edited.version }, 'an edited mail template does not work; ours is used')
      return write(this.#of(kind))
    }
  }

  #compiled({ kind, version, content }: EditedTemplate): Templates {
    const known = this.#edited.get(kind)
    if (known?.version === version) return known.templates
    const templates = compileAll(kind, content)
    this.#edited.set(kind, { version, templates })
    return templates
  }

  #try(kind: NoticeKind, templates: Templates): void {
    for (const facts of sampleFacts(kind)) {
      attempt(`${fileOf(kind)}.*.hbs or layout.*.hbs`, () =>
        this.#write(templates, { ...sampleNotice(kind), facts }, 'Sample'),
      )
    }
  }
}

const fileOf = (kind: NoticeKind): string => kind.replaceAll('_', '-')

// A header takes one line, whatever a template makes of it.
const headline = (subject: Template, view: MailView): string => oneLine(subject(view), MAX_SUBJECT)

function contentIn(file: string, read: (name: string) => string): TemplateContent {
  const name = `${file}.txt.hbs`
  const [, subject, text] = /^Subject: *(.+?) *\r?\n\r?\n([\s\S]*)$/.exec(read(name)) ?? []
  if (subject === undefined || text === undefined) {
    throw new TemplateFault(`${name}: it must begin with a line "Subject: …" and an empty line`)
  }
  return { subject, text, html: read(`${file}.html.hbs`) }
}

const compileAll = (file: string, { subject, text, html }: TemplateContent): Templates => ({
  subject: compile(`${file}.txt.hbs`, subject, 'text'),
  text: compile(`${file}.txt.hbs`, text, 'text'),
  html: compile(`${file}.html.hbs`, html, 'html'),
})

function compile(name: string, source: string, form: 'text' | 'html'): Template {
  const template = Handlebars.create().compile(source, {
    noEscape: form === 'text',
    // A name that is mistyped is a fault, not an empty place in a mail.
    strict: true,
    knownHelpersOnly: true,
  })
  return (view) => attempt(name, () => template(view))
}

function attempt<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof TemplateFault) throw error
    throw new TemplateFault(`${name}: ${(error as Error).message}`, { cause: error })
  }
}
