import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { catchError, defer, from, mergeMap, type Observable, of } from 'rxjs'
import { applyAnswer, checkAnswer, toAnswer } from './answer.js'
import { Problem } from './problem.js'
import { specOf } from './route.decorator.js'
import { type Answer, isRawBody } from './route.js'
import { routeInput } from './route-input.js'
import type { StoredAnswers } from './write-transactions.js'

/** Turns what handlers return into answers, and answers a repeated write with what its first attempt was answered. */
export class AnswerInterceptor implements NestInterceptor {
  readonly #stored: StoredAnswers | null
  readonly #checkAnswers: boolean

  constructor(stored: StoredAnswers | null, checkAnswers: boolean) {
    this.#stored = stored
    this.#checkAnswers = checkAnswers
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const spec = context.getType() === 'http' ? specOf(context.getHandler()) : undefined
    if (spec === undefined) return next.handle()
    const http = context.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    const handled = defer(() => next.handle()).pipe(
      mergeMap((result) => {
        const answer = toAnswer(spec, result)
        if (this.#checkAnswers) checkAnswer(spec, answer)
        return of(applyAnswer(answer, request, reply))
      }),
    )
    const stored = this.#stored
    // What a streamed body says is known once the handler has read it: such a handler looks for itself.
    if (isRawBody(spec.body)) return handled
    if (stored === null || request.headers['idempotency-key'] === undefined || request.principal === null)
      return handled
    const input = routeInput(spec, request, reply)
    const kept = () => from(stored.find(input))
    const replay = (answer: Answer) => of(applyAnswer(answer, request, reply))
    // Before the handler looks at the state, for its own first attempt may have moved that on; and once more where it refuses, for that
    // attempt may have been in flight until now.
    return kept().pipe(
      mergeMap((answer) => (answer === null ? handled : replay(answer))),
      catchError((error: unknown) => {
        if (!(error instanceof Problem) || error.status >= 500) throw error
        return kept().pipe(
          mergeMap((answer) => {
            if (answer === null) throw error
            return replay(answer)
          }),
        )
      }),
    )
  }
}
