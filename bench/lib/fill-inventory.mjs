// An inventory of any size, straight into the tables, the same each time: as ingest would have left it, without what single scanners said.
const TRIGGERS_OFF = 'SET session_replication_role = replica'
const AT_ONCE = 500_000

/** Findings on 200 instances an asset, vulnerabilities and components skewed as in companies. */
export async function fillInventory(pool, instances) {
  const assets = Math.max(1, Math.round(instances / 200))
  const vulnerabilities = Math.min(40_000, Math.max(100, Math.round(instances / 25)))
  const client = await pool.connect()
  try {
    // What follows a change is of no interest here, and the reader of all of it starts later.
    await client.query(TRIGGERS_OFF)
    await client.query(`INSERT INTO scanner (name) VALUES ('trivy'), ('grype'), ('nessus'), ('prowler')`)
    await client.query(
      `INSERT INTO asset (id, name, type, os, owner, business_unit, environment, exposure, criticality, tags)
       SELECT 'host:' || n, 'host-' || n, (ARRAY['host', 'container', 'image', 'repository', 'cloudResource', 'application'])[1 + n % 6],
         (ARRAY['debian 12', 'ubuntu 24.04', 'alpine 3.21', 'rhel 9'])[1 + n % 4],
         CASE WHEN n % 10 > 0 THEN 'owner-' || n % 400 END, (ARRAY['payments', 'retail', 'lending', 'platform', 'risk', 'it'])[1 + n / 7 % 6],
         (ARRAY['production', 'staging', 'development', 'test'])[1 + n / 3 % 4],
         CASE WHEN n % 5 > 0 THEN (ARRAY['internet', 'internal', 'isolated'])[1 + n / 11 % 3] END,
         CASE WHEN n % 5 > 1 THEN (ARRAY['critical', 'high', 'medium', 'low'])[1 + n / 13 % 4] END,
         CASE WHEN n % 6 > 0 THEN ARRAY['team:' || n % 120, 'app:' || n % 600] END
       FROM generate_series(1, $1::int) AS n`,
      [assets],
    )
    await client.query(
      `WITH made AS (
         INSERT INTO vulnerability (canonical, ids)
         SELECT id, CASE WHEN n % 3 = 0 THEN ARRAY[id, 'GHSA-' || n] ELSE ARRAY[id] END
         FROM generate_series(1, $1::int) AS n, LATERAL (SELECT 'CVE-' || 2015 + n % 12 || '-' || 1000 + n AS id) AS named
         RETURNING key, ids
       ) INSERT INTO vulnerability_alias (id, vulnerability_key) SELECT unnest(ids), key FROM made`,
      [vulnerabilities],
    )
    await client.query('SELECT setseed(0.5)')
    for (let from = 1; from <= instances; from += AT_ONCE) {
      await client.query(
        `INSERT INTO instance (key, asset_key, vulnerability_key, id, place, open, severity, scanner_severity, title, cvss, epss, kev,
           fix_available, component_name, component_version, component_purl, location, port, scanners, first_seen, last_seen, closed_at,
           revision)
         SELECT n, 1 + n % $3::int, 1 + floor(random() ^ 3 * $4::int)::int, gen_random_uuid(), md5(n::text)::uuid, n % 20 > 0,
           floor(random() * 6)::int, 'HIGH', 'A fault in component ' || c, CASE WHEN n % 10 > 0 THEN round((random() * 10)::numeric, 1) END,
           CASE WHEN n % 5 > 0 THEN round((random() ^ 4)::numeric, 5) END, n % 50 = 0, CASE WHEN n % 4 > 0 THEN n % 8 > 3 END,
           'component-' || c, n % 9 || '.' || n % 20, 'pkg:npm/component-' || c,
           '/srv/app-' || n % 500 || '/node_modules/component-' || c, CASE WHEN n % 8 = 0 THEN 443 END,
           ARRAY[(ARRAY['trivy', 'grype', 'nessus', 'prowler'])[1 + n % 4]], seen, seen, CASE WHEN n % 20 = 0 THEN seen END, 1
         FROM generate_series($1::int, $2::int) AS n,
           LATERAL (SELECT floor(random() ^ 3 * 8000)::int + n * 0 AS c) AS drawn,
           LATERAL (SELECT date_trunc('milliseconds', now() - random() * interval '720 days' - n * interval '0') AS seen) AS times`,
        [from, Math.min(instances, from + AT_ONCE - 1), assets, vulnerabilities],
      )
    }
    await client.query("SELECT setval('instance_key', $1)", [instances])
    await client.query('RESET session_replication_role')
    await client.query('ANALYZE asset, vulnerability, instance')
  } finally {
    client.release()
  }
}
