import { Readable } from 'node:stream'
import { Controller, Inject } from '@nestjs/common'
import { isTokenFault } from '@reprieve/auth'
import { bearerToken, Problem, Route, type RouteInput, sessionToken } from '@reprieve/http-kit'
import { PeoplePrincipals } from '@reprieve/people'
import { LiveFeed } from '../../application/live-feed.js'
import { listen } from './live.routes.js'

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Proxies that gather answers before they pass them on (nginx) do not do so here.
  'x-accel-buffering': 'no',
}

@Controller()
export class LiveController {
  readonly #feed: LiveFeed
  readonly #principals: PeoplePrincipals

  constructor(@Inject(LiveFeed) feed: LiveFeed, @Inject(PeoplePrincipals) principals: PeoplePrincipals) {
    this.#feed = feed
    this.#principals = principals
  }

  @Route(listen)
  async listen({ principal, request }: RouteInput<typeof listen>) {
    // Fastify answers HEAD by the handler of GET: nobody would ever read that stream.
    if (request.method === 'HEAD') return { status: 200, headers: HEADERS, body: Readable.from([]) }
    const { authorization, cookie, 'last-event-id': lastEventId } = request.headers
    const watched = await this.#principals.watch(bearerToken(authorization) ?? sessionToken(cookie) ?? '')
    // It was valid a moment ago, when the guard looked.
    if (isTokenFault(watched)) throw new Problem('UNAUTHENTICATED', watched.detail)
    const { stream } = this.#feed.listen(principal.id, watched, typeof lastEventId === 'string' ? lastEventId : null)
    return { status: 200, headers: HEADERS, body: stream }
  }
}
