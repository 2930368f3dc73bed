// A large inventory as companies have it, made by PostgreSQL itself: to send millions of instances through the topic would take an hour.
// Its values are those of workload.mjs, so that its queries find something.
import pg from 'pg'

/** Named `host-0` and so on; fewer instances leave some without any. */
export const ASSETS = 50_000
const VULNERABILITIES = 40_000
const COMPONENTS = 8_000
const AT_ONCE = 250_000
const TABLES = ['instance', 'attribution', 'membership']

// Of n, a number below `limit`, another one for each salt; and a share in [0, 1).
const below = (n, salt, limit) => `mod(hashint8extended(${n}, ${salt}) & 9007199254740991, ${limit})::int`
const share = (n, salt) => `((hashint8extended(${n}, ${salt}) & 4503599627370495)::float8 / 4503599627370496.0)`
const skewed = (n, salt, limit) => `floor(power(${share(n, salt)}, 3) * ${limit})::int`
const oneOf = (n, salt, values) =>
  `(ARRAY[${values.map((value) => `'${value}'`).join()}])[1 + ${below(n, salt, values.length)}]`
const cve = (n) => `'CVE-' || (2015 + ${n} % 12) || '-' || (1000 + ${n})`

/** @returns how many members the exceptions have */
export async function fillInventory(url, { instances, exceptions }) {
  const pools = [0, 1].map(() => new pg.Client({ connectionString: url }))
  await Promise.all(pools.map((client) => client.connect()))
  const [client] = pools
  try {
    // What follows from changes, and is checked of them, is not what is measured.
    for (const each of pools) await each.query('SET session_replication_role = replica; SET synchronous_commit = off')
    await fillShared(client)
    const again = await dropIndexes(client)
    const slices = Array.from({ length: Math.ceil(instances / AT_ONCE) }, (_, slice) => slice)
    await Promise.all(
      pools.map(async (each, worker) => {
        for (const slice of slices.filter((number) => number % pools.length === worker)) {
          const [from, to] = [slice * AT_ONCE + 1, Math.min(instances, (slice + 1) * AT_ONCE)]
          await each.query(instancesBetween(from, to, instances))
          await each.query(attributionsBetween(from, to, instances))
        }
      }),
    )
    const texts = await fillExceptions(client, exceptions)
    for (const statement of again) await client.query(statement)
    const members = await client.query('SELECT count(*)::int AS count FROM membership')
    // A proof of membership, which is due every twelve hours, is not what is measured either.
    await client.query(`INSERT INTO reconciliation (id, cause, started_at, finished_at, status)
      VALUES (gen_random_uuid(), 'schedule', now(), now(), 'done')`)
    await client.query('VACUUM ANALYZE')
    // Nor is the writing of what was filled.
    await client.query('CHECKPOINT')
    return { members: members.rows[0].count, expressions: texts }
  } finally {
    await Promise.all(pools.map((each) => each.end()))
  }
}

async function fillShared(client) {
  await client.query(`INSERT INTO scanner (name) VALUES ('trivy'), ('grype'), ('nessus'), ('prowler')`)
  await client.query(`
    INSERT INTO asset (key, id, name, type, os, owner, business_unit, environment, exposure, criticality, tags) OVERRIDING SYSTEM VALUE
    SELECT n + 1, 'host:' || n, 'host-' || n,
      ${oneOf('n', 1, ['host', 'container', 'image', 'repository', 'cloudResource', 'application'])},
      ${oneOf('n', 2, ['debian 12', 'ubuntu 24.04', 'alpine 3.21', 'rhel 9', 'windows 2022'])},
      CASE WHEN ${below('n', 3, 10)} > 0 THEN 'owner-' || ${below('n', 4, 400)} END,
      ${oneOf('n', 5, ['payments', 'retail', 'lending', 'treasury', 'platform', 'people', 'legal', 'markets', 'risk', 'cards', 'data', 'it'])},
      ${oneOf('n', 6, ['production', 'staging', 'development', 'test'])},
      CASE WHEN ${below('n', 7, 5)} > 0 THEN ${oneOf('n', 8, ['internet', 'internal', 'isolated'])} END,
      CASE WHEN ${below('n', 9, 5)} > 0 THEN ${oneOf('n', 10, ['critical', 'high', 'medium', 'low'])} END,
      CASE WHEN ${below('n', 11, 6)} > 0 THEN (
        SELECT coalesce(array_agg((ARRAY['team', 'app', 'cost', 'tier'])[1 + t % 4] || ':' || t), '{}')
        FROM (SELECT ${below('n * 8 + i', 12, 600)} AS t FROM generate_series(1, ${below('n', 13, 5)}) AS i) AS chosen) END
    FROM generate_series(0, ${ASSETS - 1}) AS n`)
  await client.query(`
    INSERT INTO vulnerability (key, canonical, ids) OVERRIDING SYSTEM VALUE
    SELECT n + 1, ${cve('n')}, CASE WHEN n % 3 = 0 THEN ARRAY[${cve('n')}, 'GHSA-' || n] ELSE ARRAY[${cve('n')}] END
    FROM generate_series(0, ${VULNERABILITIES - 1}) AS n`)
}

/** Assets one after the other, each with its own share of all. */
const assetOf = (n, instances) => `(1 + ((${n} - 1) * ${ASSETS} / ${instances}))::int`

