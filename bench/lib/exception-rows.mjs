// A hundred thousand exceptions as a company would have them after three years, made by PostgreSQL: asking for each would take an hour.
import { sql } from 'kysely'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-06-01T12:00:00Z')

export async function fillExceptionTable(database, count) {
  const { db } = database
  const person = (n) => `0190b6a2-0000-7000-8000-${String(n).padStart(12, '0')}`
  const someDay = (n) => new Date(NOW + n * DAY_MS)
  const now = new Date(NOW)
  // 70 % active, 10 % over by themselves, 8 % pending, 6 % denied, 5.9 % deactivated, 0.1 % withdrawn; 500 people, two steps each.
  await sql`
    CREATE UNLOGGED TABLE made AS
    SELECT n, ('0190b6a3-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid AS id,
      CASE WHEN n % 1000 < 700 THEN 'active' WHEN n % 1000 < 800 THEN 'expired' WHEN n % 1000 < 880 THEN 'pendingApproval'
           WHEN n % 1000 < 940 THEN 'denied' WHEN n % 1000 < 999 THEN 'deactivated' ELSE 'withdrawn' END AS status,
      ${now}::timestamptz - ((n::bigint * 7919 % 1000)::int * INTERVAL '1 day') - ((n % 86400) * INTERVAL '1 second') AS requested_at,
      (n::bigint * 7 % 500)::int AS requester, 500 + (n::bigint * 11 % 100)::int AS first, 500 + (n::bigint * 13 % 100)::int AS second,
      (n::bigint * 17 % 1000)::int AS instances
    FROM generate_series(1, ${count}) AS n`.execute(db)
  await sql`
    INSERT INTO exception (id, version, kind, effect, name, justification, risk_acknowledged, status, query_id, query_name, query_folder,
      query_expression, expiration_type, expires_at, applied_since, requester_id, requester_name, requested_at, rule_id, rule_version,
      ticket_id, approval_type, step_count, current_step, waiting_for_id, waiting_for_name, ended_at, ended_reason, instance_count,
      reach_as_of, reach_version)
    SELECT id, CASE status WHEN 'pendingApproval' THEN 1 WHEN 'withdrawn' THEN 2 WHEN 'denied' THEN 2 WHEN 'active' THEN 3 ELSE 4 END,
      'query', 'suppress', (ARRAY['Old log4j', 'Spring on the server', 'Kernel', 'Windows print', 'Mail relay'])[1 + n % 5] || ' ' || n,
      'The server is switched off in ' || n % 12 || ' months. ' || repeat('It stands behind the inner wall and nobody reaches it. ', 6)
        || CASE WHEN n % 997 = 0 THEN 'needle ' || n % 5000 ELSE '' END,
      true, status, ('0190b6a4-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Query ' || n, 'Vulnerability Exception Queries',
      'asset.name == "host-' || n || '"',
      CASE WHEN status = 'expired' OR n % 3 > 0 THEN 'at' ELSE 'never' END,
      CASE WHEN status = 'expired' OR n % 3 > 0 THEN requested_at + INTERVAL '2 days' + (n % 900) * INTERVAL '1 day' END,
      CASE WHEN status IN ('active', 'expired', 'deactivated') THEN requested_at + INTERVAL '1 day' END,
      ('0190b6a2-0000-7000-8000-' || lpad(requester::text, 12, '0'))::uuid, 'Person ' || requester, requested_at,
      '0190b6a5-0000-7000-8000-000000000001', 1, NULL, 'approvers', 2,
      CASE WHEN status IN ('active', 'expired', 'deactivated') THEN 2 ELSE 0 END,
      CASE WHEN status = 'pendingApproval' THEN ('0190b6a2-0000-7000-8000-' || lpad(first::text, 12, '0'))::uuid END,
      CASE WHEN status = 'pendingApproval' THEN 'Person ' || first END,
      CASE WHEN status = 'expired' THEN requested_at + INTERVAL '2 days' + (n % 900) * INTERVAL '1 day'
           WHEN status IN ('denied', 'withdrawn', 'deactivated') THEN requested_at + INTERVAL '2 days' END,
      CASE WHEN status = 'denied' THEN 'Patch it.' END, instances, requested_at + INTERVAL '1 hour', 1
    FROM made`.execute(db)
  await sql`
    INSERT INTO exception_step (exception_id, step_index, requester_id, approver_id, approver_name, candidate_ids)
    SELECT id, step, ('0190b6a2-0000-7000-8000-' || lpad(requester::text, 12, '0'))::uuid,
      ('0190b6a2-0000-7000-8000-' || lpad(approver::text, 12, '0'))::uuid, 'Person ' || approver, '{}'
    FROM made CROSS JOIN LATERAL (VALUES (0, first), (1, second)) AS of (step, approver)`.execute(db)
  await sql`
    INSERT INTO exception_state (exception_id, version, valid_from, valid_until, status, current_step, waiting_for_id, waiting_for_name,
      expires_at, applied_since, approver_ids, approver_names)
    SELECT e.id, v.version, v.valid_from, coalesce(lead(v.valid_from) OVER (PARTITION BY e.id ORDER BY v.version), 'infinity'),
      v.status, v.step, CASE WHEN v.status = 'pendingApproval' THEN a.ids[v.step + 1] END,
      CASE WHEN v.status = 'pendingApproval' THEN a.names[v.step + 1] END,
      e.expires_at, CASE WHEN v.status IN ('active', 'expired', 'deactivated') THEN e.applied_since END, a.ids, a.names
    FROM exception AS e
    CROSS JOIN LATERAL (SELECT array_agg(approver_id ORDER BY step_index) AS ids, array_agg(approver_name ORDER BY step_index) AS names
                        FROM exception_step WHERE exception_id = e.id) AS a
    CROSS JOIN LATERAL (
      SELECT 1 AS version, e.requested_at AS valid_from, 'pendingApproval' AS status, 0 AS step
      UNION ALL SELECT 2, e.ended_at, e.status, 0 WHERE e.status IN ('denied', 'withdrawn')
      UNION ALL SELECT 2, e.applied_since - INTERVAL '1 hour', 'pendingApproval', 1 WHERE e.applied_since IS NOT NULL
      UNION ALL SELECT 3, e.applied_since, 'active', 2 WHERE e.applied_since IS NOT NULL
      UNION ALL SELECT 4, e.ended_at, e.status, 2 WHERE e.status IN ('expired', 'deactivated')) AS v`.execute(db)
  await sql`
    INSERT INTO known_reach (exception_id, incarnation, version, as_of, instance_count)
    SELECT id, 1, v, requested_at + v * INTERVAL '30 days', instances + v FROM made CROSS JOIN generate_series(1, 3) AS v`.execute(
    db,
  )
  await sql`DROP TABLE made`.execute(db)
  await sql`VACUUM ANALYZE`.execute(db)
  return { person, someDay }
}
