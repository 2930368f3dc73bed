import { Controller, Inject } from '@nestjs/common'
import { can } from '@reprieve/auth'
import { type Answer, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { lookUntil } from '@reprieve/people'
import { WRITES } from '@reprieve/service-host'
import { DecideStep } from '../../application/decide-step.js'
import { HandOverStep } from '../../application/hand-over-step.js'
import type { KnownException } from '../../application/known-exceptions.port.js'
import { WithdrawRequest } from '../../application/withdraw-request.js'
import { KnownExceptionsRepository } from '../postgres/known-exceptions.repository.js'
import type { ApprovalsTables } from '../postgres/tables.js'
import { WaitingListRepository } from '../postgres/waiting-list.repository.js'
import { toApprovalView, toWaitingView } from './approval.view.js'
import { decideRoute, handOverRoute, takersRoute, waitingRoute, withdrawRoute } from './approvals.routes.js'

@Controller()
export class ApprovalsController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<ApprovalsTables>,
    @Inject(KnownExceptionsRepository) private readonly exceptions: KnownExceptionsRepository,
    @Inject(WaitingListRepository) private readonly waitingList: WaitingListRepository,
    @Inject(DecideStep) private readonly decision: DecideStep,
    @Inject(WithdrawRequest) private readonly withdrawal: WithdrawRequest,
    @Inject(HandOverStep) private readonly handOver: HandOverStep,
  ) {}

  @Route(waitingRoute)
  async waiting({ query: { limit, cursor, sort }, principal }: RouteInput<typeof waitingRoute>) {
    // What it lists its caller reads as an approver, which not every token may.
    if (!can(principal, 'exception.read', { requesterId: '', approverIds: [principal.id], decidingId: principal.id })) {
      throw new Problem('NOT_ALLOWED', 'A token with permissions of its own needs exceptions.read for this.')
    }
    const { items, ...rest } = await this.waitingList.page(principal.id, { limit, cursor, sort })
    return { items: items.map(toWaitingView), ...rest }
  }

  @Route(decideRoute)
  async decide(input: RouteInput<typeof decideRoute>): Promise<Answer> {
    const { params, body, principal } = input
    const [exception] = await Promise.all([this.#known(params.exceptionId), this.decision.refuseInactive(principal)])
    const decision = { approve: body.decision === 'approve', comment: body.comment || null, step: body.step ?? null }
    return this.writes.run(input, async (tx) => ({
      status: 200,
      body: toApprovalView(await this.decision.decide(tx, exception.id, principal, decision)),
    }))
  }

  @Route(withdrawRoute)
  async withdraw(input: RouteInput<typeof withdrawRoute>): Promise<Answer> {
    const exception = await this.#known(input.params.id)
    return this.writes.run(input, async (tx) => ({
      status: 200,
      body: toApprovalView(await this.withdrawal.withdraw(tx, exception, input.principal, input.body.reason || null)),
    }))
  }

  @Route(handOverRoute)
  async handOverStep(input: RouteInput<typeof handOverRoute>): Promise<Answer> {
    const { id } = await this.#known(input.params.exceptionId)
    await this.handOver.refuseStrangers(id, input.principal)
    const asked = await this.handOver.prepare(id, input.body)
    return this.writes.run(input, async (tx) => ({
      status: 200,
      body: toApprovalView(await this.handOver.handOver(tx, id, input.principal, asked)),
    }))
  }

  @Route(takersRoute)
  async takers({ params, principal }: RouteInput<typeof takersRoute>) {
    const { id } = await this.#known(params.exceptionId)
    const { candidates, anyone } = await this.handOver.takers(id, params.step, principal)
    return { items: candidates.map(({ id: personId, name }) => ({ id: personId, name })), anyone }
  }

  /** Waits up to 2 s for an exception that was requested a moment ago. */
  async #known(id: string): Promise<KnownException> {
    const exception = await lookUntil(
      () => this.exceptions.find(id),
      (found) => found !== null,
    )
    if (exception === null) throw new Problem('NOT_FOUND', 'There is no such exception.')
    return exception
  }
}
