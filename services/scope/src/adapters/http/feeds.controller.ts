import { Controller, Inject } from '@nestjs/common'
import { Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import type { Jobs } from '../../application/jobs.port.js'
import { feedPlaces, type ScopeConfig } from '../../scope.config.js'
import { JOBS, SCOPE_CONFIG } from '../../tokens.js'
import { FeedStore, type Take } from '../postgres/feed.store.js'
import type { ScopeTables } from '../postgres/tables.js'
import { listFeeds, takeFeed } from './feeds.routes.js'

const toTakeView = (take: Take) => ({
  id: take.id,
  feed: take.feed,
  cause: take.cause,
  status: take.status,
  startedAt: take.started_at,
  finishedAt: take.finished_at,
  documents: take.documents,
  dated: take.dated,
  entries: take.entries,
  changed: take.changed,
  rematched: take.rematched,
  failure: take.failure === null ? null : { code: take.failure_code, detail: take.failure },
})

@Controller()
export class FeedsController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<ScopeTables>,
    @Inject(SCOPE_CONFIG) private readonly config: ScopeConfig,
    @Inject(JOBS) private readonly jobs: Jobs,
    @Inject(FeedStore) private readonly store: FeedStore,
  ) {}

  @Route(listFeeds)
  async list() {
    const places = feedPlaces(this.config)
    const feeds = await this.store.state()
    return {
      items: feeds.map(({ name, taken, last }) => ({
        name,
        configured: places[name].length > 0,
        taken,
        lastTake: last === null ? null : toTakeView(last),
      })),
      nextCursor: null,
      count: { value: feeds.length, exact: true },
    }
  }

  @Route(takeFeed)
  async take(input: RouteInput<typeof takeFeed>) {
    const { name } = input.params
    if (feedPlaces(this.config)[name].length === 0) {
      throw new Problem(
        'FEED_NOT_CONFIGURED',
        `Nothing says where the feed ${name} comes from: FEED_${name.toUpperCase()}.`,
      )
    }
    const answer = await this.writes.run(input, async (tx) => ({
      status: 202,
      body: toTakeView(await this.store.start(tx, name, input.principal)),
    }))
    this.jobs.kick('takeFeeds')
    return answer
  }
}
