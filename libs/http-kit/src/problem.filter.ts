import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpLog } from './http-log.port.js'
import { sendProblem } from './problem-response.js'

/** Everything thrown under an HTTP request, answered as problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: HttpLog

  constructor(log: HttpLog) {
    this.#log = log
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    sendProblem(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), error, this.#log)
  }
}
