import { Controller, Inject } from '@nestjs/common'
import { can } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { CLOCK, WRITES } from '@reprieve/service-host'
import type { MailRenderer } from '../../application/mail-renderer.port.js'
import { isOfException, isOfTicket, isOfWebhook } from '../../domain/notice-kind.js'
import { TemplateRenderer } from '../mail/template-renderer.js'
import { NoticeList } from '../postgres/notice-list.js'
import type { NotificationsTables } from '../postgres/tables.js'
import { listNotifications, markNotifications } from './notifications.routes.js'

const notAllowed = () => new Problem('NOT_ALLOWED', 'A token with narrowed permissions does not reach notifications.')

@Controller()
export class NotificationsController {
  readonly #notices: NoticeList
  readonly #renderer: MailRenderer
  readonly #writes: WriteTransactions<NotificationsTables>
  readonly #clock: Clock

  constructor(
    @Inject(NoticeList) notices: NoticeList,
    @Inject(TemplateRenderer) renderer: TemplateRenderer,
    @Inject(WRITES) writes: WriteTransactions<NotificationsTables>,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#notices = notices
    this.#renderer = renderer
    this.#writes = writes
    this.#clock = clock
  }

  @Route(listNotifications)
  async list({ principal, query }: RouteInput<typeof listNotifications>) {
    if (!can(principal, 'notice.read', { ownerId: principal.id })) throw notAllowed()
    const { unread, kind, exceptionId, ...page } = query
    const list = await this.#notices.of(principal.id, { unread, kind, exceptionId }, page)
    const titles = await this.#renderer.titles(list.items.map(({ notice }) => notice))
    return {
      ...list,
      items: list.items.map(({ notice, readAt }, index) => ({
        id: notice.id,
        kind: notice.kind,
        exceptionId: isOfException(notice.kind) ? notice.subjectId : null,
        webhookId: isOfWebhook(notice.kind) ? notice.subjectId : null,
        ticketId: isOfTicket(notice.kind) ? notice.subjectId : null,
        title: titles[index] ?? '',
        at: notice.at.toISOString(),
        readAt: readAt?.toISOString() ?? null,
      })),
      unread: await this.#notices.unread(principal.id),
    }
  }

  @Route(markNotifications)
  async mark(input: RouteInput<typeof markNotifications>) {
    const { principal, body } = input
    if (!can(principal, 'notice.read', { ownerId: principal.id })) throw notAllowed()
    const until = body.until === undefined ? undefined : new Date(body.until)
    const answer = await this.#writes.run(input, async (tx) => {
      const readAt = body.read ? this.#clock.now() : null
      const changed = await this.#notices.mark(tx, principal.id, { ids: body.ids, until }, readAt)
      return { status: 200, body: { changed } }
    })
    // Counted as it is now, also where the answer to the write itself is a kept one.
    return { ...answer, body: { ...(answer.body as object), unread: await this.#notices.unread(principal.id) } }
  }
}
