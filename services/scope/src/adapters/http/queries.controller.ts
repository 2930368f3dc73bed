import { Controller, Inject } from '@nestjs/common'
import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import {
  type Answer,
  etagOf,
  Problem,
  Route,
  type RouteInput,
  requireMatch,
  type WriteTransactions,
} from '@reprieve/http-kit'
import type { Outbox } from '@reprieve/outbox'
import { describeFields } from '@reprieve/query'
import { CLOCK, OUTBOX, WRITES } from '@reprieve/service-host'
import { v7 as uuidv7 } from 'uuid'
import { isReservedFolder, MANAGED_FOLDER, type SavedQuery } from '../../domain/queries/saved-query.js'
import { queryEvent } from '../messaging/scope-events.js'
import { InstanceReader } from '../postgres/instance.reader.js'
import { PreviewReader } from '../postgres/preview.reader.js'
import { SavedQueryRepository, toSavedQuery } from '../postgres/saved-query.repository.js'
import type { ScopeTables } from '../postgres/tables.js'
import { toInstanceView } from './instance.view.js'
import { parseQuery } from './parse-query.js'
import {
  createQuery,
  deleteQuery,
  editQuery,
  listFields,
  listQueries,
  previewQuery,
  readQuery,
} from './queries.routes.js'

const toQueryView = ({ exceptionId, ...query }: SavedQuery) => ({
  ...query,
  ...(exceptionId === null ? {} : { exceptionId }),
})

const answer = (status: number, query: SavedQuery): Answer => ({
  status,
  body: toQueryView(query),
  headers: { etag: etagOf(query.version), ...(status === 201 ? { location: `/api/v1/queries/${query.id}` } : {}) },
})

const unknownQuery = () => new Problem('NOT_FOUND', 'There is no such query.')

@Controller()
export class QueriesController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<ScopeTables>,
    @Inject(OUTBOX) private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SavedQueryRepository) private readonly queries: SavedQueryRepository,
    @Inject(PreviewReader) private readonly previews: PreviewReader,
    @Inject(InstanceReader) private readonly instances: InstanceReader,
  ) {}

  @Route(listFields)
  async fields() {
    const items = describeFields()
    return { items, nextCursor: null, count: { value: items.length, exact: true } }
  }

  @Route(listQueries)
  async list({ query }: RouteInput<typeof listQueries>) {
    const { folder, managed, text, ...request } = query
    const { items, ...rest } = await this.queries.page({ folder, managed, text }, request)
    return { items: items.map(toQueryView), ...rest }
  }

  @Route(createQuery)
  async create(input: RouteInput<typeof createQuery>) {
    const { name, folder, expression } = input.body
    refuseReserved(folder)
    parseQuery(expression, '/expression')
    const { id, name: ownerName } = input.principal
    return await this.writes.run(input, async (tx) => {
      const now = this.clock.now()
      const query: SavedQuery = {
        id: uuidv7(),
        name,
        folder,
        expression,
        owner: { id, name: ownerName },
        managed: false,
        exceptionId: null,
        version: 1,
      }
      const row = await this.queries.insert(tx, query, now)
      await this.outbox.append(tx, queryEvent(row, { id, name: ownerName }, now))
      return answer(201, toSavedQuery(row))
    })
  }

  @Route(readQuery)
  async read({ params }: RouteInput<typeof readQuery>) {
    const query = await this.queries.find(params.id)
    if (query === null) throw unknownQuery()
    return answer(200, query)
  }

  @Route(editQuery)
  async edit(input: RouteInput<typeof editQuery>) {
    const { params, body, principal, ifMatch } = input
    return await this.writes.run(input, async (tx) => {
      const query = editable(await this.queries.lock(tx, params.id), principal)
      requireMatch(ifMatch, etagOf(query.version))
      const { name = query.name, folder = query.folder, expression = query.expression } = body
      refuseReserved(folder)
      parseQuery(expression, '/expression')
      const now = this.clock.now()
      const changed = { ...query, name, folder, expression, version: query.version + 1 }
      const row = await this.queries.update(tx, changed, now)
      await this.outbox.append(tx, queryEvent(row, { id: principal.id, name: principal.name }, now))
      return answer(200, toSavedQuery(row))
    })
  }

  @Route(deleteQuery)
  async delete(input: RouteInput<typeof deleteQuery>) {
    const { params, principal } = input
    return await this.writes.run(input, async (tx) => {
      const query = editable(await this.queries.lock(tx, params.id), principal)
      const now = this.clock.now()
      const row = await this.queries.delete(tx, query, now)
      await this.outbox.append(tx, queryEvent(row, { id: principal.id, name: principal.name }, now))
      return { status: 204 }
    })
  }

  @Route(previewQuery)
  async preview({ body }: RouteInput<typeof previewQuery>) {
    const { sample, ...preview } = await this.previews.read(parseQuery(body.expression, '/expression'))
    const instances = await this.instances.findAll(sample)
    return { ...preview, sample: instances.map(toInstanceView) }
  }
}

/** What cannot be edited at all is said first, whoever asks. */
function editable(query: SavedQuery | null, principal: Principal): SavedQuery {
  if (query === null) throw unknownQuery()
  if (query.managed) {
    throw new Problem('QUERY_IS_MANAGED', 'An exception was granted for exactly this query. Save another one instead.')
  }
  if (!can(principal, 'query.edit', { ownerId: query.owner.id, managed: query.managed })) {
    throw new Problem('NOT_ALLOWED', 'Only its owner and administrators can change a query.')
  }
  return query
}

function refuseReserved(folder: string): void {
  if (isReservedFolder(folder)) {
    throw new Problem('FOLDER_RESERVED', `Nobody can save into ${MANAGED_FOLDER}.`, {
      errors: [{ pointer: '/folder', detail: 'Choose another folder.' }],
    })
  }
}
