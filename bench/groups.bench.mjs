// What a hundred thousand groups of tickets cost while instances come in: a scan in which a twentieth has changed, without any grouping rule
// and with three of them that have told of so many groups. A group is a key, so nothing is matched for it.
import { changed, scannedAssets } from './lib/scanned-assets.mjs'
import { publishAll, scanMessages, settled, startScope, takeIn } from './lib/scope-service.mjs'
import { withScope } from './lib/scope-stage.mjs'

const GROUPS = Number(process.env.BENCH_GROUPS ?? 100_000)
const ASSETS = Number(process.env.BENCH_ASSETS ?? 150)
const FINDINGS = 200
const ROUNDS = 3
const HOUR_MS = 3_600_000

export const run = () => withScope('groups', measured)

async function measured({ url, brokers, pool, carrier }) {
  const assets = scannedAssets(ASSETS, FINDINGS)
  let published = 0
  let scans = 0
  const scan = async (rows) => {
    scans++
    const at = new Date(Date.now() - HOUR_MS + published)
    const messages = rows.flatMap((of, index) => scanMessages(of, { scanId: `${scans}-${index}`, at }))
    await publishAll(carrier, messages)
    published += messages.length
    await pool.query('VACUUM ANALYZE')
    const { service, rate } = await takeIn(pool, () => startScope(url, brokers), published)
    await settled(pool)
    await counted(pool)
    await service.close()
    return rate
  }
  await scan(assets)
  const rates = { without: [], beside: [] }
  for (let round = 1; round <= ROUNDS; round++) {
    await withoutGroups(pool)
    rates.without.push(await scan(changed(assets, round)))
    await withGroups(pool)
    rates.beside.push(await scan(changed(assets, 100 + round)))
  }
  const [without, beside] = [middle(rates.without), middle(rates.beside)]
  return [
    {
      id: 'ingest beside groups of tickets',
      ratio: beside / without,
      unit: 'of the rate without',
      goal: '≥ 90 %',
      holds: beside / without >= 0.9,
      detail: `${GROUPS} groups: ${Math.round(beside)} events/s, without ${Math.round(without)}; a twentieth changed, medians of ${ROUNDS}`,
    },
  ]
}

const KINDS = ['ownerAndComponent', 'asset', 'vulnerability']
const idOf = (n) => `00000000-0000-4000-8000-00000000000${n}`

async function withoutGroups(pool) {
  await pool.query('TRUNCATE ticket_group, group_due; UPDATE grouping_rule SET enabled = false, recount = false')
}

/** As they stand once their owner has told of the rules and scope has told of the groups: most of them of what this scan does not touch. */
async function withGroups(pool) {
  for (const [n, kind] of KINDS.entries()) {
    await pool.query(
      `INSERT INTO grouping_rule (id, incarnation, version, by, filter, rule_version, enabled, recount)
       VALUES ($1, 1, 1, $2, '', 1, true, false) ON CONFLICT (id) DO UPDATE SET enabled = true`,
      [idOf(n), kind],
    )
  }
  await pool.query(
    `INSERT INTO ticket_group (rule_id, group_key, owner, asset_name, rule_version, told, told_version)
     SELECT $1, jsonb_build_object('owner', 'owner-' || n, 'component', 'component-' || n), 'owner-' || n, '', 1, '', 1
     FROM generate_series(1, $2) AS n`,
    [idOf(0), GROUPS],
  )
}

/** Until no group waits to be counted. */
async function counted(pool) {
  for (;;) {
    const { rows } = await pool.query('SELECT NOT EXISTS (SELECT FROM group_due) AS done')
    if (rows[0].done) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const middle = (rates) => rates.sort((a, b) => a - b)[rates.length >> 1]
