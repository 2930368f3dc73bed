// A process of its own that reads a generated report and tells on its last line what that took. Run by the test beside
// it, on the built code, with a small heap: `node read-large-report.mjs SHAPE MEBIBYTES`.

import { readReport } from '../../dist/adapters/formats/read-report.js'
import { generateCyclonedx } from '../generate-cyclonedx.ts'

const [shape = 'cyclonedx', size = '200'] = process.argv.slice(2)
const wanted = Number(size) * 1024 * 1024

const BYTES_A_FINDING = 1370

/** Repeats an element until the report is as long as wanted. */
function* filled(before, element, after) {
  yield before
  let length = before.length
  for (let index = 0; length < wanted - after.length; ) {
    let piece = ''
    for (; piece.length < 65_536; index++) piece += (index === 0 ? '' : ',') + element(index)
    length += piece.length
    yield piece
  }
  yield after
}

const finding = (n) => ({
  ruleId: 'R1',
  message: { text: 'x'.repeat(300) },
  fingerprints: { 'id/v1': `0123456789abcdef${n}` },
})
const match = (n) => ({
  vulnerability: { id: `CVE-2024-${10_000 + n}`, severity: 'High', description: 'x'.repeat(300) },
  artifact: { name: 'a', version: '1', purl: `pkg:npm/a${n}@1` },
})
const shapes = {
  cyclonedx: () => generateCyclonedx({ findings: Math.round(wanted / BYTES_A_FINDING) }),
  // Everything that findings refer to comes after them.
  'cyclonedx-backwards': () => generateCyclonedx({ findings: Math.round(wanted / BYTES_A_FINDING), backwards: true }),
  sarif: () =>
    filled(
      '{"version":"2.1.0","runs":[{"results":[',
      (n) => JSON.stringify(finding(n)),
      '],"tool":{"driver":{"rules":[{"id":"R1"}]}}}]}',
    ),
  grype: () =>
    filled(
      '{"matches":[',
      (n) => JSON.stringify(match(n)),
      '],"source":{"type":"directory","target":"/a/b"},"distro":{}}',
    ),
  'one-string': () =>
    filled(
      '{"matches":[{"vulnerability":{"id":"A"},"x":"',
      () => 'y'.repeat(65_535),
      '"}],"source":{"type":"directory","target":"/a/b"},"distro":{}}',
    ),
  components: () =>
    filled(
      '{"bomFormat":"CycloneDX","components":[',
      (n) => `{"bom-ref":"${n}-${'r'.repeat(100)}","name":"n${n}","version":"1"}`,
      '],"vulnerabilities":[]}',
    ),
  empties: () => filled('{"matches":[', () => '{}', ']}'),
}

async function* bytes() {
  const encoder = new TextEncoder()
  for (const piece of shapes[shape]()) yield encoder.encode(piece)
}

const counts = {}
let length = 0
async function* counted() {
  for await (const piece of bytes()) {
    length += piece.length
    yield piece
  }
}
let fault
const started = performance.now()
try {
  const options = { scanner: 's', asset: 'a', partial: false, reportId: 'r', scanId: 's', receivedAt: new Date(0) }
  for await (const { kind } of readReport(counted(), options)) counts[kind] = (counts[kind] ?? 0) + 1
} catch (thrown) {
  fault = thrown.code ?? String(thrown)
}
const { maxRSS } = process.resourceUsage()
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage()
process.stdout.write(
  `${JSON.stringify({ mebibytes: length / 2 ** 20, counts, fault, peakMegabytes: maxRSS / 1000, seconds, cpuSeconds: (user + system) / 1e6 })}\n`,
)
