import { type Duplex, PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Problem } from '@reprieve/http-kit'

/** What a body is packed with: nothing, or gzip. */
export type Packing = 'identity' | 'gzip'

/** @throws Problem UNSUPPORTED_MEDIA_TYPE for any other packing */
export function packingOf(contentEncoding: string | undefined): Packing {
  const named = (contentEncoding ?? 'identity').trim().toLowerCase()
  if (named === 'identity' || named === '') return 'identity'
  if (named === 'gzip' || named === 'x-gzip') return 'gzip'
  throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'A body may be compressed with gzip, and with nothing else.')
}

/**
 * The body as it was before it was packed. Fails with 413 once more than `maxBytes` have come out, so that a few kilobytes cannot become
 * gigabytes, and with 400 where it is no gzip or ends too early.
 * @param packed what the packed body passes through first
 */
export async function* unpacked(
  body: Readable,
  packing: Packing,
  maxBytes: number,
  packed: readonly Duplex[] = [],
): AsyncGenerator<Buffer> {
  let bytes = 0
  const stages = [
    body,
    ...packed,
    ...(packing === 'gzip' ? [createGunzip({ chunkSize: 256 * 1024 })] : []),
    new PassThrough(),
  ]
  const last = stages.at(-1) as PassThrough
  // What fails anywhere fails the last of them, from which it is read.
  pipeline(stages as [Readable, ...Duplex[]]).catch(() => {})
  try {
    for await (const chunk of last as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes) {
        throw new Problem('PAYLOAD_TOO_LARGE', `Unpacked, the body may have at most ${maxBytes} bytes.`)
      }
      yield chunk
    }
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error
    throw new Problem('MALFORMED', 'The body is no whole gzip stream.', { cause: error })
  }
}

/** Kept bytes as they were before they were packed; bounded, since they were when they came in. */
export const unpackedBytes = (
  source: AsyncIterable<Uint8Array>,
  packing: Packing,
  maxBytes: number,
): AsyncGenerator<Buffer> => unpacked(Readable.from(source), packing, maxBytes)
