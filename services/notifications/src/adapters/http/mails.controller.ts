import { Controller, Inject } from '@nestjs/common'
import { Route, type RouteInput } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import { PEOPLE } from '@reprieve/service-host'
import { MailList } from '../postgres/mail-list.js'
import { listMails } from './mails.routes.js'

@Controller()
export class MailsController {
  constructor(
    @Inject(MailList) private readonly mails: MailList,
    @Inject(PEOPLE) private readonly people: People,
  ) {}

  @Route(listMails)
  async list({ query }: RouteInput<typeof listMails>) {
    const { status, recipientId, exceptionId, kind, createdAfter, ...page } = query
    const { items, ...rest } = await this.mails.list({ status, recipientId, exceptionId, kind, createdAfter }, page)
    const names = await this.people.names(items.map((mail) => mail.recipientId))
    return {
      ...rest,
      items: items.map(({ recipientId: id, createdAt, dueAt, finishedAt, ...mail }) => ({
        ...mail,
        recipient: { id, name: names.get(id) ?? id },
        createdAt: createdAt.toISOString(),
        dueAt: dueAt.toISOString(),
        finishedAt: finishedAt?.toISOString() ?? null,
      })),
    }
  }
}
