import type { ReportFormatName, ReportItem, ReportOptions } from './report-format.port.js'
import { ReportReading } from './report-reading.js'

/** A larger chunk is read in parts, so that what it gives does not pile up. */
const PART_BYTES = 64 * 1024
/**
 * Reads a report of any known format as it streams in. Holds in memory only what findings refer to, within
 * {@link ReportLimits}. The same bytes give the same items, however they are cut into chunks.
 *
 * Throws {@link ReportFault} if the report as a whole cannot be read, possibly after items have been given; then no
 * `completed` has been, so nothing is closed.
 */
export async function* readReport(
  source: AsyncIterable<Uint8Array>,
  options: ReportOptions,
): AsyncGenerator<ReportItem, void, undefined> {
  const reading = new ReportReading(options, false)
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += PART_BYTES) {
        reading.push(chunk.subarray(at, at + PART_BYTES))
        // Not yield*, which in an asynchronous generator waits once more for every item.
        for (const item of reading.take()) yield item
        if (reading.waits) yield* reading.takeWaiting()
      }
    }
    reading.end()
    for (const item of reading.take()) yield item
    if (reading.waits) yield* reading.takeWaiting()
    for (const item of reading.completed()) yield item
  } finally {
    await reading.close()
  }
}

/**
 * Tells a report's format and whether it can be read and its assets are known, without reading its findings: several
 * times faster than {@link readReport}, so that a sender hears of a fault at once. Throws the same {@link ReportFault}s,
 * except those that only show inside a finding.
 */
export async function inspectReport(
  source: AsyncIterable<Uint8Array>,
  options: Pick<ReportOptions, 'asset' | 'limits'>,
): Promise<{ format: ReportFormatName }> {
  const reading = new ReportReading(
    { ...options, scanner: '', partial: true, reportId: '', scanId: '', receivedAt: new Date(0) },
    true,
  )
  try {
    for await (const chunk of source)
      for (let at = 0; at < chunk.length; at += PART_BYTES) reading.push(chunk.subarray(at, at + PART_BYTES))
    return { format: reading.end() }
  } finally {
    await reading.close()
  }
}
