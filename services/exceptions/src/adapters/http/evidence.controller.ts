import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { Controller, Inject } from '@nestjs/common'
import { can } from '@reprieve/auth'
import {
  type Answer,
  etagOf,
  matchesNone,
  Problem,
  Route,
  type RouteInput,
  type WriteTransactions,
} from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { create as contentDisposition } from 'content-disposition'
import { accessTo } from '../../application/access.js'
import { AddEvidence } from '../../application/add-evidence.js'
import type { UploadedFile } from '../../application/evidence.port.js'
import { EvidenceLostError, EvidenceStoreFault, type EvidenceStores } from '../../application/evidence-store.port.js'
import { KeepEvidence, MOST_BYTES } from '../../application/keep-evidence.js'
import { EVIDENCE_STORES } from '../../tokens.js'
import { EvidenceRepository } from '../postgres/evidence.repository.js'
import { ExceptionsRepository } from '../postgres/exceptions.repository.js'
import { KnownTicketSettingsRepository } from '../postgres/known-ticket-settings.repository.js'
import type { ExceptionsTables, Tx } from '../postgres/tables.js'
import { addEvidenceRoute, listEvidenceRoute, readEvidenceRoute, uploadEvidenceRoute } from './evidence.routes.js'
import { toEvidenceView, toUploadView } from './evidence.view.js'
import { takeFile } from './uploaded-file.js'

type Upload = RouteInput<typeof uploadEvidenceRoute> | RouteInput<typeof addEvidenceRoute>

@Controller()
export class EvidenceController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<ExceptionsTables>,
    @Inject(ExceptionsRepository) private readonly exceptions: ExceptionsRepository,
    @Inject(EvidenceRepository) private readonly evidence: EvidenceRepository,
    @Inject(EVIDENCE_STORES) private readonly stores: EvidenceStores,
    @Inject(KeepEvidence) private readonly keeping: KeepEvidence,
    @Inject(AddEvidence) private readonly adding: AddEvidence,
    @Inject(KnownTicketSettingsRepository) private readonly ticketSettings: KnownTicketSettingsRepository,
  ) {}

  @Route(uploadEvidenceRoute)
  async upload(input: RouteInput<typeof uploadEvidenceRoute>): Promise<Answer> {
    if (!can(input.principal, 'evidence.upload', { requesterRoles: await this.ticketSettings.requesterRoles() })) {
      throw new Problem(
        'NOT_PERMITTED',
        'Only those who may ask for an exception, also from a ticket, can upload files.',
      )
    }
    await this.keeping.refuseTooMany(input.principal.id)
    return this.#take(input, async (tx, file) => {
      await this.evidence.add(tx, file)
      return { status: 201, body: toUploadView(file) }
    })
  }

  @Route(addEvidenceRoute)
  async add(input: RouteInput<typeof addEvidenceRoute>): Promise<Answer> {
    const { id } = input.params
    await this.adding.refuseEarly(id, input.principal)
    return this.#take(input, async (tx, file) => {
      const added = await this.adding.add(tx, id, input.principal, file)
      return { status: 201, body: toEvidenceView(added) }
    })
  }

  @Route(listEvidenceRoute)
  async list({ params, query, principal }: RouteInput<typeof listEvidenceRoute>) {
    await this.#refuseUnlessReadable(params.id, principal)
    const { items, ...rest } = await this.evidence.page(params.id, query)
    return { items: items.map(toEvidenceView), ...rest }
  }

  @Route(readEvidenceRoute)
  async read({ params, principal, request }: RouteInput<typeof readEvidenceRoute>): Promise<Answer> {
    await this.#refuseUnlessReadable(params.id, principal)
    const found = await this.evidence.find(params.id, params.fileId)
    if (found === null) throw new Problem('NOT_FOUND', 'This exception has no such file.')
    const { file, store } = found
    const etag = etagOf(file.sha256)
    const known = request.headers['if-none-match']
    const headers = {
      etag,
      // Each time it is asked anew whether this person may still see it.
      'cache-control': 'private, no-cache',
      'content-disposition': contentDisposition(file.name),
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'content-type': 'application/octet-stream',
      'content-length': String(file.size),
    }
    // Not opened for somebody who has it.
    if (known !== undefined && matchesNone(known, etag)) return { status: 200, headers: { etag } }
    return {
      status: 200,
      headers,
      body: whole(await whileStoreAnswers(() => this.stores.of(store).read(file.id)), file.size),
    }
  }

  /** Keeps the bytes first, then what they are, in the write's own transaction. */
  async #take(input: Upload, work: (tx: Tx, file: UploadedFile) => Promise<Answer>): Promise<Answer> {
    const { body, request, principal } = input
    const file = await whileStoreAnswers(() =>
      takeFile(body, request.headers['content-type'], MOST_BYTES, (name, content) =>
        this.keeping.keep(name, content, principal),
      ),
    )
    let used = false
    try {
      const answer = await this.writes.run(
        // Only now is it known what the body says; what separates its parts says nothing.
        { ...input, fingerprint: fingerprintOf(input.fingerprint, file) },
        async (tx) => {
          const made = await work(tx, file)
          used = true
          return made
        },
      )
      // Another time with the same key: the first one's file is the one.
      if (!used) await this.keeping.discard(file.id)
      return answer
    } catch (error) {
      await this.keeping.discard(file.id)
      throw error
    }
  }

  async #refuseUnlessReadable(id: string, principal: Upload['principal']): Promise<void> {
    const record = await this.exceptions.find(id)
    if (record === null) throw new Problem('NOT_FOUND', 'There is no such exception.')
    if (can(principal, 'evidence.read', accessTo(record.exception))) return
    throw new Problem(
      'NOT_ALLOWED',
      'Only its requester, its approvers and those who may read every exception can see its files.',
    )
  }
}

/** The same stream, which fails where it is not as long as it should be: an answer that is short must not end as if it were whole. */
function whole(stream: Readable, size: number): Readable {
  const counted = async function* () {
    let bytes = 0
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > size) break
      yield chunk
    }
    if (bytes !== size) throw new EvidenceLostError(`there are ${bytes} bytes in the store where ${size} were kept`)
  }
  return Readable.from(counted(), { objectMode: false })
}

const fingerprintOf = (request: string, { name, sha256 }: UploadedFile): string =>
  createHash('sha256').update(`${request}\n${sha256}\n${name}`).digest('hex')

async function whileStoreAnswers<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof EvidenceStoreFault)) throw error
    throw new Problem('TRY_AGAIN', 'The store of evidence files does not answer at the moment. Repeating is safe.', {
      headers: { 'retry-after': '5' },
      cause: error,
    })
  }
}
