import { PassThrough, type Readable, Transform } from 'node:stream'
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
 */
export function unpacked(body: Readable, packing: Packing, maxBytes: number): Readable {
  let bytes = 0
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes <= maxBytes) done(null, chunk)
      else done(new Problem('PAYLOAD_TOO_LARGE', `Unpacked, the body may have at most ${maxBytes} bytes.`))
    },
  })
  const running = packing === 'gzip' ? pipeline(body, createGunzip(), bound) : pipeline(body, new PassThrough(), bound)
  running.catch((error: NodeJS.ErrnoException) => {
    bound.destroy(
      error.code?.startsWith('Z_')
        ? new Problem('MALFORMED', 'The body is no whole gzip stream.', { cause: error })
        : error,
    )
  })
  return bound
}
