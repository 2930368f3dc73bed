const BITS = 12
const SIZE = 2 ** BITS

/** From keys that a sequence has given out, which are dense, to small numbers; 0 where there is none. */
export class KeyIndex {
  readonly #pages = new Map<number, Int32Array>()
  #last = -1
  #lastPage: Int32Array | undefined

  find(key: number): number {
    return this.#page(key)?.[key % SIZE] ?? 0
  }

  set(key: number, slot: number): void {
    let page = this.#page(key)
    if (page === undefined) {
      page = new Int32Array(SIZE)
      this.#pages.set(Math.floor(key / SIZE), page)
      this.#lastPage = page
    }
    page[key % SIZE] = slot
  }

  get bytes(): number {
    return this.#pages.size * SIZE * 4
  }

  #page(key: number): Int32Array | undefined {
    const index = Math.floor(key / SIZE)
    if (index !== this.#last) {
      this.#last = index
      this.#lastPage = this.#pages.get(index)
    }
    return this.#lastPage
  }
}
