import { PassThrough, Readable } from 'node:stream'
import { linger, Problem } from '@reprieve/http-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Agent, type Dispatcher, errors } from 'undici'
import type { ForwardedService } from '../routes/route-table.js'
import { answerHeaders, requestHeaders } from './headers.js'

export type ServiceAddresses = Readonly<Record<ForwardedService, string>>

// The longest that a service thinks before it answers: a write waits 2 s for what it names, a large list counts a while.
const HEADERS_TIMEOUT_MS = 30_000
const BODY_TIMEOUT_MS = 60_000
const CONNECT_TIMEOUT_MS = 3_000
const CONNECTIONS_PER_SERVICE = 256
// Less than a service that ends waits for connections that nobody uses (LEAVING_MS): it never closes one that a request is sent on.
const UNUSED_FOR_MS = 3_000
// A listener holds a connection for hours: apart from those that requests take turns on, and bounded by itself.
const MOST_LISTENERS = 10_000

const SAFE = new Set(['GET', 'HEAD'])

/**
 * Sends requests on to services and their answers back, both as they come: nothing is held in memory, a slow reader slows its writer down,
 * and who goes away takes the other side along.
 *
 * Straight on undici rather than by a proxy plugin: @fastify/reply-from does not verify TLS certificates of services unless told how, repeats
 * a GET that was answered 503 up to ten times, and lets a service work on for a client that has gone.
 */
export class Forwarder {
  readonly #addresses: ServiceAddresses
  readonly #agent: Agent
  readonly #liveAgent: Agent
  readonly #live = new Set<PassThrough>()
  #ending = false

  constructor(addresses: ServiceAddresses) {
    this.#addresses = addresses
    const timeouts = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      // A live stream has a heartbeat far more often: one without is dead.
      bodyTimeout: BODY_TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      keepAliveTimeout: UNUSED_FOR_MS,
      keepAliveMaxTimeout: UNUSED_FOR_MS,
    }
    this.#agent = new Agent({ ...timeouts, connections: CONNECTIONS_PER_SERVICE })
    this.#liveAgent = new Agent({ ...timeouts, connections: MOST_LISTENERS })
  }

  /**
   * @param path with its query, as the service knows it
   * @param body what goes on instead of the request's own
   * @returns the status answered
   * @throws Problem TRY_AGAIN, OUTCOME_UNKNOWN
   */
  async forward(
    request: FastifyRequest,
    reply: FastifyReply,
    service: ForwardedService,
    path: string,
    body?: Buffer,
  ): Promise<number> {
    const gone = signalOf(reply)
    const answer = await this.#ask(this.#agent, request, service, path, body ?? streamOf(request), gone)
    // The rest of a body that was answered early has nobody to read it any more.
    linger(request.raw)
    void reply.code(answer.statusCode).headers(answerHeaders(answer.headers))
    await reply.send(answer.body)
    return answer.statusCode
  }

  /**
   * As `forward`, for an answer that goes on until somebody ends it: it has a connection of its own, and ends in order when this process
   * does or its service stops, so that the client comes back.
   * @throws Problem TRY_AGAIN
   */
  async forwardLive(
    request: FastifyRequest,
    reply: FastifyReply,
    service: ForwardedService,
    path: string,
  ): Promise<void> {
    if (this.#ending || this.#live.size >= MOST_LISTENERS) {
      throw new Problem('TRY_AGAIN', 'No more listeners are taken here at the moment.', {
        headers: { 'retry-after': '5' },
      })
    }
    const onward = new PassThrough()
    this.#live.add(onward)
    onward.once('close', () => this.#live.delete(onward))
    onward.on('error', () => {})
    try {
      const answer = await this.#ask(this.#liveAgent, request, service, path, null, signalOf(reply))
      const end = () => onward.end()
      answer.body.once('error', end).once('close', end).pipe(onward)
      onward.once('close', () => answer.body.destroy())
      void reply.code(answer.statusCode).headers(answerHeaders(answer.headers))
      await reply.send(onward)
    } catch (error) {
      onward.destroy()
      throw error
    }
  }

  /** Ends what goes on until somebody ends it. */
  endLive(): void {
    this.#ending = true
    for (const stream of this.#live) stream.end()
  }

  async #ask(
    agent: Agent,
    request: FastifyRequest,
    service: ForwardedService,
    path: string,
    body: Buffer | Readable | null,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const headers = requestHeaders(request)
    const length = request.headers['content-length']
    if (body instanceof Readable && length !== undefined) headers['content-length'] = length
    const options: Dispatcher.RequestOptions & { origin: string } = {
      origin: this.#addresses[service],
      path,
      method: request.method as Dispatcher.HttpMethod,
      headers,
      body,
      signal,
    }
    try {
      return await agent.request(options)
    } catch (error) {
      // A kept connection that the service closed at this very moment: nothing has happened yet.
      const closed = error instanceof errors.SocketError && SAFE.has(request.method) && !signal.aborted
      if (!closed) throw refusal(error, request, service)
      return await agent.request(options).catch((again: unknown) => {
        throw refusal(again, request, service)
      })
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.close(), this.#liveAgent.destroy()])
  }
}

/** Aborted where the client goes away before it has the whole answer. */
function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}

/** The request's body on its way; a stream of its own, because whoever sends it destroys it in the end, and the client's connection with it. */
function streamOf(request: FastifyRequest): Readable | null {
  const given = request.body
  if (!(given instanceof Readable)) return null
  const onward = new PassThrough()
  onward.on('error', () => {})
  given.once('close', () => {
    if (!given.readableEnded) onward.destroy(new Error('the client went away'))
  })
  return given.pipe(onward)
}

const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function refusal(error: unknown, request: FastifyRequest, service: ForwardedService): Problem {
  const code = (error as { code?: unknown }).code
  const harmless =
    SAFE.has(request.method) ||
    request.headers['idempotency-key'] !== undefined ||
    (typeof code === 'string' && NOT_SENT.has(code))
  const cause = new Error(`${service} does not answer`, { cause: error })
  if (harmless) {
    return new Problem(
      'TRY_AGAIN',
      'This part of Reprieve does not answer at the moment. Repeating the request is safe.',
      {
        headers: { 'retry-after': '1' },
        cause,
      },
    )
  }
  return new Problem(
    'OUTCOME_UNKNOWN',
    'This part of Reprieve has stopped answering. Look whether it was done before you repeat it, or send an `Idempotency-Key`.',
    { cause },
  )
}
