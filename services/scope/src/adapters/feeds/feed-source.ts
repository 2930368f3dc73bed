import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { Problem } from '@reprieve/http-kit'
import { FeedFault, type FeedName } from '../../domain/feeds/feed.js'
import { unpacked } from '../http/unpacked-body.js'

/** One file of a feed, or one page of it. */
export interface FeedDocument {
  /** For people, and to know it again after a crash: a path, or an address without what may be secret in it. */
  readonly name: string
  /** Its bytes, unpacked where it is gzip. @throws FeedFault */
  read(signal: AbortSignal): AsyncIterable<Buffer>
  /** The same at a later place, for an API that gives its answer in pages; null for a file. */
  from(index: number): FeedDocument | null
}

// The largest of NVD's yearly files has some 250 MB.
const MOST_BYTES = 2 * 1024 ** 3
const MOST_DOCUMENTS = 1_000
const SILENT_FOR_MS = 60_000

/** What the public files are called, so that one folder can hold the bundle of all feeds. */
const FILES: Readonly<Record<FeedName, RegExp>> = {
  kev: /known_exploited.*\.json(?:\.gz)?$/i,
  epss: /epss.*\.csv(?:\.gz)?$/i,
  nvd: /nvdcve.*\.json(?:\.gz)?$/i,
}

/**
 * The documents of a feed: addresses as they are, files, and from a folder those that are called as the public ones are. KEV and EPSS
 * are one document: of several in a folder the last by name, which is the newest.
 * @throws FeedFault where there is none
 */
export async function documentsOf(feed: FeedName, places: readonly string[]): Promise<FeedDocument[]> {
  const found: FeedDocument[] = []
  for (const place of places) {
    if (/^https?:\/\//i.test(place)) found.push(new RemoteDocument(new URL(place)))
    else found.push(...(await filesOf(feed, place)))
  }
  if (found.length > MOST_DOCUMENTS)
    throw new FeedFault('FEED_TOO_LARGE', `There are more than ${MOST_DOCUMENTS} files.`)
  return found
}

async function filesOf(feed: FeedName, place: string): Promise<FeedDocument[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [new FileDocument(place)]
    const names = (await readdir(place)).filter((name) => FILES[feed].test(name)).sort()
    if (names.length === 0) {
      throw new FeedFault('FEED_UNREACHABLE', `${place} holds no file of this feed (${FILES[feed].source}).`)
    }
    return (feed === 'nvd' ? names : names.slice(-1)).map((name) => new FileDocument(join(place, name)))
  } catch (error) {
    throw asFault(place, error)
  }
}

class FileDocument implements FeedDocument {
  constructor(private readonly path: string) {}

  get name(): string {
    return this.path
  }

  read(signal: AbortSignal): AsyncIterable<Buffer> {
    return readable(basename(this.path), () => createReadStream(this.path, { signal }), signal)
  }

  from(): null {
    return null
  }
}

class RemoteDocument implements FeedDocument {
  constructor(private readonly url: URL) {}

  get name(): string {
    const { origin, pathname, searchParams } = this.url
    const index = searchParams.get('startIndex')
    return `${origin}${pathname}${index === null ? '' : `?startIndex=${index}`}`
  }

  read(signal: AbortSignal): AsyncIterable<Buffer> {
    return readable(this.name, () => fetched(this.url, signal), signal)
  }

  from(index: number): FeedDocument {
    const url = new URL(this.url)
    url.searchParams.set('startIndex', String(index))
    return new RemoteDocument(url)
  }
}

async function fetched(url: URL, signal: AbortSignal): Promise<Readable> {
  const silent = new AbortController()
  const timer = setTimeout(() => silent.abort(new Error(`nothing came for ${SILENT_FOR_MS / 1_000} s`)), SILENT_FOR_MS)
  const stop = AbortSignal.any([signal, silent.signal])
  try {
    const response = await fetch(url, { signal: stop, headers: { 'user-agent': 'reprieve', accept: '*/*' } })
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel()
      throw new Error(`it answered ${response.status}`)
    }
    return Readable.from(watched(response.body, timer))
  } catch (error) {
    clearTimeout(timer)
    throw error
  }
}

/** The bytes as they come; each of them gives the next one time anew. */
async function* watched(body: AsyncIterable<Uint8Array>, timer: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      timer.refresh()
      yield chunk
    }
  } finally {
    clearTimeout(timer)
  }
}

async function* readable(
  name: string,
  open: () => Readable | Promise<Readable>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    const source = (await open()).iterator() as AsyncIterator<Uint8Array, undefined>
    const first = await source.next()
    if (first.done === true) throw new FeedFault('FEED_EMPTY', `${name} is empty.`)
    const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b
    yield* unpacked(Readable.from(again(first.value, source)), isGzip ? 'gzip' : 'identity', MOST_BYTES)
  } catch (error) {
    signal.throwIfAborted()
    throw asFault(name, error)
  }
}

async function* again(first: Uint8Array, rest: AsyncIterator<Uint8Array, undefined>): AsyncGenerator<Uint8Array> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

function asFault(name: string, error: unknown): FeedFault {
  if (error instanceof FeedFault) return error
  if (error instanceof Problem) {
    return error.code === 'PAYLOAD_TOO_LARGE'
      ? new FeedFault('FEED_TOO_LARGE', `Unpacked, ${name} has more than ${MOST_BYTES} bytes.`, { cause: error })
      : new FeedFault('FEED_TRUNCATED', `${name} is no whole gzip file.`, { cause: error })
  }
  const { message, cause } = error as Error
  const why = cause instanceof Error ? `${message}: ${cause.message}` : message
  return new FeedFault('FEED_UNREACHABLE', `${name} cannot be read: ${why}.`, { cause: error })
}
