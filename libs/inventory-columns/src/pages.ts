/** What a column's values are kept in. */
export type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array

/**
 * An array that grows by pages of one size, so that nothing is ever copied to make it larger. Loops over many values go over the pages
 * themselves.
 */
export class Pages<Kind extends Numbers> {
  readonly pages: Kind[] = []
  readonly #mask: number

  /**
   * @param bits a page has two to the power of this many values
   * @param spread values for each place (an id of 128 bits takes four)
   * @param blank what a value is until it is set
   */
  constructor(
    private readonly make: (length: number) => Kind,
    readonly bits: number,
    private readonly blank = 0,
    private readonly spread = 1,
  ) {
    this.#mask = 2 ** bits - 1
  }

  get(at: number): number {
    return this.pages[at >>> this.bits]?.[(at & this.#mask) * this.spread] ?? this.blank
  }

  set(at: number, value: number): void {
    this.page(at)[(at & this.#mask) * this.spread] = value
  }

  /** The page of a place, made if it is not there. */
  page(at: number): Kind {
    const index = at >>> this.bits
    while (this.pages.length <= index) {
      const page = this.make(2 ** this.bits * this.spread)
      if (this.blank !== 0) page.fill(this.blank)
      this.pages.push(page)
    }
    return this.pages[index] as Kind
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + page.byteLength, 0)
  }
}

export const bytePages = (bits: number, blank = 0) => new Pages((length) => new Uint8Array(length), bits, blank)
export const shortPages = (bits: number) => new Pages((length) => new Uint16Array(length), bits)
export const codePages = (bits: number) => new Pages((length) => new Int32Array(length), bits)
export const wordPages = (bits: number, spread = 1) => new Pages((length) => new Uint32Array(length), bits, 0, spread)
export const numberPages = (bits: number, blank = 0) => new Pages((length) => new Float64Array(length), bits, blank)