const instancesBetween = (from, to, instances) => `
  INSERT INTO instance (key, asset_key, vulnerability_key, id, place, open, severity, scanner_severity, title, cvss, epss, kev,
    fix_available, component_name, component_version, component_purl, location, port, scanners, first_seen, last_seen, closed_at, revision)
  SELECT n, asset, 1 + ${skewed('n', 21, VULNERABILITIES)},
    (lpad(to_hex((extract(epoch FROM seen) * 1000)::bigint), 12, '0') || '7' || substr(digest, 1, 3) || '8' || substr(digest, 4, 15))::uuid,
    digest::uuid, open, severity, (ARRAY['UNKNOWN', 'NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'])[severity + 1],
    'A fault in component ' || component,
    CASE WHEN ${below('n', 22, 10)} > 0 THEN ${below('n', 23, 101)} / 10.0 END,
    CASE WHEN ${below('n', 24, 5)} > 0 THEN round(power(${share('n', 25)}, 4)::numeric, 5)::float8 END,
    ${below('n', 26, 50)} = 0, CASE WHEN ${below('n', 27, 4)} > 0 THEN ${below('n', 28, 2)} = 0 END,
    'component-' || component, ${below('n', 29, 9)} || '.' || ${below('n', 30, 20)} || '.' || ${below('n', 31, 10)},
    'pkg:npm/component-' || component, '/srv/app-' || ${below('n', 32, 500)} || '/node_modules/component-' || component,
    CASE WHEN ${below('n', 33, 8)} = 0 THEN (ARRAY[22, 80, 443, 8080])[1 + ${below('n', 34, 4)}] END,
    CASE WHEN open THEN ARRAY[${oneOf('n', 35, ['trivy', 'grype', 'nessus', 'prowler'])}] ELSE '{}' END,
    seen, seen, CASE WHEN NOT open THEN seen END, 1
  FROM (
    SELECT n, ${assetOf('n', instances)} AS asset, md5(n::text) AS digest, ${below('n', 36, 20)} > 0 AS open,
      (ARRAY[0, 2, 3, 4, 5])[1 + ${below('n', 37, 5)}]::smallint AS severity, ${skewed('n', 38, COMPONENTS)} AS component,
      timestamptz '2026-03-01T12:00:00Z' - (${below('n', 39, 720 * 86_400)} || ' seconds')::interval AS seen
    FROM generate_series(${from}::bigint, ${to}::bigint) AS n) AS made`

const attributionsBetween = (from, to, instances) => `
  INSERT INTO attribution (asset_key, instance_key, scanner_key, open, hash, facts, first_seen, last_seen, scan_id, closed_at)
  SELECT ${assetOf('n', instances)}, n, 1, true, n,
    '{"severity":"high","scannerSeverity":"HIGH","title":null,"cvss":null,"cvssVector":null,"epss":null,"kev":null,"fixAvailable":null,"fixedVersions":[],"componentVersion":null,"location":null,"locationText":null,"suppressed":false}',
    '2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z', 'scan', NULL
  FROM generate_series(${from}::bigint, ${to}::bigint) AS n`

/** Nine in ten pinned to a vulnerability, the others to an owner, two broad; every tenth defers. @returns their expressions */
async function fillExceptions(client, count) {
  const expressions = []
  for (let n = 0; n < count; n++) {
    const [expression, condition] =
      n % 10 > 0
        ? [`vulnerability == "CVE-${2015 + (n % 12)}-${1_000 + n}"`, `i.vulnerability_key = ${n + 1}`]
        : n < 20
          ? [
              `severity == "low" && asset.environment == "${n === 0 ? 'test' : 'staging'}"`,
              `i.severity = 2 AND a.environment = '${n === 0 ? 'test' : 'staging'}'`,
            ]
          : [`asset.owner == "owner-${n}"`, `a.owner = 'owner-${n}'`]
    expressions.push(expression)
    const effect = n % 10 === 5 ? 'defer' : 'suppress'
    const { rows } = await client.query(
      `INSERT INTO exception (id, incarnation, version, name, status, effect, requester_id, approver_ids, expression, live, active_from,
         epoch, synced_at, sync_total, synced)
       VALUES (gen_random_uuid(), 1, 1, 'bench', 'active', $1, gen_random_uuid(), '{}', $2, true, '2026-01-01T00:00:00Z', 0, now(), 0, 0)
       RETURNING key`,
      [effect, expression],
    )
    await client.query(
      `INSERT INTO membership (instance_key, asset_key, exception_key, since)
       SELECT i.key, i.asset_key, $1, '2026-01-01T00:00:00Z' FROM instance i JOIN asset a ON a.key = i.asset_key WHERE ${condition}`,
      [rows[0].key],
    )
  }
  return expressions
}

/** @returns what makes them again */
async function dropIndexes(client) {
  const { rows: constraints } = await client.query(
    `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE contype = 'u' AND conrelid = ANY($1::regclass[])`,
    [TABLES],
  )
  for (const { table, name } of constraints) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`)
  const { rows: indexes } = await client.query(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE NOT indisprimary AND indrelid = ANY($1::regclass[])`,
    [TABLES],
  )
  // Exceptions are filled by their vulnerability before all is made again.
  const dropped = indexes.filter(({ name }) => name !== 'instance_vulnerability')
  for (const { name } of dropped) await client.query(`DROP INDEX ${name}`)
  return [
    ...dropped.map(({ definition }) => definition.replace(' ON ONLY ', ' ON ')),
    ...constraints.map(({ table, name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`),
  ]
}
