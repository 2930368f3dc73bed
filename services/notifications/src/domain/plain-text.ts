// Controls, line separators, and what turns the direction of writing or hides: nothing that somebody types as a name has a use for them.
// Joiners (U+200C, U+200D) stay: scripts and emoji need them.
const UNSEEN = /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu

/** Text that somebody typed, safe for one line of a mail or a header: no line break, no control, no trick with the direction. */
export function oneLine(text: string, max = 200): string {
  return clipped(text.toWellFormed().replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim(), max)
}

/** The same for text of several lines. */
export function someLines(text: string, max = 1_500): string[] {
  return clipped(text.toWellFormed(), max)
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map((line) => oneLine(line, max))
}

/** Cut at whole characters as people see them, with a sign that it was cut. */
function clipped(text: string, max: number): string {
  if (text.length <= max) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text.slice(0, max + 64))) {
    if (kept.length + segment.length > max - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}
