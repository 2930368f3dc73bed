import { type GatewayClient, Refusal } from './gateway-client.js'
import type { Terminal } from './terminal.port.js'

type Status = 'ok' | 'warn' | 'fail'

export interface Finding {
  /** The service, or `gateway`. */
  of: string
  what: string
  status: Status
  found: string
  /** What to do; null where nothing is to be done. */
  advice: string | null
}

interface Diagnosis {
  at: string
  checks: ReadonlyArray<Omit<Finding, 'of'>>
}

const SKEW_SECONDS = { warn: 2, fail: 30 }
const EXIT: Readonly<Record<Status, number>> = { ok: 0, warn: 1, fail: 2 }

/**
 * Asks every service how it is and tells it, one line for each thing.
 * @returns 0 where all is well, 1 with warnings, 2 where something fails
 */
export async function doctor(client: GatewayClient, terminal: Terminal, json: boolean): Promise<number> {
  const findings = await examine(client)
  const worst = findings.reduce<Status>((most, { status }) => (EXIT[status] > EXIT[most] ? status : most), 'ok')
  if (json) terminal.out(JSON.stringify({ status: worst, findings }, null, 2))
  else for (const line of findings.flatMap(linesOf)) terminal.out(line)
  return EXIT[worst]
}

async function examine(client: GatewayClient): Promise<Finding[]> {
  let services: string[]
  try {
    const { paths } = await client.get<{ paths: Record<string, unknown> }>('/openapi.json')
    services = Object.keys(paths).flatMap((path) => /^\/diagnostics\/([a-z-]+)$/.exec(path)?.[1] ?? [])
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return [
      {
        of: 'gateway',
        what: 'answers',
        status: 'fail',
        found: error.message,
        advice: 'See whether it runs, and REPRIEVE_URL.',
      },
    ]
  }
  const found = await Promise.all(services.map((service) => examineService(client, service)))
  return [
    {
      of: 'gateway',
      what: 'answers',
      status: services.length > 0 ? 'ok' : 'fail',
      found: `knows ${services.length} services`,
      advice: services.length > 0 ? null : 'This gateway is older than the command.',
    },
    ...found.flat(),
  ]
}

async function examineService(client: GatewayClient, service: string): Promise<Finding[]> {
  const before = Date.now()
  try {
    const { at, checks } = await client.get<Diagnosis>(`/diagnostics/${service}`)
    const middle = before + (Date.now() - before) / 2
    const skew = Math.abs(new Date(at).getTime() - middle) / 1_000
    // Its answer takes as long as its slowest check: only what is beyond that is the clock's.
    const beyond = Math.max(0, skew - (Date.now() - before) / 2_000)
    const status = beyond >= SKEW_SECONDS.fail ? 'fail' : beyond >= SKEW_SECONDS.warn ? 'warn' : 'ok'
    return [
      ...checks.map((check) => ({ ...check, of: service })),
      {
        of: service,
        what: 'clock here',
        status,
        found: `${beyond.toFixed(1)} s from this machine’s`,
        advice: status === 'ok' ? null : 'Let both machines follow the same time servers (NTP).',
      },
    ]
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const advice = 'See whether it and its database run: its log and /readyz tell.'
    return [{ of: service, what: 'answers', status: 'fail', found: error.message, advice }]
  }
}

function linesOf({ of, what, status, found, advice }: Finding): string[] {
  const line = `${status.padEnd(4)}  ${of.padEnd(13)}  ${what}: ${found}`
  return advice === null ? [line] : [line, `${' '.repeat(21)}→ ${advice}`]
}
