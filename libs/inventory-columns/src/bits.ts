// Sets of small numbers, a bit for each, in words of 32.

export const wordsFor = (size: number): number => (size + 31) >>> 5

export const newBits = (size: number): Uint32Array => new Uint32Array(wordsFor(size))

export const hasBit = (bits: Uint32Array, at: number): boolean => (((bits[at >>> 5] as number) >>> (at & 31)) & 1) === 1

export function setBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31))
}

/** All numbers below `size`, and no other. */
export function fullBits(size: number): Uint32Array {
  const bits = newBits(size).fill(0xffff_ffff)
  if ((size & 31) !== 0) bits[size >>> 5] = (1 << (size & 31)) - 1
  return bits
}

/** `into |= other` */
export function join(into: Uint32Array, other: Uint32Array): void {
  for (let word = 0; word < into.length; word++) into[word] = (into[word] as number) | (other[word] as number)
}

/** `into &= other` */
export function meet(into: Uint32Array, other: Uint32Array): void {
  for (let word = 0; word < into.length; word++) into[word] = (into[word] as number) & (other[word] as number)
}

/** `a & ~b` */
export function without(a: Uint32Array, b: Uint32Array): Uint32Array {
  return a.map((word, index) => word & ~(b[index] as number))
}

export function isEmpty(bits: Uint32Array): boolean {
  return bits.every((word) => word === 0)
}

export function countOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

export function countBits(bits: Uint32Array): number {
  let count = 0
  for (let word = 0; word < bits.length; word++) count += countOf(bits[word] as number)
  return count
}

/** In order. */
export function forEachBit(bits: Uint32Array, visit: (at: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word] as number; left !== 0; left &= left - 1) visit(word * 32 + 31 - Math.clz32(left & -left))
  }
}
