import { Controller, Inject } from '@nestjs/common'
import { can } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { type Answer, Problem, Route, type RouteInput } from '@reprieve/http-kit'
import { type Carrier, isSurroundingsFault } from '@reprieve/messaging'
import { CARRIER, CLOCK } from '@reprieve/service-host'
import { ExceptionReader } from '../postgres/exception.reader.js'
import { InstanceReader } from '../postgres/instance.reader.js'
import { InstanceTicketsReader } from '../postgres/instance-tickets.reader.js'
import { SummaryReader } from '../postgres/summary.reader.js'
import { SummaryHistory } from '../postgres/summary-history.js'
import { toInstanceView } from './instance.view.js'
import {
  listExceptionInstances,
  listInstances,
  listInstanceTickets,
  publishInstances,
  readCoverage,
  readInstance,
  summary,
  summaryHistory,
} from './instances.routes.js'
import { parseQuery } from './parse-query.js'
import { publishLines } from './publish-lines.js'
import { packingOf, unpacked } from './unpacked-body.js'

const MAX_UNPACKED_BYTES = 256 * 1024 * 1024

const unknownInstance = () => new Problem('NOT_FOUND', 'There is no such instance.')

@Controller()
export class InstancesController {
  constructor(
    @Inject(CARRIER) private readonly carrier: Carrier,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(InstanceReader) private readonly instances: InstanceReader,
    @Inject(ExceptionReader) private readonly exceptions: ExceptionReader,
    @Inject(InstanceTicketsReader) private readonly tickets: InstanceTicketsReader,
    @Inject(SummaryReader) private readonly summaries: SummaryReader,
    @Inject(SummaryHistory) private readonly history: SummaryHistory,
  ) {}

  @Route(listInstances)
  async list({ query }: RouteInput<typeof listInstances>) {
    const { filter, coverage, status, asOf, ...page } = query
    const at = asOf === undefined ? undefined : new Date(asOf)
    const { items, ...rest } = await this.instances.page({ query: filterOf(filter), coverage, status, asOf: at }, page)
    return { items: items.map(toInstanceView), ...rest }
  }

  @Route(listExceptionInstances)
  async listOfException({ params, query, principal }: RouteInput<typeof listExceptionInstances>) {
    const exception = await this.exceptions.waitFor(params.id)
    if (exception === null) throw new Problem('NOT_FOUND', 'There is no such exception.')
    if (!can(principal, 'exception.read', { ...exception, decidingId: null })) {
      throw new Problem('NOT_ALLOWED', 'Only its requester, its approvers and who may read all exceptions see this.')
    }
    const { filter, coverage, status, asOf, ...page } = query
    const { items, ...rest } = await this.instances.page(
      {
        query: filterOf(filter),
        coverage,
        status,
        memberOf: exception.membersAt(asOf === undefined ? null : new Date(asOf)),
      },
      page,
    )
    return { items: items.map(toInstanceView), ...rest }
  }

  @Route(readInstance)
  async read({ params }: RouteInput<typeof readInstance>) {
    const instance = await this.instances.find(params.id)
    if (instance === null) throw unknownInstance()
    return { ...toInstanceView(instance), asOf: instance.asOf }
  }

  @Route(readCoverage)
  async coverage({ params, query }: RouteInput<typeof readCoverage>): Promise<Answer> {
    const asOf = query.asOf === undefined ? undefined : new Date(query.asOf)
    const coverage = await this.instances.coverage(params.id, asOf)
    if (coverage === null) throw unknownInstance()
    return {
      status: 200,
      body: coverage.items,
      ...(coverage.asOf === null ? {} : { headers: { 'coverage-as-of': coverage.asOf.toISOString() } }),
    }
  }

  @Route(listInstanceTickets)
  async ticketsOf({ params }: RouteInput<typeof listInstanceTickets>) {
    const found = await this.tickets.read(params.id)
    if (found === null) throw unknownInstance()
    return { items: found.map((ticketId) => ({ ticketId })) }
  }

  @Route(summary)
  async summarise({ query }: RouteInput<typeof summary>) {
    return await this.summaries.read(filterOf(query.filter))
  }

  @Route(summaryHistory)
  async summariseHistory({ query }: RouteInput<typeof summaryHistory>) {
    return { items: await this.history.read(query.days, query.step) }
  }

  @Route(publishInstances)
  async publish({ body, request }: RouteInput<typeof publishInstances>) {
    const packing = packingOf(request.headers['content-encoding'])
    try {
      return await publishLines(unpacked(body, packing, MAX_UNPACKED_BYTES), this.carrier, this.clock.now())
    } catch (error) {
      if (!isSurroundingsFault(error)) throw error
      throw new Problem(
        'TRY_AGAIN',
        'Events cannot be published at the moment; some lines may be on their way. Send all of them again.',
        {
          headers: { 'retry-after': '5' },
          cause: error,
        },
      )
    }
  }
}

const filterOf = (filter: string | undefined) => (filter === undefined ? null : parseQuery(filter, '/filter', 'filter'))
