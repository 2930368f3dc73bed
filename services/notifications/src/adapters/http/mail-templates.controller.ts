import { Controller, Inject } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import {
  type Answer,
  etagOf,
  Problem,
  Route,
  type RouteInput,
  requireMatch,
  type WriteTransactions,
} from '@reprieve/http-kit'
import { CLOCK, WRITES } from '@reprieve/service-host'
import { OperatorsJournal } from '../../application/operators-journal.js'
import type { TemplateContent } from '../../application/template-store.port.js'
import { NOTICE_KINDS, type NoticeKind } from '../../domain/notice-kind.js'
import { TEMPLATE_FIELDS } from '../mail/template-fields.js'
import { TemplateRenderer } from '../mail/template-renderer.js'
import type { NotificationsTables, Tx } from '../postgres/tables.js'
import { type KeptTemplate, TemplateRepository } from '../postgres/template.repository.js'
import {
  deleteMailTemplate,
  getMailTemplate,
  listMailTemplates,
  previewMailTemplate,
  putMailTemplate,
} from './mail-templates.routes.js'

@Controller()
export class MailTemplatesController {
  constructor(
    @Inject(TemplateRepository) private readonly templates: TemplateRepository,
    @Inject(TemplateRenderer) private readonly renderer: TemplateRenderer,
    @Inject(OperatorsJournal) private readonly journal: OperatorsJournal,
    @Inject(WRITES) private readonly writes: WriteTransactions<NotificationsTables>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Route(listMailTemplates)
  async list() {
    const kept = await this.templates.all()
    return {
      items: NOTICE_KINDS.map((kind) => this.#toAnswer(kind, kept.get(kind) ?? null)),
      fields: [...TEMPLATE_FIELDS],
    }
  }

  @Route(getMailTemplate)
  async get({ params }: RouteInput<typeof getMailTemplate>): Promise<Answer> {
    return this.#answer(params.kind, await this.templates.find(params.kind))
  }

  @Route(putMailTemplate)
  async put(input: RouteInput<typeof putMailTemplate>) {
    const { kind } = input.params
    const { subject, text, html } = input.body
    const content = { subject, text, html }
    this.#check(kind, content)
    return await this.#save(input, content, (kept) => this.#answer(kind, kept))
  }

  @Route(deleteMailTemplate)
  async delete(input: RouteInput<typeof deleteMailTemplate>) {
    return await this.writes.run(input, async (tx) => {
      const kept = await this.templates.lock(tx, input.params.kind)
      if (kept !== null && kept.content !== null) await this.#keep(tx, this.#next(input, kept, null))
      return { status: 204 }
    })
  }

  @Route(previewMailTemplate)
  async preview({ params, body }: RouteInput<typeof previewMailTemplate>) {
    const now = this.#content(params.kind, await this.templates.find(params.kind))
    const content = { subject: body.subject ?? now.subject, text: body.text ?? now.text, html: body.html ?? now.html }
    this.#check(params.kind, content)
    return this.renderer.preview(params.kind, content)
  }

  async #save(
    input: RouteInput<typeof putMailTemplate>,
    content: TemplateContent,
    answer: (kept: KeptTemplate) => Answer,
  ) {
    return await this.writes.run(input, async (tx) => {
      const kept = await this.templates.lock(tx, input.params.kind)
      requireMatch(input.ifMatch, etagOf(kept?.version ?? 0))
      const next = this.#next(input, kept, content)
      await this.#keep(tx, next)
      return answer(next)
    })
  }

  async #keep(tx: Tx, next: KeptTemplate): Promise<void> {
    await this.templates.save(tx, next)
    await this.journal.mailTemplate(tx, { by: next.editedBy, at: next.editedAt }, next)
  }

  #next(
    { params, principal }: Pick<RouteInput<typeof deleteMailTemplate>, 'params' | 'principal'>,
    kept: KeptTemplate | null,
    content: TemplateContent | null,
  ): KeptTemplate {
    return {
      kind: params.kind,
      version: (kept?.version ?? 0) + 1,
      content,
      editedAt: this.clock.now(),
      editedBy: { id: principal.id, name: principal.name },
    }
  }

  /** @throws Problem TEMPLATE_INVALID with every fault */
  #check(kind: NoticeKind, content: TemplateContent): void {
    const faults = this.renderer.faults(kind, content)
    if (faults.length === 0) return
    throw new Problem('TEMPLATE_INVALID', 'The template cannot be used.', {
      errors: faults.map(({ part, ...fault }) => ({ pointer: `/${part}`, ...fault })),
    })
  }

  #content = (kind: NoticeKind, kept: KeptTemplate | null): TemplateContent =>
    kept?.content ?? this.renderer.content(kind)

  #toAnswer(kind: NoticeKind, kept: KeptTemplate | null) {
    return {
      kind,
      ...this.#content(kind, kept),
      edited: kept === null || kept.content === null ? null : { at: kept.editedAt.toISOString(), by: kept.editedBy },
    }
  }

  #answer(kind: NoticeKind, kept: KeptTemplate | null): Answer {
    return { status: 200, body: this.#toAnswer(kind, kept), headers: { etag: etagOf(kept?.version ?? 0) } }
  }
}
