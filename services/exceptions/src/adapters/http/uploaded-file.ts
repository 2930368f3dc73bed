import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { Problem, TEXT_LIMITS } from '@reprieve/http-kit'

const FIELD = 'file'
// One more is let through, so that whoever counts the bytes sees that there are too many.
const limits = (maxBytes: number) => ({ fileSize: maxBytes + 1, files: 1, fields: 0, parts: 1, headerPairs: 20 })

/**
 * The one file of a form (`multipart/form-data`, field `file`), handed to `take` as it comes and while it comes.
 * @returns what `take` made of it, once the form has come to its end
 * @throws Problem MALFORMED, INVALID; what `take` throws
 */
export async function takeFile<T>(
  body: Readable,
  contentType: string | undefined,
  maxBytes: number,
  take: (name: string, content: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const parser = parserOf(contentType, maxBytes)
  let taken: { stream: BusboyFileStream; result: Promise<T> } | null = null
  let fault: Problem | null = null
  parser.on('file', (field: string, stream: BusboyFileStream, filename: string | undefined) => {
    // Its fault is the form's, told there.
    stream.on('error', () => {})
    if (field !== FIELD || taken !== null) {
      fault ??= refusal(`The form has a file named "${FIELD}", and nothing else.`)
      stream.resume()
      return
    }
    const result = take(nameOf(filename), stream)
    taken = { stream, result }
    // Nobody reads on: the form need not be read either.
    result.catch((error: Error) => parser.destroy(error))
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    parser.on(limit, () => {
      fault ??= refusal(`The form has a file named "${FIELD}", and nothing else.`)
    })
  }
  try {
    await pipeline(body, parser)
  } catch (error) {
    const cause =
      error instanceof Problem ? error : new Problem('MALFORMED', 'The form cannot be read.', { cause: error })
    // Typed anew: what callbacks assign is not seen here.
    const begun = taken as { stream: BusboyFileStream; result: Promise<T> } | null
    if (begun === null) throw fault ?? cause
    begun.stream.destroy(cause)
    await begun.result
    throw cause
  }
  const whole = taken as { result: Promise<T> } | null
  if (whole === null) throw fault ?? refusal(`The form has no file named "${FIELD}".`)
  const result = await whole.result
  if (fault !== null) throw fault
  return result
}

function parserOf(contentType: string | undefined, maxBytes: number): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType ?? '' }, limits: limits(maxBytes) })
  } catch (error) {
    throw new Problem('MALFORMED', 'The form does not say what separates its parts.', { cause: error })
  }
}

const refusal = (detail: string): Problem =>
  new Problem('INVALID', detail, { errors: [{ pointer: `/${FIELD}`, detail }] })

// Separators of folders, and what no line, header or screen should be made of: controls, and marks that turn the direction of writing.
const UNWANTED = /[/\\\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A name that can be shown and be a file's anywhere; what it was called as far as that goes. */
function nameOf(given: string | undefined): string {
  const base = (given ?? '').toWellFormed().split(/[/\\]/).at(-1) ?? ''
  const name = base.replace(UNWANTED, '').trim().replace(/^\.+/, '')
  if (name === '') return 'unnamed'
  const letters = [...name]
  if (letters.length <= TEXT_LIMITS.name) return name
  // The end tells programs what it is.
  const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? ''
  return letters.slice(0, TEXT_LIMITS.name - extension.length).join('') + extension
}
