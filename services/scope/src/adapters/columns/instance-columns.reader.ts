import type { SortKey, SortTerm } from '@reprieve/http-kit'
import type { Places, Position, SortBy } from '@reprieve/inventory-columns'
import type { Query } from '@reprieve/query'
import type { InForce } from '../postgres/force.reader.js'
import type { InstanceFilter, InstanceSort } from '../postgres/instance-filter.js'
import type { PageAnswer, TallyAnswer } from './columns-protocol.js'
import type { ColumnsThread } from './columns-thread.js'

const MICROSECONDS = 1_000

/** Questions about instances as the columns in memory answer them; null wherever the database has to. */
export class InstanceColumnsReader {
  constructor(private readonly thread: ColumnsThread) {}

  get isReady(): boolean {
    return this.thread.status.state === 'ready'
  }

  /**
   * Which instances a page consists of.
   * @param after the sort key of the last one seen
   */
  async page(
    filter: InstanceFilter,
    force: InForce,
    page: { sort: readonly SortTerm<InstanceSort>[]; after: SortKey | null; limit: number },
  ): Promise<(PageAnswer & { asOf: Date | null }) | null> {
    const asked = questionOf(filter, force)
    if (asked === null) return null
    const sort: SortBy[] = page.sort.map(({ field, descending }) => ({ field, descending }))
    const after = page.after === null ? null : positionOf(page.sort, page.after)
    const answered = await this.thread.ask({ ...asked, wanted: { kind: 'page', sort, after, limit: page.limit } })
    return answered === null ? null : { ...answered.answer, asOf: asOfAnswer(force, answered.staleMs) }
  }

  /** What a selection is made of. */
  async tally(
    filter: InstanceFilter,
    force: InForce,
    { worst = 0, overlaps = [] }: { worst?: number; overlaps?: readonly number[] } = {},
  ): Promise<(TallyAnswer & { asOf: Date | null }) | null> {
    const asked = questionOf(filter, force)
    if (asked === null) return null
    const wanted = { kind: 'tally', worst, overlaps: Int32Array.from(overlaps) } as const
    const answered = await this.thread.ask({ ...asked, wanted })
    return answered === null ? null : { ...answered.answer, asOf: asOfAnswer(force, answered.staleMs) }
  }

  /**
   * Where the instances are that a query selects and that are no members of an exception yet, with everything that was committed before the
   * call.
   * @param share of all instances, beyond which it is not worth it to look each up, unless they are not more than `few`
   * @returns 'many' where they are more
   */
  async placesFor(
    exception: number,
    { normal }: Query,
    { now, share, few }: { now: Date; share: number; few: number },
  ): Promise<Places | 'many' | null> {
    const answered = await this.thread.ask({
      filter: { query: normal, status: 'all', coverage: 'all', memberOf: null, now: now.getTime() },
      suppress: NONE,
      defer: NONE,
      wanted: { kind: 'places', exception, share, few },
      patienceMs: PATIENCE_MS,
    })
    if (answered === null || answered.staleMs > 0) return null
    return answered.answer.places ?? 'many'
  }
}

const NONE = new Int32Array(0)
// The database takes seconds for the same.
const PATIENCE_MS = 3_000

/** Only what is so now is in memory. */
function questionOf({ query, coverage, status, memberOf, asOf }: InstanceFilter, force: InForce) {
  if (asOf !== undefined || (memberOf !== undefined && memberOf.at !== null)) return null
  return {
    filter: {
      query: query?.normal ?? null,
      status,
      coverage,
      memberOf: memberOf?.exception ?? null,
      now: force.at.getTime(),
    },
    suppress: Int32Array.from(force.suppress),
    defer: Int32Array.from(force.defer),
  }
}

/** Members are in the answer as of a little while ago where it could not be waited for the newest. */
function asOfAnswer({ asOf, at }: InForce, staleMs: number): Date | null {
  if (asOf === null || staleMs === 0) return asOf
  return new Date(Math.min(asOf.getTime(), at.getTime() - staleMs))
}

function positionOf(sort: readonly SortTerm<InstanceSort>[], key: SortKey): Position {
  return {
    values: sort.map(({ field }, index) => {
      const text = key[index] ?? null
      if (text === null || field === 'asset.name' || field === 'vulnerability') return text
      return field === 'firstSeen' ? Number(text) / MICROSECONDS : Number(text)
    }),
    id: key.at(-1) ?? '',
  }
}
