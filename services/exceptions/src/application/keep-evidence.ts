import { createHash } from 'node:crypto'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import { v7 as uuidv7 } from 'uuid'
import type { Person } from '../domain/exception.js'
import type { Evidence, UploadedFile } from './evidence.port.js'
import type { EvidenceStores } from './evidence-store.port.js'

export const MOST_BYTES = 25 * 1024 * 1024
/** Of one exception. */
export const MOST_FILES = 20
// Whoever means to ask uploads a few; this bounds what somebody can leave lying for a day.
const MOST_UNUSED = 100
// Office documents tell what they are some kilobytes in.
const SAMPLE_BYTES = 64 * 1024

/** Takes a file in: its bytes go to the store as they come, and what they are is told by them. */
export class KeepEvidence {
  readonly #stores: EvidenceStores
  readonly #evidence: Evidence
  readonly #mediaTypeOf: (beginning: Uint8Array) => Promise<string>
  readonly #clock: Clock

  constructor(
    stores: EvidenceStores,
    evidence: Evidence,
    mediaTypeOf: (beginning: Uint8Array) => Promise<string>,
    clock: Clock,
  ) {
    this.#stores = stores
    this.#evidence = evidence
    this.#mediaTypeOf = mediaTypeOf
    this.#clock = clock
  }

  /** @throws Problem CONFLICT for somebody who has left too many files unused */
  async refuseTooMany(uploaderId: string): Promise<void> {
    if ((await this.#evidence.countUnused(uploaderId)) < MOST_UNUSED) return
    throw new Problem(
      'CONFLICT',
      `You have uploaded ${MOST_UNUSED} files that no request uses. They go away a day after their upload.`,
    )
  }

  /**
   * Keeps the bytes. What comes of them is told by `Evidence.add`; until then, or if this fails, they are swept up later.
   * @throws Problem PAYLOAD_TOO_LARGE, INVALID for an empty file; EvidenceStoreFault
   */
  async keep(name: string, content: AsyncIterable<Uint8Array>, uploadedBy: Person): Promise<UploadedFile> {
    const uploadedAt = this.#clock.now()
    const id = uuidv7({ msecs: uploadedAt.getTime() })
    const { current } = this.#stores
    await this.#evidence.begin(id, current, uploadedAt)
    const looked = lookedAt(content)
    try {
      await this.#stores.of(current).write(id, looked.chunks)
      if (looked.bytes === 0) {
        throw new Problem('INVALID', 'The file is empty.', {
          errors: [{ pointer: '/file', detail: 'The file is empty.' }],
        })
      }
    } catch (error) {
      await this.discard(id)
      throw error
    }
    return {
      id,
      name,
      size: looked.bytes,
      type: await this.#mediaTypeOf(looked.sample()),
      sha256: looked.digest(),
      uploadedBy: { id: uploadedBy.id, name: uploadedBy.name },
      uploadedAt,
    }
  }

  /** Lets go of bytes that nobody needs after all; where that cannot be done now, the sweep will. */
  async discard(id: string): Promise<void> {
    try {
      await this.#stores.of(this.#stores.current).remove(id)
      await this.#evidence.forgetBytes(id)
    } catch {
      // Found by the sweep: the note of its beginning is still there.
    }
  }
}

/** The same chunks, with what they are told on the way. @throws Problem PAYLOAD_TOO_LARGE while they are read */
function lookedAt(content: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256')
  const beginning: Uint8Array[] = []
  let sampled = 0
  const looked = {
    bytes: 0,
    chunks: passOn(),
    /** To be asked for once, at the end. */
    digest: () => hash.digest('hex'),
    sample: () => Buffer.concat(beginning),
  }
  return looked

  async function* passOn() {
    for await (const chunk of content) {
      looked.bytes += chunk.length
      if (looked.bytes > MOST_BYTES) {
        throw new Problem('PAYLOAD_TOO_LARGE', `A file may have at most ${MOST_BYTES} bytes.`)
      }
      hash.update(chunk)
      if (sampled < SAMPLE_BYTES) {
        const part = chunk.subarray(0, SAMPLE_BYTES - sampled)
        // A copy: a part of a larger piece would keep all of it.
        beginning.push(Uint8Array.from(part))
        sampled += part.length
      }
      yield chunk
    }
  }
}
