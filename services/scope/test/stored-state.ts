import { compileQuery, evaluate } from '@reprieve/query'
import { sql } from 'kysely'
import { matchRowsWhere } from '../src/adapters/postgres/match-rows.js'
import type { ScopeDatabase } from '../src/adapters/postgres/tables.js'

/** Everything that is stored, by natural keys and in one order: what two histories that come to the same must have in common. */
export async function storedState(database: ScopeDatabase) {
  const rows = async (query: string) => (await database.pool.query(query)).rows
  return {
    assets: await rows('SELECT id, name, type, os, owner, environment, tags FROM asset ORDER BY id'),
    vulnerabilities: await rows(
      'SELECT canonical, ids FROM vulnerability WHERE merged_into IS NULL ORDER BY canonical',
    ),
    instances: await rows(`
      SELECT a.id AS asset, v.canonical, i.place, i.variant, i.open, i.severity, i.cvss, i.component_version, i.scanners,
        i.first_seen, i.closed_at FROM instance i
      JOIN asset a ON a.key = i.asset_key JOIN vulnerability v ON v.key = i.vulnerability_key
      ORDER BY a.id, v.canonical, i.place, i.variant`),
    attributions: await rows(`
      SELECT a.id AS asset, v.canonical, i.place, i.variant, s.name AS scanner, t.open, t.hash, t.facts, t.first_seen, t.closed_at
      FROM attribution t JOIN instance i ON i.asset_key = t.asset_key AND i.key = t.instance_key
      JOIN asset a ON a.key = i.asset_key JOIN vulnerability v ON v.key = i.vulnerability_key JOIN scanner s ON s.key = t.scanner_key
      ORDER BY a.id, v.canonical, i.place, i.variant, s.name`),
    scans: await rows(`
      SELECT a.id AS asset, s.name AS scanner, scan.scan_id, scan.announced, scan.arrived, scan.rejected, scan.outcome, scan.closed
      FROM scan JOIN asset a ON a.key = scan.asset_key JOIN scanner s ON s.key = scan.scanner_key
      ORDER BY a.id, s.name, scan.scan_id`),
    members: await members(database),
    reports: await rows(`
      SELECT r.status, r.received, r.sent, r.ignored, r.rejected, r.completions, r.failure, sum(t.created)::int AS created,
        sum(t.updated)::int AS updated, sum(t.unchanged)::int AS unchanged, sum(t.merged)::int AS merged, sum(t.closed)::int AS closed
      FROM report r LEFT JOIN report_tally t ON t.report_id = r.id GROUP BY r.id ORDER BY r.received_at`),
  }
}

/** Pairs of instance and exception of what is live: `asset vulnerability place variant / exception`. */
async function members(database: ScopeDatabase): Promise<string[]> {
  const { rows } = await database.pool.query<{ member: string }>(`
    SELECT concat_ws(' ', a.id, v.canonical, i.place, i.variant, '/', e.id) AS member
    FROM membership m JOIN exception e ON e.key = m.exception_key AND e.live
    JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key
    JOIN asset a ON a.key = i.asset_key JOIN vulnerability v ON v.key = i.vulnerability_key
    WHERE m.until IS NULL`)
  return rows.map(({ member }) => member).sort()
}

/** Stored membership of live exceptions, and what it must be by evaluating every query on every instance. */
export async function membershipAndOracle(database: ScopeDatabase, now: Date) {
  const exceptions = await database.db
    .selectFrom('exception')
    .select(['key', 'expression'])
    .where('live', '=', true)
    .execute()
  const instances = await matchRowsWhere(database.db, sql`true`)
  const oracle: string[] = []
  for (const { key, expression } of exceptions) {
    const compiled = compileQuery(expression)
    if (!compiled.ok) throw new Error(`${expression} cannot be read`)
    for (const row of instances) if (evaluate(compiled.query, row, now) === true) oracle.push(`${row.key} ${key}`)
  }
  const { rows } = await database.pool.query<{ member: string }>(`
    SELECT m.instance_key || ' ' || m.exception_key AS member FROM membership m
    JOIN exception e ON e.key = m.exception_key AND e.live WHERE m.until IS NULL`)
  return { stored: rows.map(({ member }) => member).sort(), oracle: oracle.sort(), instances: instances.length }
}
