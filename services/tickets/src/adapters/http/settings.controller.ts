import { Controller, Inject } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import {
  type Answer,
  asBoundedCount,
  etagOf,
  Problem,
  Route,
  type RouteInput,
  requireMatch,
  type WriteTransactions,
} from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import { CLOCK, DATABASE, PEOPLE, type RepeatedWork, WRITES } from '@reprieve/service-host'
import { ApplyPolicy } from '../../application/apply-policy.js'
import { ChooseReviewer } from '../../application/choose-reviewer.js'
import type { Versioned } from '../../application/settings.port.js'
import { SettingsService } from '../../application/settings.service.js'
import { POLICY_SWEEP } from '../../tokens.js'
import type { TicketsTables } from '../postgres/tables.js'
import { TicketsRepository } from '../postgres/tickets.repository.js'
import {
  readDueDates,
  readExceptionSettings,
  saveDueDates,
  saveExceptionSettings,
  tryReviewers,
} from './settings.routes.js'

const answer = ({ version, settings }: Versioned<object>): Answer => ({
  status: 200,
  body: { ...settings, version },
  headers: { etag: etagOf(version) },
})

@Controller()
export class SettingsController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<TicketsTables>,
    @Inject(DATABASE) private readonly database: Database<TicketsTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PEOPLE) private readonly people: People,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(ApplyPolicy) private readonly policy: ApplyPolicy,
    @Inject(ChooseReviewer) private readonly reviewers: ChooseReviewer,
    @Inject(TicketsRepository) private readonly tickets: TicketsRepository,
    @Inject(POLICY_SWEEP) private readonly sweep: RepeatedWork,
  ) {}

  @Route(readExceptionSettings)
  async readExceptions(_input: RouteInput<typeof readExceptionSettings>) {
    return answer(await this.settings.exceptions())
  }

  @Route(saveExceptionSettings)
  async saveExceptions(input: RouteInput<typeof saveExceptionSettings>) {
    const { version: _, ...settings } = input.body
    await this.settings.check(settings)
    return this.writes.run(input, async (tx) =>
      answer(await this.settings.saveExceptions(tx, settings, input.ifMatch, input.principal)),
    )
  }

  @Route(tryReviewers)
  async tryReviewers({ body }: RouteInput<typeof tryReviewers>) {
    const { ticketId, requesterId, proposedDueDate, useCase = null } = body
    const [record, requester, { settings }] = await Promise.all([
      this.tickets.find(ticketId),
      this.people.waitForUser(requesterId),
      this.settings.exceptions(),
    ])
    if (record === null) throw new Problem('NOT_FOUND', 'There is no such ticket.')
    if (requester === null) {
      const detail = 'There is no such user.'
      throw new Problem('USER_UNKNOWN', detail, { errors: [{ pointer: '/requesterId', detail }] })
    }
    const asked = { requester, proposedDueDate, useCase }
    const found = await this.reviewers.among(settings, record, asked, this.clock.now())
    const reviewer = found === null ? undefined : await this.reviewers.choose(found, this.database.db)
    if (found === null || reviewer === undefined) {
      throw new Problem('NO_REVIEWER', 'No rule holds, or each reviewer is inactive or is the requester.')
    }
    return { reviewer, rule: found.rule }
  }

  @Route(readDueDates)
  async readDueDates(_input: RouteInput<typeof readDueDates>) {
    return answer(await this.settings.dueDates())
  }

  @Route(saveDueDates)
  async saveDueDates(input: RouteInput<typeof saveDueDates>): Promise<Answer> {
    const { version: _, ...policy } = input.body
    const { version } = await this.settings.dueDates()
    if (input.query.dryRun === true) {
      const { tickets, count } = await this.policy.trial(policy, version + 1)
      return { status: 200, body: { ...policy, version, wouldMove: { count: asBoundedCount(count), tickets } } }
    }
    requireMatch(input.ifMatch, etagOf(version))
    const saved = await this.writes.run(input, async (tx) =>
      answer(await this.settings.saveDueDates(tx, policy, input.ifMatch, input.principal)),
    )
    this.sweep.wake()
    return saved
  }
}
