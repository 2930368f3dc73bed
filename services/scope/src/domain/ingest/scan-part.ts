/** One record of a scan that arrived: what it was about, when it was seen, and what tells it from the scan's other records. */
export interface Sighting {
  /** 0 for a record that was rejected. */
  readonly instance: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly arrival: number
}

const VERSION = 2

/**
 * Sightings in few bytes, since an unchanged finding writes nothing else: sorted by instance, each as its differences from the one before
 * it, and how often these come again. Findings that came in one scan have neighbouring instances, one time and neighbouring sequences:
 * wherever nothing came between them they are one run of some bytes, however many they are.
 */
export function encodeSightings(sightings: readonly Sighting[]): Buffer {
  const sorted = sightings.toSorted((a, b) => a.instance - b.instance || a.arrival - b.arrival)
  const writer = new Writer(64 + sorted.length)
  writer.unsigned(VERSION)
  let before: Sighting = { instance: 0, at: 0, arrival: 0 }
  let run: Run | null = null
  for (const sighting of sorted) {
    const instance = sighting.instance - before.instance
    const at = sighting.at - before.at
    const arrival = sighting.arrival - before.arrival
    if (run !== null && run.instance === instance && run.at === at && run.arrival === arrival) run.count++
    else {
      if (run !== null) writeRun(writer, run)
      run = { count: 1, instance, at, arrival }
    }
    before = sighting
  }
  if (run !== null) writeRun(writer, run)
  // No run is of none: so it ends, and bytes that were cut off can be told.
  writer.unsigned(0)
  return writer.bytes()
}

/** @throws RangeError for bytes that are none of `encodeSightings` */
export function decodeSightings(bytes: Uint8Array): Sighting[] {
  const reader = new Reader(bytes)
  const version = reader.unsigned()
  if (version !== VERSION) throw new RangeError(`sightings of version ${version} cannot be read`)
  const sightings: Sighting[] = []
  let before: Sighting = { instance: 0, at: 0, arrival: 0 }
  for (let count = reader.unsigned(); count > 0; count = reader.unsigned()) {
    const [instance, at, arrival] = [reader.unsigned(), reader.signed(), reader.signed()]
    for (let n = 0; n < count; n++) {
      before = { instance: before.instance + instance, at: before.at + at, arrival: before.arrival + arrival }
      sightings.push(before)
    }
  }
  return sightings
}

interface Run {
  count: number
  readonly instance: number
  readonly at: number
  readonly arrival: number
}

function writeRun(writer: Writer, { count, instance, at, arrival }: Run): void {
  writer.unsigned(count)
  writer.unsigned(instance)
  writer.signed(at)
  writer.signed(arrival)
}

// Seven bits a byte, low ones first, as protobuf's varints; numbers go up to 2^53, so no bit operators.
class Writer {
  #buffer: Buffer
  #length = 0

  constructor(expected: number) {
    this.#buffer = Buffer.allocUnsafe(expected)
  }

  unsigned(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#byte((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.#byte(rest)
  }

  /** The sign in the lowest bit. Differences of safe integers stay exact when doubled up to 2^53, which hashes of 52 bits need. */
  signed(value: number): void {
    this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1)
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  #byte(value: number): void {
    if (this.#length === this.#buffer.length) {
      this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2)
    }
    this.#buffer[this.#length++] = value
  }
}

class Reader {
  #at = 0

  constructor(private readonly bytes: Uint8Array) {}

  unsigned(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.#at++]
      if (byte === undefined) throw new RangeError('sightings end too early')
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
  }

  signed(): number {
    const value = this.unsigned()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
