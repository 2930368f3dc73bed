/** Ids of 128 bits. */
export interface IdSet {
  /** Of each one's last 16 bits, which are random: most rows are none of them by that alone. */
  readonly ends: Uint32Array
  /** @param at where its four words begin */
  has(words: Uint32Array, at: number): boolean
}
