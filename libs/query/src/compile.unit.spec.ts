import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileQuery } from './compile.js'
import { format } from './format.js'

const canonical = (text: string): string => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return format(result.query)
}

const faults = (text: string) => {
  const result = compileQuery(text)
  return result.ok ? [] : result.faults
}

describe('what the language has', () => {
  it.each([
    ['severity == "critical"', 'severity == "critical"'],
    ["'critical' == severity", 'severity == "critical"'],
    ['severity != "low"', 'severity != "low"'],
    ['!(severity == "low")', 'severity != "low"'],
    ['severity in ["high", "critical", "high"]', 'severity in ["critical", "high"]'],
    ['severity in ["high"]', 'severity == "high"'],
    ['severity in []', 'severity in []'],
    ['!(severity in ["high", "low"])', '!(severity in ["high", "low"])'],
    ['asset.name.startsWith("web-")', 'asset.name.startsWith("web-")'],
    ['!title.contains("libc")', '!title.contains("libc")'],
    ['severity.endsWith("l")', 'severity.endsWith("l")'],
    ['location == r"C:\\temp"', 'location == "C:\\\\temp"'],
    ['title == "a\\n\\u00e9\\x41\\101"', 'title == "a\\néAA"'],
    ['title == """two\nlines"""', 'title == "two\\nlines"'],
    ['cvss >= 7', 'cvss >= 7.0'],
    ['7.0 <= cvss', 'cvss >= 7.0'],
    ['cvss == -0.0', 'cvss == 0.0'],
    ['epss > 1e-3', 'epss > 0.001'],
    ['cvss in [9.8, 7, 7.0]', 'cvss in [7.0, 9.8]'],
    ['port == 0x1bb', 'port == 443'],
    ['port != 22', 'port != 22'],
    ['-1 < port', 'port > -1'],
    ['kev', 'kev'],
    ['kev == true', 'kev'],
    ['kev != true', '!kev'],
    ['false == kev', '!kev'],
    ['!!kev', 'kev'],
    ['has(cvss)', 'has(cvss)'],
    ['!has(asset.owner)', '!has(asset.owner)'],
    ['"team:x" in asset.tags', '"team:x" in asset.tags'],
    ['asset.tags.exists(t, t == "team:x")', '"team:x" in asset.tags'],
    ['asset.tags.exists(t, t != "a")', 'asset.tags.exists(x, x != "a")'],
    [
      'scanners.exists(s, (s.startsWith("a") || "b" == s) && !s.endsWith("c"))',
      'scanners.exists(x, (x.startsWith("a") || x == "b") && !x.endsWith("c"))',
    ],
    ['aliases.exists(a, a in ["x", "y"])', 'aliases.exists(x, x in ["x", "y"])'],
    ['kev && (cvss > 7.0 && fixAvailable)', 'kev && cvss > 7.0 && fixAvailable'],
    ['kev && (cvss > 7.0 || fixAvailable)', 'kev && (cvss > 7.0 || fixAvailable)'],
    ['kev || cvss > 7.0 && fixAvailable', 'kev || (cvss > 7.0 && fixAvailable)'],
    ['!(kev || fixAvailable)', '!(kev || fixAvailable)'],
    ['// why\nkev // and so on', 'kev'],
  ])('%s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  it.each([
    'now - firstSeen > duration("720h")',
    'duration("720h") < now - firstSeen',
    'firstSeen < now - duration("720h")',
    'now - duration("720h") > firstSeen',
    'firstSeen + duration("720h") < now',
    'now > duration("720h") + firstSeen',
    'firstSeen - now < duration("-720h")',
    'now - firstSeen - duration("1h") > duration("719h")',
    'now - firstSeen > duration("700h") + duration("20h")',
    '!(now - firstSeen <= duration("43200m"))',
  ])('the age of an instance may be written as %s', (text) => {
    const result = compileQuery(text)
    expect(result.ok && result.query.normal).toEqual({
      kind: 'literal',
      negated: false,
      leaf: { kind: 'age', field: 'firstSeen', op: '>', milliseconds: 2_592_000_000 },
    })
  })

  it.each([
    ['firstSeen >= timestamp("2026-01-31T00:00:00Z")', 'firstSeen >= timestamp("2026-01-31T00:00:00Z")'],
    ['timestamp("2026-01-31T01:00:00+01:00") <= firstSeen', 'firstSeen >= timestamp("2026-01-31T00:00:00Z")'],
    ['firstSeen != timestamp("2026-01-31T00:00:00.123000Z")', 'firstSeen != timestamp("2026-01-31T00:00:00.123Z")'],
    [
      'firstSeen - timestamp("2026-01-30T00:00:00Z") > duration("24h")',
      'firstSeen > timestamp("2026-01-31T00:00:00Z")',
    ],
    ['timestamp("2026-01-31T00:00:00Z") - firstSeen > duration("0s")', 'firstSeen < timestamp("2026-01-31T00:00:00Z")'],
    ['now < timestamp("2026-01-31T00:00:00Z")', 'now < timestamp("2026-01-31T00:00:00Z")'],
    ['timestamp("2026-01-31T00:00:00Z") - now > duration("1h30m")', 'now < timestamp("2026-01-30T22:30:00Z")'],
    ['firstSeen < now', 'now - firstSeen > duration("0s")'],
    ['now - firstSeen == duration("1.5s")', 'now - firstSeen == duration("1s500ms")'],
  ])('times: %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  it('a test on vulnerability asks all ids of the vulnerability', () => {
    const result = compileQuery('vulnerability == "CVE-2024-1"')
    expect(result.ok && result.query.root).toEqual({
      kind: 'leaf',
      leaf: {
        kind: 'text',
        field: 'vulnerability',
        list: false,
        alsoIn: 'aliases',
        test: { op: 'oneOf', values: ['CVE-2024-1'] },
      },
    })
  })

  it('another registry gives another language', () => {
    const registry = {
      'ticket.severity': { type: 'string', description: '' },
      days: { type: 'int', description: '' },
    } as const
    expect(compileQuery('ticket.severity == "any" && days > 30', registry).ok).toBe(true)
    expect(compileQuery('severity == "high"', registry)).toMatchObject({
      faults: [{ code: 'UNKNOWN_FIELD', message: 'There is no field severity; did you mean ticket.severity?' }],
    })
  })
})

