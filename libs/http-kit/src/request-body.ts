import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { type FieldFault, Problem } from './problem.js'

// Deeper than anything the API takes; a bound keeps whatever walks the value afterwards from recursing without end.
const MAX_DEPTH = 32

const utf8 = new TextDecoder('utf-8', { fatal: true })

const tooLarge = (maxBytes: number): Problem =>
  new Problem('PAYLOAD_TOO_LARGE', `The body may have at most ${maxBytes} bytes.`)

/** Refuses by the announced length, before anything is read. */
export function refuseAnnouncedLength(contentLength: string | undefined, maxBytes: number): void {
  if (Number(contentLength ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

/** Reads a whole body of at most `maxBytes`. What is left of a larger one stays in the stream: destroying it would cut off the answer. */
export async function readBody(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The same stream, which fails with 413 once more than `maxBytes` have come. */
export function bounded(stream: Readable, maxBytes: number): Readable {
  let length = 0
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length
      if (length > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
  })
  stream.once('error', (error) => limit.destroy(error))
  // The handler may not be reading yet when it fails; whoever reads later still gets the error.
  limit.on('error', () => {})
  // A client that goes away ends the stream without an error of its own.
  stream.once('close', () => {
    if (!stream.readableEnded) limit.destroy(new Problem('MALFORMED', 'The body ended before it was complete.'))
  })
  return stream.pipe(limit)
}

/**
 * Parses JSON strictly: UTF-8, bounded depth, no `__proto__`, and only what PostgreSQL can hold (no NUL, no half surrogate pair, no
 * number beyond a double).
 */
export function parseJson(bytes: Buffer): unknown {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new Problem('MALFORMED', 'The body is not UTF-8.')
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Problem('MALFORMED', `The body is not JSON: ${syntaxFault(error)}`)
  }
  refuseUnholdable(value)
  return value
}

// V8 quotes the surroundings of the fault, which may hold what the caller wants in no log or screen: only the place is told.
function syntaxFault(error: unknown): string {
  const place = /\(line \d+ column \d+\)/.exec(error instanceof Error ? error.message : '')
  return place === null ? 'it ends too early or has text that does not belong there.' : `see ${place[0].slice(1, -1)}.`
}

function refuseUnholdable(root: unknown): void {
  const faults: FieldFault[] = []
  const open: Array<{ value: unknown; pointer: string; depth: number }> = [{ value: root, pointer: '', depth: 0 }]
  for (let next = open.pop(); next !== undefined && faults.length < 10; next = open.pop()) {
    const { value, pointer, depth } = next
    if (typeof value === 'string' || typeof value === 'number') {
      const detail = scalarFault(value)
      if (detail !== null) faults.push({ pointer, detail })
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_DEPTH) throw new Problem('MALFORMED', `The body is nested deeper than ${MAX_DEPTH} levels.`)
      for (const [key, child] of Object.entries(value)) {
        if (key === '__proto__') throw new Problem('MALFORMED', 'The body has a member named `__proto__`.')
        const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
        const detail = scalarFault(key)
        if (detail !== null) faults.push({ pointer, detail: `The name of a member: ${detail}` })
        open.push({ value: child, pointer: at, depth: depth + 1 })
      }
    }
  }
  if (faults.length > 0) throw new Problem('INVALID', 'The body holds what cannot be kept.', { errors: faults })
}

/** Why a text or number cannot be kept, or null if it can. */
export function scalarFault(value: string | number): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'The number is too large.'
  if (value.includes('\0')) return 'Holds a NUL character.'
  return value.isWellFormed() ? null : 'Holds half of a character (a lone surrogate).'
}
