import { Controller, Inject } from '@nestjs/common'
import { Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { DeadLetterService } from '../../application/dead-letter.service.js'
import type { DeadLetter, WholeDeadLetter } from '../../domain/dead-letter.js'
import { DeadLetterRepository } from '../postgres/dead-letter.repository.js'
import type { AuditTables } from '../postgres/tables.js'
import { TAKEN_IN } from '../tokens.js'
import { discardDeadLetter, listDeadLetters, readDeadLetter, redriveDeadLetter } from './dead-letters.routes.js'
import { bodyView, headersView, keyView } from './record-view.js'

@Controller()
export class DeadLettersController {
  constructor(
    @Inject(DeadLetterRepository) private readonly letters: DeadLetterRepository,
    @Inject(DeadLetterService) private readonly service: DeadLetterService,
    @Inject(WRITES) private readonly writes: WriteTransactions<AuditTables>,
    @Inject(TAKEN_IN) private readonly takenIn: () => void,
  ) {}

  @Route(listDeadLetters)
  async list({ query }: RouteInput<typeof listDeadLetters>) {
    const { topic, service, state, ...page } = query
    const { items, ...rest } = await this.letters.list({ topics: topic, services: service, states: state }, page)
    return { items: items.map(toSummary), ...rest }
  }

  @Route(readDeadLetter)
  async read({ params }: RouteInput<typeof readDeadLetter>) {
    const letter = await this.letters.find(params.id)
    if (letter === null) throw new Problem('NOT_FOUND', 'There is no such dead letter.')
    return toWhole(letter)
  }

  @Route(redriveDeadLetter)
  async redrive(input: RouteInput<typeof redriveDeadLetter>) {
    const answer = await this.writes.run(input, async (tx) => ({
      status: 202,
      body: toSummary(await this.service.redrive(tx, input.params.id, input.principal)),
    }))
    this.takenIn()
    return answer
  }

  @Route(discardDeadLetter)
  async discard(input: RouteInput<typeof discardDeadLetter>) {
    const answer = await this.writes.run(input, async (tx) => ({
      status: 200,
      body: toSummary(await this.service.discard(tx, input.params.id, input.principal, input.body.reason)),
    }))
    this.takenIn()
    return answer
  }
}

const toSummary = (letter: DeadLetter) => ({
  id: letter.id,
  topic: letter.topic,
  partition: letter.partition,
  offset: letter.offset,
  publishedAt: letter.publishedAt.toISOString(),
  service: letter.service,
  consumer: letter.consumer,
  key: keyView(letter.key),
  bytes: letter.bytes,
  state: letter.state,
  cause: letter.cause,
  failedAt: letter.failedAt.toISOString(),
  firstFailedAt: letter.firstFailedAt.toISOString(),
  failures: letter.failures,
  attempts: letter.attempts,
  redrives: letter.redrives,
  settled: letter.settled === null ? null : { ...letter.settled, at: letter.settled.at.toISOString() },
  traceId: letter.traceId,
})

const toWhole = (letter: WholeDeadLetter) => ({
  ...toSummary(letter),
  headers: headersView(letter.headers),
  body: bodyView(letter.topic, letter.value),
  history: letter.history.map((failure) => ({ ...failure, failedAt: failure.failedAt.toISOString() })),
})