describe('what is refused, with what would be right', () => {
  it.each([
    // Names
    ['sevrity == "high"', 1, 'UNKNOWN_FIELD', 'did you mean severity?'],
    ['kev && environment == "x"', 8, 'UNKNOWN_FIELD', 'did you mean asset.environment?'],
    ['asset.enviroment == "x"', 1, 'UNKNOWN_FIELD', 'did you mean asset.environment?'],
    ['Severity == "high"', 1, 'UNKNOWN_FIELD', 'did you mean severity?'],
    ['asset == "x"', 1, 'UNKNOWN_FIELD', 'asset alone is no field; say which: asset.id, asset.name'],
    ['has(asset)', 5, 'UNKNOWN_FIELD', 'asset alone is no field'],
    ['severity == critical', 13, 'UNKNOWN_FIELD', 'text stands in quotes, as in severity == "critical"'],
    ['constructor == "x"', 1, 'UNKNOWN_FIELD', 'There is no field constructor'],
    ['asset.__proto__ == "x"', 1, 'UNKNOWN_FIELD', 'There is no field asset.__proto__'],
    ['hasOwnProperty("x")', 1, 'NOT_ALLOWED', 'hasOwnProperty(…) is not allowed'],
    // Values of enumerated fields
    [
      'severity == "Critical"',
      13,
      'UNKNOWN_VALUE',
      'did you mean "critical"? Its values are critical, high, medium, low, none, unknown',
    ],
    ['severity in ["high", "moderate"]', 22, 'UNKNOWN_VALUE', 'severity is never "moderate"'],
    ['asset.exposure != "public"', 19, 'UNKNOWN_VALUE', 'Its values are internet, internal, isolated'],
    // Types
    ['cvss > "7"', 8, 'WRONG_TYPE', 'cvss is a number; write cvss >= 7.0'],
    ['cvss in [7, "8"]', 13, 'WRONG_TYPE', 'cvss is a number'],
    ['port == 443.0', 9, 'WRONG_TYPE', 'port is a whole number; write port == 443'],
    ['port == 443u', 9, 'WRONG_TYPE', 'write the number without u'],
    ['kev == "true"', 8, 'WRONG_TYPE', 'kev is true or false; write kev or !kev'],
    ['kev in [true]', 1, 'WRONG_TYPE', 'write kev or !kev'],
    ['severity', 1, 'WRONG_TYPE', 'severity is text, so it is no test by itself; write severity == "critical"'],
    ['!cvss', 2, 'WRONG_TYPE', 'cvss is a number, so it is no test by itself'],
    ['asset.name == 7', 15, 'WRONG_TYPE', 'asset.name is text'],
    ['title == b"x"', 10, 'WRONG_TYPE', 'without b'],
    ['asset.owner == null', 16, 'WRONG_TYPE', '!has(field)'],
    ['severity > "low"', 1, 'WRONG_TYPE', 'has no order here; list the values, as in severity in ["critical", "high"]'],
    ['component.version < "2.0"', 1, 'WRONG_TYPE', 'has no order here'],
    ['kev > false', 1, 'WRONG_TYPE', 'has no order'],
    ['asset.tags == ["a"]', 1, 'WRONG_TYPE', '"text" in asset.tags'],
    ['asset.tags in ["a"]', 1, 'WRONG_TYPE', 'asset.tags.exists(x, x in ["text", "other"])'],
    ['asset.tags.contains("a")', 1, 'WRONG_TYPE', 'asset.tags.exists(x, x.contains("text"))'],
    ['"a" in asset.name', 8, 'WRONG_TYPE', 'asset.name.contains("text")'],
    ['1 in asset.tags', 1, 'WRONG_TYPE', '"text" in asset.tags'],
    ['severity in "high"', 13, 'WRONG_TYPE', 'severity in ["critical", "high"]'],
    ['asset.name.exists(x, x == "a")', 1, 'WRONG_TYPE', 'asset.name is text, not a list'],
    ['cvss.startsWith("9")', 1, 'WRONG_TYPE', 'cvss is a number, not text'],
    ['title.contains(7)', 16, 'WRONG_TYPE', 'title is text'],
    // Times
    ['firstSeen > "2026-01-01"', 13, 'WRONG_TYPE', 'timestamp("2026-01-31T00:00:00Z")'],
    ['now - firstSeen > 30', 19, 'WRONG_TYPE', 'duration("720h")'],
    ['now - firstSeen > timestamp("2026-01-01T00:00:00Z")', 1, 'WRONG_TYPE', 'a difference of times with a duration'],
    ['now - firstSeen > duration("30d")', 28, 'BAD_LITERAL', '30 days are duration("720h")'],
    ['now - firstSeen > duration("soon")', 28, 'BAD_LITERAL', 'units h, m, s and ms'],
    ['now - firstSeen > duration("1us")', 28, 'BAD_LITERAL', 'to the millisecond'],
    ['now - firstSeen > duration("99999999999h")', 28, 'BAD_LITERAL', 'at most 10 000 years'],
    ['now - firstSeen > duration(720)', 19, 'BAD_LITERAL', 'duration takes one text'],
    ['firstSeen > timestamp("2026-02-30T00:00:00Z")', 23, 'BAD_LITERAL', 'no such date'],
    ['firstSeen > timestamp("2026-01-01T24:00:01Z")', 23, 'BAD_LITERAL', 'no such date'],
    ['firstSeen > timestamp("2026-01-01")', 23, 'BAD_LITERAL', 'date, time and zone'],
    ['firstSeen > timestamp("2026-01-01T00:00:00.0001Z")', 23, 'BAD_LITERAL', 'at most three decimals'],
    ['firstSeen > timestamp("0000-01-01T00:00:00Z")', 23, 'BAD_LITERAL', 'years 1 to 9999'],
    ['firstSeen > timestamp("9999-12-31T00:00:00Z") + duration("48h")', 1, 'BAD_LITERAL', 'outside the years'],
    ['firstSeen + firstSeen > now', 1, 'WRONG_TYPE', 'cannot be added'],
    ['firstSeen + (firstSeen - now) > now', 1, 'NOT_ALLOWED', 'Compare one time field'],
    ['duration("1h") - now > duration("1h")', 1, 'WRONG_TYPE', 'cannot be taken from a duration'],
    ['cvss + 1 > 7', 1, 'NOT_ALLOWED', 'Only times are added and subtracted'],
    ['now - now > duration("1h")', 1, 'CONSTANT', 'the same'],
    ['now - firstSeen', 1, 'NOT_ALLOWED', 'compare it'],
    ['firstSeen.getFullYear() == 2026', 1, 'NOT_ALLOWED', 'getFullYear(…) is not allowed'],
    ['has(now)', 1, 'CONSTANT', 'always known'],
    ['timestamp("2026-01-01T00:00:00Z")', 1, 'CONSTANT', 'alone is no test'],
    // What CEL has besides
    ['title.matches("a.*")', 1, 'NOT_ALLOWED', 'use startsWith, endsWith or contains'],
    ['size(asset.tags) > 2', 1, 'NOT_ALLOWED', 'sizes are not asked for'],
    ['asset.tags.all(t, t == "a")', 1, 'NOT_ALLOWED', '!asset.tags.exists(x, !(…))'],
    ['asset.tags.map(t, t)', 1, 'NOT_ALLOWED', 'use exists'],
    ['asset.tags[0] == "a"', 1, 'NOT_ALLOWED', 'a list is looked into with in and exists'],
    ['asset["name"] == "a"', 1, 'NOT_ALLOWED', 'with dots, as in asset.name'],
    ['kev ? kev : fixAvailable', 1, 'NOT_ALLOWED', '(a && b) || (!a && c)'],
    ['{"a": 1} == kev', 1, 'NOT_ALLOWED', 'Maps are not allowed'],
    ['cvss * 2 > 7', 1, 'NOT_ALLOWED', 'Nothing is calculated but times'],
    ['kev == fixAvailable', 8, 'NOT_ALLOWED', 'not with another field'],
    ['asset.name in asset.tags', 1, 'NOT_ALLOWED', 'not another field'],
    ['1 < cvss < 5', 1, 'NOT_ALLOWED', 'join tests with && and ||'],
    ['(kev && fixAvailable) == true', 2, 'NOT_ALLOWED', 'A test is not compared'],
    ['has(kev) == true', 1, 'NOT_ALLOWED', 'A test is not compared'],
    ['-kev', 1, 'NOT_ALLOWED', 'A minus sign stands before a number only'],
    ['true', 1, 'CONSTANT', 'the same'],
    ['"a" == "a"', 1, 'CONSTANT', 'the same'],
    ['"a" in ["a"]', 1, 'CONSTANT', 'asks about a field'],
    // Inside exists
    ['asset.tags.exists(x, y == "a")', 22, 'NOT_ALLOWED', 'only tests of x'],
    ['asset.tags.exists(x, x == x)', 22, 'NOT_ALLOWED', 'only tests of x'],
    ['asset.tags.exists(x, kev)', 22, 'NOT_ALLOWED', 'only tests of x'],
    ['asset.tags.exists(x, true)', 22, 'NOT_ALLOWED', 'only tests of x'],
    ['asset.tags.exists(x, x == 1)', 27, 'WRONG_TYPE', 'asset.tags is a list of texts'],
    ['asset.tags.exists(x, x > "a")', 22, 'NOT_ALLOWED', 'only tests of x'],
    ['asset.tags.exists("x", x == "a")', 19, 'NOT_ALLOWED', 'a name for one value of the list'],
    ['asset.tags.exists(x)', 1, 'NOT_ALLOWED', 'exists takes a name and a test'],
    ['asset.tags.exists(kev, kev == "a")', 19, 'NOT_ALLOWED', 'choose another name'],
    ['asset.tags.exists(asset, asset == "a")', 19, 'NOT_ALLOWED', 'choose another name'],
    // Syntax
    ['', 1, 'QUERY_EMPTY', 'write a test such as'],
    [' // nothing', 1, 'QUERY_EMPTY', 'write a test such as'],
    ['severity = "high"', 10, 'SYNTAX', 'Compare with =='],
    ['kev and fixAvailable', 5, 'SYNTAX', 'Write && instead of "and"'],
    ['kev OR fixAvailable', 5, 'SYNTAX', 'Write || instead of "OR"'],
    ['not kev', 5, 'SYNTAX', 'Write ! instead of "not"'],
    ['kev & fixAvailable', 5, 'SYNTAX', 'Write &&'],
    ['kev | fixAvailable', 5, 'SYNTAX', 'Write ||'],
    ['kev fixAvailable', 5, 'SYNTAX', 'Nothing joins "fixAvailable" to what stands before it'],
    ['kev &&', 7, 'SYNTAX', 'ends too early'],
    ['(kev', 5, 'SYNTAX', 'A closing ) should be here, where the query ends'],
    ['kev)', 4, 'SYNTAX', 'There is no opening bracket'],
    ['severity in ["high"', 20, 'SYNTAX', 'A closing ]'],
    ['severity == “high”', 13, 'SYNTAX', 'plain quotes'],
    ['severity == "high', 13, 'SYNTAX', 'never closed'],
    ['severity == "hi\ngh"', 16, 'SYNTAX', 'on the line it begins on'],
    ['title == "a\\qb"', 12, 'SYNTAX', 'There is no escape \\q'],
    ['title == "\\ud800"', 11, 'SYNTAX', 'surrogate'],
    ['title == r"a\\" || kev"', 13, 'SYNTAX', 'write it without r'],
    ['while == "a"', 1, 'SYNTAX', '"while" is a word that CEL keeps for itself'],
    ['kev && $x', 8, 'SYNTAX', '"$" (U+0024) has no meaning here'],
    ['kev\u00a0&& kev', 4, 'SYNTAX', 'U+00A0'],
    ['title == "\ud800"', 11, 'SYNTAX', 'lone surrogate'],
    ['title == "\\u0000"', 10, 'BAD_LITERAL', 'U+0000'],
    ['cvss > 1e999', 8, 'BAD_LITERAL', 'no number'],
    ['cvss > 99999999999999999999', 8, 'BAD_LITERAL', 'too large'],
  ])('%j', (text, column, code, message) => {
    const [first, ...others] = faults(text)
    expect(others).toEqual([])
    expect(first).toMatchObject({ line: 1, column, code })
    expect(first?.message).toContain(message)
  })

  it('every fault is told, in the order of the text, with the line and column of each', () => {
    expect(faults('kev &&\r\n  (sevrity == "high" ||\n\tcvss > "7") && "🔥🔥" == title && bogus')).toMatchObject([
      { line: 2, column: 4, code: 'UNKNOWN_FIELD' },
      { line: 3, column: 9, code: 'WRONG_TYPE' },
      { line: 3, column: 36, code: 'UNKNOWN_FIELD' },
    ])
  })

  it('at most twenty faults are told', () => {
    expect(faults(Array.from({ length: 40 }, () => 'bogus').join(' && '))).toHaveLength(20)
  })
})

