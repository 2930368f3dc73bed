import { setTimeout as sleep } from 'node:timers/promises'
import { cycloneDx } from '../../support/cyclone-dx.js'
import type { PatientClient } from './patient-client.js'

/** Those who work while the process is killed under them. */
export interface People {
  admin: PatientClient
  /** Requests, to be approved by Sofia. */
  dana: PatientClient
  /** Requests under Auto Pilot. */
  priya: PatientClient
  sofia: PatientClient
  sofiaId: string
}

export interface ToldException {
  id: string
  name: string
  asset: string
  /** What it must have come to. */
  status: 'active' | 'denied' | 'deactivated'
  requester: 'dana' | 'priya'
}

/** What the clients were told, to be held against what is there in the end. */
export interface Told {
  exceptions: ToldException[]
  /** `asset vulnerability` of every finding that was accepted. */
  findings: string[]
  reports: Array<{ id: string; asset: string; findings: number }>
}

const LANES = 2
const FINDINGS_AN_ASSET = 3
const FINDINGS_A_REPORT = 60

interface Pace {
  /** Between two things. */
  pauseMs?: number
  /** What names begin with, where the same people have worked before: what is reported then is new. */
  prefix?: string
}

/** Everyone works, one thing after the other, until the signal; then what was begun is finished. */
export async function work(people: People, stop: AbortSignal, { pauseMs = 0, prefix = '' }: Pace = {}): Promise<Told> {
  const told: Told = { exceptions: [], findings: [], reports: [] }
  const repeat = async (once: (n: number) => Promise<void>) => {
    for (let n = 0; !stop.aborted; n++) {
      await once(n)
      if (pauseMs > 0) await sleep(pauseMs)
    }
  }
  await Promise.all([
    ...Array.from({ length: LANES }, (_, lane) =>
      repeat((n) => requestAndDecide(people, told, `${prefix}${lane}-${n}`, n)),
    ),
    repeat((n) => requestUnderAutoPilot(people, told, `${prefix}auto-${n}`)),
    repeat((n) => publishFindings(people, told, prefix, n)),
    repeat((n) => sendReport(people, told, `${prefix}report-${n}`)),
  ])
  return told
}

const request = (name: string, asset: string) => ({
  name,
  justification: 'Replaced next month.',
  riskAcknowledged: true,
  expression: `asset.name == "${asset}"`,
  expiration: { type: 'never' },
})

/** In turn denied, left active, and active until it is deactivated. */
async function requestAndDecide({ dana, sofia, sofiaId }: People, told: Told, key: string, n: number) {
  const name = `Asked ${key}`
  const asset = `asset-${key}`
  const { id } = answered(
    201,
    await dana.write<{ id: string }>('/exceptions', { ...request(name, asset), approvers: [sofiaId] }),
  )
  const approve = n % 3 !== 0
  answered(
    200,
    await sofia.write(
      `/approvals/${id}/decision`,
      approve ? { decision: 'approve' } : { decision: 'deny', comment: 'Patch it.' },
      'application/json',
      [404],
    ),
  )
  const deactivate = n % 3 === 2
  if (deactivate) {
    // It waits for what was decided to arrive where exceptions are in force.
    for (let status = ''; status !== 'active'; )
      status = answered(200, await sofia.get<{ status: string }>(`/exceptions/${id}`)).status
    answered(200, await sofia.write(`/exceptions/${id}/deactivate`, { reason: 'Not needed any more.' }))
  }
  const status = approve ? (deactivate ? 'deactivated' : 'active') : 'denied'
  told.exceptions.push({ id, name, asset, status, requester: 'dana' })
}

async function requestUnderAutoPilot({ priya }: People, told: Told, key: string) {
  const name = `Automatic ${key}`
  const asset = `asset-${key}`
  const { id, status } = answered(
    201,
    await priya.write<{ id: string; status: string }>('/exceptions', request(name, asset)),
  )
  if (status !== 'active') throw new Error(`an exception under Auto Pilot is ${status}`)
  told.exceptions.push({ id, name, asset, status, requester: 'priya' })
}

async function publishFindings({ admin }: People, told: Told, prefix: string, n: number) {
  const owners = [...Array.from({ length: LANES }, (_, lane) => String(lane)), 'auto']
  const assets = owners.map((owner) => `asset-${prefix}${owner}-${n}`)
  const findings = assets.flatMap((asset) =>
    Array.from({ length: FINDINGS_AN_ASSET }, (_, index) => ({ asset, vulnerability: `CVE-2024-${10_000 + index}` })),
  )
  const observedAt = new Date().toISOString()
  const lines = findings.map(({ asset, vulnerability }) =>
    JSON.stringify({
      observed: {
        scanner: 'patient',
        scanId: `scan-${prefix}${n}`,
        asset: { name: asset, type: 'ASSET_TYPE_HOST' },
        vulnerability: { id: vulnerability },
        component: { name: 'openssl', version: '3.0.1' },
        severity: 'high',
        observedAt,
      },
    }),
  )
  const { accepted } = answered(
    202,
    await admin.write<{ accepted: number }>('/instances/batch', `${lines.join('\n')}\n`, 'application/x-ndjson'),
  )
  if (accepted !== findings.length) throw new Error(`${accepted} of ${findings.length} findings were accepted`)
  told.findings.push(...findings.map(({ asset, vulnerability }) => `${asset} ${vulnerability}`))
}

async function sendReport({ admin }: People, told: Told, asset: string) {
  const { id } = answered(
    202,
    await admin.write<{ id: string }>(`/reports?scanner=patient-sbom&asset=${asset}`, cycloneDx(FINDINGS_A_REPORT)),
  )
  told.reports.push({ id, asset, findings: FINDINGS_A_REPORT })
}

function answered<T>(status: number, answer: { status: number; body: T }): T {
  if (answer.status === status) return answer.body
  throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`)
}
