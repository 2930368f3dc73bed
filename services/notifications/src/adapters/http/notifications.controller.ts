import { Controller, Inject } from '@nestjs/common'
import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { CLOCK, WRITES } from '@reprieve/service-host'
import type { MailRenderer } from '../../application/mail-renderer.port.js'
import { NoticeList } from '../postgres/notice-list.js'
import type { NotificationsTables } from '../postgres/tables.js'
import { MAIL_RENDERER } from '../tokens.js'
import { listNotifications, markNotifications } from './notifications.routes.js'

@Controller()
export class NotificationsController {
  readonly #notices: NoticeList
  readonly #renderer: MailRenderer
  readonly #writes: WriteTransactions<NotificationsTables>
  readonly #clock: Clock

  constructor(
    @Inject(NoticeList) notices: NoticeList,
    @Inject(MAIL_RENDERER) renderer: MailRenderer,
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
    refuseUnlessOwner(principal)
    const { unread, ...page } = query
    const list = await this.#notices.of(principal.id, unread, page)
    return {
      ...list,
      items: list.items.map(({ notice, readAt }) => ({
        id: notice.id,
        kind: notice.kind,
        exceptionId: notice.exceptionId,
        title: this.#renderer.title(notice),
        at: notice.at.toISOString(),
        readAt: readAt?.toISOString() ?? null,
      })),
    }
  }

  @Route(markNotifications)
  async mark(input: RouteInput<typeof markNotifications>) {
    const { principal, body } = input
    refuseUnlessOwner(principal)
    return await this.#writes.run(input, async (tx) => {
      const changed = await this.#notices.mark(tx, principal.id, body.ids, body.read ? this.#clock.now() : null)
      return { status: 200, body: { changed } }
    })
  }
}

/** @throws Problem NOT_ALLOWED for a token with permissions of its own: it does not speak for its owner in this */
function refuseUnlessOwner(principal: Principal): void {
  if (can(principal, 'notice.read', { ownerId: principal.id })) return
  throw new Problem('NOT_ALLOWED', 'A token with permissions of its own does not read its owner’s messages. Sign in.')
}
