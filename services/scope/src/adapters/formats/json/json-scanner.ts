import { ReportFault } from '../report-fault.js'

/**
 * What the consumer wants with a value it is told of: walk into it and be told of its members, have it whole, or not at
 * all. A scalar that is `enter`ed is skipped.
 */
export type Wish = 'enter' | 'take' | 'skip'
export type ValueType = 'object' | 'array' | 'scalar'

export interface JsonConsumer {
  /** A value begins. `key` is its name in an object, its index in an array, `undefined` for a document's root. */
  value(key: string | number | undefined, type: ValueType): Wish
  /** A taken value has ended. Its bytes are valid until this returns; `undefined` when it was longer than allowed. */
  taken(bytes: Buffer | undefined): void
  /** The object or array entered last has ended. */
  left(): void
}

export interface JsonScannerLimits {
  /** How deep arrays and objects may be nested. */
  readonly maxDepth: number
  /** How long a taken value may be, in bytes; a longer one is run over and reported as `undefined`. */
  readonly maxTakenBytes: number
  /** Several documents, one after the other, as in newline-delimited JSON. */
  readonly manyDocuments: boolean
}

// What the next byte may be. One number per place in the grammar of RFC 8259.
const VALUE = 0
const VALUE_OR_END = 1
const KEY = 2
const KEY_OR_END = 3
const COLON = 4
const AFTER = 5
const STRING = 6
const ESCAPE = 7
const HEX = 8
const MINUS = 9
const ZERO = 10
const INTEGER = 11
const POINT = 12
const FRACTION = 13
const EXPONENT = 14
const EXPONENT_SIGN = 15
const EXPONENT_DIGITS = 16
const WORD = 17
const ROOT = 18
const DONE = 19
// Inside a taken object or array, whose grammar JSON.parse will check: only its end is looked for.
const TAKEN = 20
const TAKEN_STRING = 21
const TAKEN_ESCAPE = 22

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OBJECT = 0
const ARRAY = 1
const WORDS: ReadonlyMap<number, string> = new Map([
  [0x74, 'true'],
  [0x66, 'false'],
  [0x6e, 'null'],
])
/** Longer names of members are never ones that a reader looks for. */
const MAX_KEY_BYTES = 1024
const isDigit = (c: number) => c >= 0x30 && c <= 0x39

/**
 * A strict, streaming scanner of JSON text: it checks every byte against the grammar, and cuts out the values its
 * consumer asks for so that `JSON.parse` can read them. It accepts exactly what `JSON.parse` accepts (within its
 * limits), and holds no more than one taken value and a byte of state per level.
 *
 * Why not a streaming parser from npm: those build every value in JavaScript, bound neither depth nor value, and were
 * too slow for the work (CycloneDX report of 37 MB, one core: @streamparser/json 18 MB/s, stream-json 13 MB/s, this with
 * JSON.parse for the values 55–78 MB/s, JSON.parse on the whole report, unbounded, 90 MB/s).
 *
 * Throws {@link ReportFault} `NOT_JSON`, `TRUNCATED` or `TOO_DEEP`.
 */
export class JsonScanner {
  readonly #consumer: JsonConsumer
  readonly #limits: JsonScannerLimits
  /** Object or array, for each open level. */
  readonly #kinds: Uint8Array
  #depth = 0
  /** How many of the open levels, from the top, have been entered. */
  #entered = 0
  /** Elements seen so far in each entered array. */
  readonly #counts: number[] = []
  #state = ROOT
  /** While a value is run over: the depth at which it stands; -1 otherwise. */
  #base = -1
  #taking = false
  #takenTooLong = false
  #parts: Buffer[] = []
  #partBytes = 0
  #stringIsKey = false
  #keyWanted = false
  #keyEscaped = false
  #key: string | undefined
  #hexLeft = 0
  #word = ''
  #wordAt = 0
  /** Bytes consumed before the current chunk. */
  #offset = 0
  #documents = 0

  constructor(consumer: JsonConsumer, limits: JsonScannerLimits) {
    this.#consumer = consumer
    this.#limits = limits
    this.#kinds = new Uint8Array(limits.maxDepth)
  }

