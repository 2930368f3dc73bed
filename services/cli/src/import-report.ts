import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GatewayClient, Refusal } from './gateway-client.js'
import type { Terminal } from './terminal.port.js'

export interface ImportOptions {
  file: string
  scanner: string
  asset: string | undefined
  partial: boolean
}

interface Report {
  id: string
  status: 'processing' | 'done' | 'failed'
  format: string | null
  received: number
  created: number
  updated: number
  unchanged: number
  merged: number
  ignored: number
  rejected: number
  closed: number
  errors: ReadonlyArray<{ detail: string }>
}

const COUNTS = ['received', 'created', 'updated', 'unchanged', 'merged', 'ignored', 'rejected', 'closed'] as const
const LOOK_EVERY_MS = 500

export async function importReport(client: GatewayClient, terminal: Terminal, options: ImportOptions): Promise<number> {
  const query = new URLSearchParams({ scanner: options.scanner })
  if (options.asset !== undefined) query.set('asset', options.asset)
  if (options.partial) query.set('partial', 'true')
  const source = options.file === '-' ? process.stdin : await open(options.file)
  const gzip = options.file.endsWith('.gz')
  const accepted = await client.upload<Report>(`/reports?${query}`, source, {
    'content-type': 'application/json',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  })
  terminal.out(`kept as report ${accepted.id}`)
  for (;;) {
    const report = await client.get<Report>(`/reports/${accepted.id}`)
    if (report.status === 'processing') {
      await sleep(LOOK_EVERY_MS)
      continue
    }
    terminal.out(`${report.format ?? 'unknown format'}: ${COUNTS.map((name) => `${name} ${report[name]}`).join(', ')}`)
    for (const { detail } of report.errors) terminal.error(`  ${detail}`)
    return report.status === 'done' ? 0 : 1
  }
}

async function open(file: string) {
  try {
    await access(file)
  } catch {
    throw new Refusal(`${file} cannot be read`)
  }
  return createReadStream(file)
}
