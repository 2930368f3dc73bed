const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id as four words, the highest first; null for anything but the canonical spelling. */
export function uuidWords(text: string): Uint32Array | null {
  if (!CANONICAL.test(text)) return null
  const digits = text.replaceAll('-', '')
  return Uint32Array.from({ length: 4 }, (_, word) => Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16))
}

export function uuidText(words: ArrayLike<number>): string {
  let digits = ''
  for (let word = 0; word < 4; word++) digits += (words[word] as number).toString(16).padStart(8, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
}