describe('limits', { timeout: 60_000 }, () => {
  const nest = (levels: number): string =>
    levels === 1 ? 'kev' : levels % 2 === 0 ? `(kev && ${nest(levels - 1)})` : `(kev || ${nest(levels - 1)})`
  const joined = (count: number) => Array.from({ length: count }, (_, index) => `cvss > ${index}`).join(' || ')
  const list = (count: number) => `cvss in [${Array.from({ length: count }, (_, index) => index)}]`
  const sized = (bytes: number) => `kev${' '.repeat(bytes - 3)}`

  it.each([
    ['16 levels', nest(16)],
    ['16 levels with many needless brackets', `${'('.repeat(40)}${nest(16)}${')'.repeat(40)}`],
    ['15 levels around exists', `${'!('.repeat(14)}asset.tags.exists(x, x == "a")${')'.repeat(14)}`],
    ['64 leaves', joined(64)],
    ['64 leaves within exists', `asset.tags.exists(x, ${Array.from({ length: 64 }, () => 'x == "a"').join(' || ')})`],
    ['a list of 1000', list(1000)],
    ['64 KiB', sized(65_536)],
  ])('%s are taken', (_, text) => {
    expect(faults(text)).toEqual([])
  })

  it.each([
    ['17 levels', nest(17), 'QUERY_TOO_DEEP'],
    ['16 levels around exists', `${'!('.repeat(15)}asset.tags.exists(x, x == "a")${')'.repeat(15)}`, 'QUERY_TOO_DEEP'],
    ['17 times !', `${'!'.repeat(17)}kev`, 'QUERY_TOO_DEEP'],
    ['65 leaves', joined(65), 'TOO_MANY_LEAVES'],
    ['65 leaves, one of them within exists', `${joined(64)} || asset.tags.exists(x, x == "a")`, 'TOO_MANY_LEAVES'],
    ['a list of 1001', list(1001), 'LIST_TOO_LONG'],
    ['a byte more than 64 KiB', sized(65_537), 'QUERY_TOO_LARGE'],
    ['64 KiB of text in more bytes', `title == "${'é'.repeat(40_000)}"`, 'QUERY_TOO_LARGE'],
    ['9 terms of times', `now${' - duration("1h")'.repeat(8)} > firstSeen`, 'NOT_ALLOWED'],
  ])('%s are refused', (_, text, code) => {
    expect(faults(text)).toMatchObject([{ code }])
  })

  it('no text of 64 KiB, however it is nested or repeated, throws or is taken', () => {
    const pieces = [
      '(',
      '!',
      '-',
      '[',
      '{',
      '!(',
      '-(',
      'f(',
      'a?',
      'a.',
      'a[',
      '[[',
      '{1:',
      '"',
      "'",
      '\\',
      '9',
      'a',
      '1+',
      'now-',
    ]
    const more = [
      'a==',
      'a in ',
      'a && ',
      'kev||',
      'a.exists(x,',
      'asset.tags.exists(x, x=="a")||',
      't.map(x,x).',
      'a//\n',
      'r"\\',
      "b'",
      '1e',
      '🔥',
    ]
    for (const piece of [...pieces, ...more]) {
      for (const end of ['', 'kev', '"a"', ')']) {
        const text = piece.repeat(Math.floor((65_536 - 4) / Buffer.byteLength(piece))) + end
        const found = faults(text)
        expect(found.length, piece).toBeGreaterThan(0)
        for (const fault of found) expect(fault.message.length).toBeLessThan(700)
      }
    }
  })

  it('a text of random tokens is taken or refused with places inside it, and never throws', () => {
    const words =
      'severity cvss kev asset.tags asset now firstSeen vulnerability x in has exists startsWith timestamp duration true null'
    const signs =
      '( ) [ ] { } , . ? : ! - + * / % == != < <= > >= && || = & | " \' "critical" "a" 7 7.5 1e 0x r" // \n \\ 🔥 é'
    const token = fc.oneof(
      fc.constantFrom(...words.split(' ')),
      fc.constantFrom(...signs.split(' ')),
      fc.string({ maxLength: 3, unit: 'binary' }),
    )
    const text = fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join(' '))
    fc.assert(
      fc.property(text, (query) => {
        const lines = query.split(/\r\n|\n|\r/)
        for (const { line, column } of faults(query)) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(lines.length)
          expect(column).toBeGreaterThanOrEqual(1)
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 2)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