  /** How many documents have begun. */
  get documents(): number {
    return this.#documents
  }

  /** Whether the text so far is nothing or whole documents. */
  get atRest(): boolean {
    return this.#state === ROOT || this.#state === DONE || this.#isRootNumberEnd()
  }

  push(chunk: Buffer): void {
    const n = chunk.length
    const kinds = this.#kinds
    let state = this.#state
    let i = 0
    // Where in this chunk the bytes begin that are to be kept: a taken value or a wanted key.
    let from = 0
    while (i < n) {
      const c = chunk[i] as number
      switch (state) {
        case TAKEN: {
          let at = i
          let s = c
          // Both opening brackets are 0x7b with bit 5 set, both closing ones 0x7d.
          while (s !== QUOTE && (s | 0x20) !== 0x7b && (s | 0x20) !== 0x7d) {
            at++
            if (at === n) break
            s = chunk[at] as number
          }
          i = at
          if (at === n) break
          i++
          if (s === QUOTE) state = TAKEN_STRING
          else if ((s | 0x20) === 0x7b) {
            if (this.#depth >= this.#limits.maxDepth) this.#failDepth(i - 1)
            this.#depth++
          } else if (--this.#depth === this.#base) {
            this.#endValue(chunk, from, i)
            state = AFTER
          }
          break
        }
        case TAKEN_STRING: {
          let at = i
          let s = c
          while (s !== QUOTE && s !== BACKSLASH) {
            at++
            if (at === n) break
            s = chunk[at] as number
          }
          i = at
          if (at === n) break
          i++
          state = s === QUOTE ? TAKEN : TAKEN_ESCAPE
          break
        }
        case TAKEN_ESCAPE:
          state = TAKEN_STRING
          i++
          break
        case STRING: {
          let at = i
          let s = c
          while (s !== QUOTE && s !== BACKSLASH && s >= 0x20) {
            at++
            if (at === n) break
            s = chunk[at] as number
          }
          i = at
          if (at === n) break
          if (s === QUOTE) {
            i++
            if (this.#stringIsKey) {
              if (this.#keyWanted) this.#endKey(chunk, from, i)
              state = COLON
            } else {
              state = AFTER
              if (this.#base === this.#depth) this.#endValue(chunk, from, i)
            }
          } else if (s === BACKSLASH) {
            i++
            this.#keyEscaped = true
            state = ESCAPE
          } else this.#fail(i, 'a control character inside a string')
          break
        }
        case ESCAPE:
          if (c === 0x75) {
            this.#hexLeft = 4
            state = HEX
          } else if (
            c === QUOTE ||
            c === BACKSLASH ||
            c === 0x2f ||
            c === 0x62 ||
            c === 0x66 ||
            c === 0x6e ||
            c === 0x72 ||
            c === 0x74
          )
            state = STRING
          else this.#fail(i, 'an unknown escape in a string')
          i++
          break
        case HEX:
          if (!(isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66)))
            this.#fail(i, 'an escape that is not four hexadecimal digits')
          if (--this.#hexLeft === 0) state = STRING
          i++
          break
        case AFTER:
          if (c === 0x2c) {
            state = kinds[this.#depth - 1] === ARRAY ? VALUE : KEY
            i++
          } else if (c === 0x7d || c === 0x5d) {
            if (kinds[this.#depth - 1] !== (c === 0x5d ? ARRAY : OBJECT)) this.#fail(i, 'a bracket that closes nothing')
            i++
            state = this.#close(chunk, from, i)
          } else if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) i++
          else this.#fail(i, 'expected a comma or the end of the list or object')
          break
        case KEY_OR_END:
        case KEY:
          if (c === QUOTE) {
            this.#stringIsKey = true
            this.#keyWanted = this.#base < 0
            if (this.#keyWanted) {
              this.#keyEscaped = false
              from = i
            }
            state = STRING
            i++
          } else if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) i++
          else if (c === 0x7d && state === KEY_OR_END) {
            i++
            state = this.#close(chunk, from, i)
          } else this.#fail(i, 'expected the name of a member')
          break
        case COLON:
          if (c === 0x3a) state = VALUE
          else if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) this.#fail(i, 'expected a colon')
          i++
          break
        case DONE:
        case ROOT:
        case VALUE_OR_END:
        case VALUE: {
          if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) {
            i++
            break
          }
          if (c === 0x5d && state === VALUE_OR_END) {
            i++
            state = this.#close(chunk, from, i)
            break
          }
          if (state === DONE && !this.#limits.manyDocuments) this.#fail(i, 'something follows the end of the document')
          if (state === DONE || state === ROOT) this.#documents++
          if (c === QUOTE) {
            if (this.#base < 0 && this.#begin('scalar')) from = i
            this.#stringIsKey = false
            state = STRING
          } else if (c === 0x7b || c === 0x5b) {
            const kind = c === 0x7b ? OBJECT : ARRAY
            const walking = this.#base < 0
            if (walking && this.#begin(kind === OBJECT ? 'object' : 'array')) from = i
            if (this.#depth >= this.#limits.maxDepth) this.#failDepth(i)
            kinds[this.#depth++] = kind
            if (walking && this.#base < 0) {
              this.#entered++
              this.#counts.push(0)
            }
            state = this.#taking ? TAKEN : kind === OBJECT ? KEY_OR_END : VALUE_OR_END
          } else if (c === 0x2d || isDigit(c)) {
            if (this.#base < 0 && this.#begin('scalar')) from = i
            state = c === 0x2d ? MINUS : c === 0x30 ? ZERO : INTEGER
          } else {
            const word = WORDS.get(c)
            if (word === undefined) this.#fail(i, 'expected a value')
            else {
              if (this.#base < 0 && this.#begin('scalar')) from = i
              this.#word = word
              this.#wordAt = 1
              state = WORD
            }
          }
          i++
          break
        }
        case WORD:
          if (c !== this.#word.charCodeAt(this.#wordAt)) this.#fail(i, `expected ${this.#word}`)
          i++
          if (++this.#wordAt === this.#word.length) {
            state = AFTER
            if (this.#base === this.#depth) this.#endValue(chunk, from, i)
            if (this.#depth === 0) state = DONE
          }
          break
        case INTEGER:
        case FRACTION:
        case EXPONENT_DIGITS:
          if (isDigit(c)) {
            i++
            break
          }
          if (state === INTEGER && c === 0x2e) state = POINT
          else if (state !== EXPONENT_DIGITS && (c === 0x65 || c === 0x45)) state = EXPONENT
          else {
            state = this.#endNumber(chunk, from, i)
            break
          }
          i++
          break
        case ZERO:
          if (c === 0x2e) state = POINT
          else if (c === 0x65 || c === 0x45) state = EXPONENT
          else {
            state = this.#endNumber(chunk, from, i)
            break
          }
          i++
          break
        case MINUS:
          if (c === 0x30) state = ZERO
          else if (isDigit(c)) state = INTEGER
          else this.#fail(i, 'a minus without a number')
          i++
          break
        case POINT:
          if (!isDigit(c)) this.#fail(i, 'a decimal point without digits')
          state = FRACTION
          i++
          break
        case EXPONENT:
          if (c === 0x2b || c === 0x2d) state = EXPONENT_SIGN
          else if (isDigit(c)) state = EXPONENT_DIGITS
          else this.#fail(i, 'an exponent without digits')
          i++
          break
        case EXPONENT_SIGN:
          if (!isDigit(c)) this.#fail(i, 'an exponent without digits')
          state = EXPONENT_DIGITS
          i++
          break
      }
      // A string or word that was the whole document.
      if (state === AFTER && this.#depth === 0) state = DONE
    }
    this.#state = state
    const keepKey = this.#keyWanted && this.#stringIsKey && (state === STRING || state === ESCAPE || state === HEX)
    if (this.#taking || keepKey) this.#keep(chunk, from, n, keepKey ? MAX_KEY_BYTES : this.#limits.maxTakenBytes)
    this.#offset += n
  }

  /** No more bytes come. Throws `TRUNCATED` unless what came is complete. */
  end(): void {
    if (this.#isRootNumberEnd()) {
      if (this.#base === 0) this.#endValue(Buffer.alloc(0), 0, 0)
      this.#state = DONE
    }
    if (this.#state !== DONE && this.#state !== ROOT)
      throw new ReportFault('TRUNCATED', `The report ends in the middle, after ${this.#offset} bytes.`)
  }

  #isRootNumberEnd(): boolean {
    const s = this.#state
    return this.#depth === 0 && (s === ZERO || s === INTEGER || s === FRACTION || s === EXPONENT_DIGITS)
  }

  /** A value begins at an entered level (or the root). True: its bytes are to be kept. */
  #begin(type: ValueType): boolean {
    const level = this.#entered - 1
    let key: string | number | undefined
    if (level >= 0) {
      if (this.#kinds[level] === ARRAY) {
        const index = this.#counts[level] ?? 0
        this.#counts[level] = index + 1
        key = index
      } else key = this.#key
    }
    const wish = this.#consumer.value(key, type)
    if (wish === 'enter' && type !== 'scalar') return false
    this.#base = this.#depth
    this.#taking = wish === 'take'
    this.#takenTooLong = false
    return this.#taking
  }

  /** The value being run over has ended just before `to`. */
  #endValue(chunk: Buffer, from: number, to: number): void {
    this.#base = -1
    if (!this.#taking) return
    this.#taking = false
    const tooLong = this.#takenTooLong || this.#partBytes + to - from > this.#limits.maxTakenBytes
    if (tooLong) {
      this.#parts = []
      this.#partBytes = 0
      this.#consumer.taken(undefined)
    } else this.#consumer.taken(this.#joined(chunk, from, to))
  }

  #endNumber(chunk: Buffer, from: number, to: number): number {
    if (this.#base === this.#depth) this.#endValue(chunk, from, to)
    return this.#depth === 0 ? DONE : AFTER
  }

  #endKey(chunk: Buffer, from: number, to: number): void {
    this.#keyWanted = false
    if (this.#takenTooLong || this.#partBytes + to - from > MAX_KEY_BYTES) {
      this.#takenTooLong = false
      this.#parts = []
      this.#partBytes = 0
      // No reader looks for a name of this length; it must only differ from all that they do look for.
      this.#key = ''
      return
    }
    const bytes = this.#joined(chunk, from, to)
    this.#key = this.#keyEscaped
      ? (JSON.parse(bytes.toString('utf8')) as string)
      : bytes.toString('utf8', 1, bytes.length - 1)
  }

  /** A bracket closed the innermost level just before `to`. Gives the next state. */
  #close(chunk: Buffer, from: number, to: number): number {
    this.#depth--
    if (this.#base === this.#depth) this.#endValue(chunk, from, to)
    else if (this.#base < 0) {
      this.#entered--
      this.#counts.pop()
      this.#consumer.left()
    }
    return this.#depth === 0 ? DONE : AFTER
  }

  /** Keeps what belongs to an unfinished value or key beyond its chunk, unless it is already too long. */
  #keep(chunk: Buffer, from: number, to: number, limit: number): void {
    if (this.#takenTooLong) return
    if (this.#partBytes + to - from > limit) {
      this.#takenTooLong = true
      this.#parts = []
      this.#partBytes = 0
      return
    }
    if (to > from) this.#parts.push(Buffer.from(chunk.subarray(from, to)))
    this.#partBytes += to - from
  }

  #joined(chunk: Buffer, from: number, to: number): Buffer {
    if (this.#parts.length === 0) return chunk.subarray(from, to)
    this.#parts.push(chunk.subarray(from, to))
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    this.#partBytes = 0
    return whole
  }

  #failDepth(at: number): never {
    throw new ReportFault(
      'TOO_DEEP',
      `Lists and objects are nested more than ${this.#limits.maxDepth} deep, at byte ${this.#offset + at}.`,
    )
  }

  #fail(at: number, what: string): never {
    throw new ReportFault('NOT_JSON', `Not JSON at byte ${this.#offset + at}: ${what}.`)
  }
}
