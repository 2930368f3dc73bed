import { readFileSync, writeFileSync } from 'node:fs'
import type { Recorded } from '../replays/replay-carrier.js'

const FILE = new URL('../../last-release/events.jsonl', import.meta.url)

interface Line extends Omit<Recorded, 'value' | 'publishedAt'> {
  /** In base64. */
  value: string
  publishedAt: string
}

export function writeEvents(records: readonly Recorded[]): void {
  const lines = records.map((record): string => {
    const line: Line = {
      ...record,
      value: Buffer.from(record.value).toString('base64'),
      publishedAt: record.publishedAt.toISOString(),
    }
    return JSON.stringify(line)
  })
  writeFileSync(FILE, `${lines.join('\n')}\n`)
}

/** What the last release published in a life or two, on every topic, in the order of publishing. */
export function readEvents(): Recorded[] {
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((text) => {
      const { value, publishedAt, ...record } = JSON.parse(text) as Line
      return { ...record, value: Buffer.from(value, 'base64'), publishedAt: new Date(publishedAt) }
    })
}

// Fields that no contract has: one of a number, and one of bytes.
const UNKNOWN = Buffer.concat([
  varint((50_000 << 3) | 0),
  varint(7),
  varint((50_001 << 3) | 2),
  varint(5),
  Buffer.from('later'),
])

/** The same as a newer version could tell it: with fields that nobody knows yet. */
export const withUnknownFields = (record: Recorded): Recorded => ({
  ...record,
  value: Buffer.concat([record.value, UNKNOWN]),
})

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128)
  return Buffer.from([...bytes, left])
}
