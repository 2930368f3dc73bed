import { describe, expect, it } from 'vitest'
import { oneLine, someLines } from './plain-text.js'

describe('text on one line', () => {
  it.each([
    ['line breaks that would make a header', 'Tea\r\nBcc: all@x.example', 'Tea Bcc: all@x.example'],
    ['other line breaks', 'a\u0085b\u2028c\u2029d\ve\ff', 'a b c d e f'],
    ['controls', 'a\u0000b\u0007c\u001b[31md\u007fe', 'a b c [31md e'],
    ['marks that turn the direction of writing', 'invoice\u202efdp.exe\u2066x\u200f', 'invoice fdp.exe x'],
    ['what nobody sees', 'a\u200bb\ufeffc\u00add', 'a b c d'],
    ['half of a character', 'a\ud83db', 'a\ufffdb'],
    ['blanks around and between', '  a \t\n b  ', 'a b'],
  ])('has no %s', (_, given, expected) => {
    expect(oneLine(given)).toBe(expected)
  })

  it('keeps every script and every emoji', () => {
    const text = 'Ünïcödé 漢字 العربية क्‍ष 👩‍👩‍👧 <b>&amp;'
    expect(oneLine(text)).toBe(text)
  })

  it('is cut between characters as people see them', () => {
    expect(oneLine('👩‍👩‍👧'.repeat(50), 20)).toBe('👩‍👩‍👧👩‍👩‍👧…')
    expect(oneLine('abcdef', 6)).toBe('abcdef')
    expect(oneLine('abcdefg', 6)).toBe('abcde…')
  })

  it('is cut in time that does not depend on what is cut away', () => {
    const began = performance.now()
    expect(oneLine('x'.repeat(5_000_000), 100)).toHaveLength(100)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

describe('text on several lines', () => {
  it('breaks where it was broken, and each line is one', () => {
    expect(someLines('a\r\nb\nc\rd\u2028e\n\n\u202ef\u0000')).toEqual(['a', 'b', 'c', 'd', 'e', '', 'f'])
  })

  it('is bounded as a whole', () => {
    expect(someLines('word\n'.repeat(10_000), 100).join('\n').length).toBeLessThanOrEqual(100)
  })
})
