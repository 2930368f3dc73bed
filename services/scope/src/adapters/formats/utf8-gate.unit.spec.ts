import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReportFault } from './report-fault.js'
import { Utf8Gate } from './utf8-gate.js'

function through(bytes: Uint8Array, size: number): string {
  const gate = new Utf8Gate()
  const passed: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const piece = Buffer.from(bytes.subarray(at, at + size))
    const out = gate.pass(piece)
    // Whole characters only, at every step.
    expect(out.toString('utf8')).not.toContain('�')
    passed.push(Buffer.from(out))
    piece.fill(0)
  }
  passed.push(gate.end())
  return Buffer.concat(passed).toString('utf8')
}

describe('the gate', () => {
  it('lets UTF-8 through unharmed, however it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (text, size) => {
        const safe = `{"a":${JSON.stringify(text.toWellFormed().replaceAll('\uFFFD', ''))}}`
        expect(through(Buffer.from(safe), size)).toBe(safe)
      }),
    )
    // The first text of graphemes takes seconds where others are busy, too.
  }, 60_000)

  it('drops a byte order mark', () => {
    for (const size of [1, 2, 3, 4, 100]) expect(through(Buffer.from('\uFEFF{"é":1}'), size)).toBe('{"é":1}')
  })

  it.each<[string, Buffer, RegExp]>([
    ['UTF-16 with a mark', Buffer.from('\uFEFF{"a":1}', 'utf16le'), /UTF-16/],
    ['UTF-16 in the other order', Buffer.from('\uFEFF{"a":1}', 'utf16le').swap16(), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), /UTF-16/],
    ['UTF-32', Buffer.from([0, 0, 0, 0x7b, 0, 0, 0, 0x7d]), /UTF-32/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0]), /gzip/],
    ['ZIP', Buffer.from('PK\u0003\u0004abc'), /ZIP/],
    ['a stray byte of Latin-1', Buffer.from('{"a":"caf\xe9"}', 'latin1'), /not valid UTF-8/],
    ['a character cut off by the end', Buffer.from('{"a":"é').subarray(0, -1), /not valid UTF-8/],
    ['an overlong form', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22]), /not valid UTF-8/],
    ['half of a surrogate pair', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22]), /not valid UTF-8/],
  ])('refuses %s and says what it is', (_name, bytes, message) => {
    for (const size of [1, 3, 100]) {
      const reading = () => through(bytes, size)
      expect(reading).toThrow(ReportFault)
      expect(reading).toThrow(/^WRONG_ENCODING/)
      expect(reading).toThrow(message)
    }
  })

  it('lets nothing pass as nothing', () => {
    expect(through(Buffer.alloc(0), 1)).toBe('')
  })
})
