import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  NoSuchKey,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { Secret } from '@reprieve/config'
import { EvidenceLostError, type EvidenceStore, EvidenceStoreFault } from '../../application/evidence-store.port.js'

export interface S3Settings {
  bucket: string
  /** Before the id of each file. */
  prefix: string
  region: string
  /** Null: Amazon's own for the region. */
  endpoint: string | null
  /** The bucket in the path rather than in the host's name, as most stores beside Amazon's want it. */
  pathStyle: boolean
  /** Null: as the AWS SDK finds them (a role of the machine, the environment, …). */
  credentials: { accessKeyId: string; secretAccessKey: Secret } | null
}

// S3's own least size of a part; with one part on its way at a time an upload holds two of them at most.
const PART_BYTES = 5 * 1024 * 1024
const CONNECT_TIMEOUT_MS = 5_000
const SILENCE_TIMEOUT_MS = 30_000

/** Evidence as objects in a bucket of Amazon S3, or of whatever speaks its protocol. */
export class S3Store implements EvidenceStore {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  constructor(settings: S3Settings) {
    const { bucket, prefix, region, endpoint, pathStyle, credentials } = settings
    this.#bucket = bucket
    this.#prefix = prefix
    this.#client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint === null ? {} : { endpoint }),
      ...(credentials === null
        ? {}
        : {
            credentials: {
              accessKeyId: credentials.accessKeyId,
              secretAccessKey: credentials.secretAccessKey.reveal(),
            },
          }),
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: SILENCE_TIMEOUT_MS },
      // Stores beside Amazon's do not all know the checksums that it has of late; what is kept has a SHA-256 of ours.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    })
  }

  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const source = watched(content)
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#at(id), Body: Readable.from(source.chunks), ContentType: 'application/octet-stream' },
      queueSize: 1,
      partSize: PART_BYTES,
    })
    try {
      await upload.done()
    } catch (error) {
      // What the sender did is told as it was; anything else is the store's.
      if (source.fault !== null) throw source.fault.error
      throw away(error)
    }
  }

  async read(id: string): Promise<Readable> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#at(id)))
      if (Body instanceof Readable) return Body
      throw new Error('the store answered without a body')
    } catch (error) {
      if (error instanceof NoSuchKey) {
        throw new EvidenceLostError(`evidence ${id} is not in the bucket`, { cause: error })
      }
      throw away(error)
    }
  }

  async remove(id: string): Promise<void> {
    try {
      const { Key } = this.#at(id)
      const begun = await this.#client.send(new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: Key }))
      for (const { UploadId } of begun.Uploads ?? []) {
        await this.#client.send(new AbortMultipartUploadCommand({ ...this.#at(id), UploadId }))
      }
      await this.#client.send(new DeleteObjectCommand(this.#at(id)))
    } catch (error) {
      throw away(error)
    }
  }

  close(): void {
    this.#client.destroy()
  }

  #at(id: string) {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${id}` }
  }
}

const away = (cause: unknown): EvidenceStoreFault =>
  new EvidenceStoreFault('the object store does not do what it was asked', { cause })

/** The same chunks, and what ended them early. */
function watched(content: AsyncIterable<Uint8Array>) {
  const source: { chunks: AsyncIterable<Uint8Array>; fault: { error: unknown } | null } = {
    chunks: passOn(),
    fault: null,
  }
  return source

  async function* passOn() {
    try {
      yield* content
    } catch (error) {
      source.fault = { error }
      throw error
    }
  }
}
