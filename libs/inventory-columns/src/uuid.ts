const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const pairs = (word: number, from: number): string =>
  (PAIRS[(word >>> from) & 0xff] as string) + (PAIRS[(word >>> (from - 8)) & 0xff] as string)

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id as four words, the highest first; null for anything but the canonical spelling. */
export function uuidWords(text: string): Uint32Array | null {
  if (!CANONICAL.test(text)) return null
  const digits = text.replaceAll('-', '')
  return Uint32Array.from({ length: 4 }, (_, word) => Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16))
}

export function uuidText(words: ArrayLike<number>): string {
  const [a = 0, b = 0, c = 0, d = 0] = [words[0], words[1], words[2], words[3]]
  return `${pairs(a, 24)}${pairs(a, 8)}-${pairs(b, 24)}-${pairs(b, 8)}-${pairs(c, 24)}-${pairs(c, 8)}${pairs(d, 24)}${pairs(d, 8)}`
}
