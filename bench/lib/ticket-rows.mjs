// A hundred thousand tickets as a company would have them after three years, made by PostgreSQL: opening each would take an hour.
import { sql } from 'kysely'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-06-01T12:00:00Z')

const uuid = (space, number) =>
  sql`(${sql.lit(`0190b6${space}-0000-7000-8000-`)} || lpad((${number})::text, 12, '0'))::uuid`

/** Two thirds of grouping rules, one in sixteen of two other systems, the rest of people; 500 owners, of whom 20 own a third. */
export async function fillTickets(database, count) {
  const person = (n) => `0190b6a2-0000-7000-8000-${String(n).padStart(12, '0')}`
  const rule = (n) => `0190b6a5-0000-7000-8000-${String(n).padStart(12, '0')}`
  const someDay = (n) => new Date(NOW + n * DAY_MS).toISOString().slice(0, 10)
  await database.transaction(async (tx) => {
    // 55 % done, the older ones; of the open ones 5 % have no due date yet, 6 % are deferred, 1 % wait for a reviewer, a quarter is overdue.
    await sql`SELECT setseed(0.42)`.execute(tx)
    await sql`
      CREATE TEMPORARY TABLE made ON COMMIT DROP AS
      SELECT n, ${uuid('a3', sql`n`)} AS id, done, instances, rule,
        ${new Date(NOW)}::timestamptz - age * INTERVAL '1 second' AS created_at,
        CASE WHEN is_of_few THEN (owner * 20)::int ELSE (owner * 500)::int END AS owner,
        CASE WHEN done THEN ${someDay(0)}::date - age / 86400 + 60
             WHEN deciding < 0.05 THEN NULL ELSE ${someDay(0)}::date - 60 + (of * 240)::int END AS due,
        CASE WHEN done AND deciding < 0.1 THEN 'over' WHEN done OR deciding < 0.05 THEN NULL
             WHEN deciding < 0.11 THEN 'deferred' WHEN deciding < 0.12 THEN 'waiting' END AS asked,
        CASE WHEN rule < 10 THEN 'group' WHEN rule = 10 THEN 'external' ELSE 'person' END AS of,
        CASE WHEN bad < 0.04 THEN 'critical' WHEN bad < 0.2 THEN 'high' WHEN bad < 0.7 THEN 'medium' WHEN bad < 0.97 THEN 'low' END AS severity,
        (ARRAY['log4j-core of Payments', 'Vulnerabilities on web-', 'CVE-2025-', 'Kernel of the build machines', 'Patch the mail relay'])[1 + (words * 5)::int % 5]
          || ' ' || n || CASE WHEN words < 0.001 THEN ' needle' ELSE '' END AS title
      FROM (SELECT n, n < ${count} * 0.5 OR random() < 0.1 AS done, ((1 - n / ${count}::float8) * 1000 * 86400)::int AS age,
              random() < 0.33 AS is_of_few, random() AS owner, random() AS deciding, random() AS of, random() AS bad, random() AS words,
              (random() * 16)::int AS rule, 1 + (random() ^ 4 * 5000)::int AS instances
            FROM generate_series(1, ${count}) AS n) AS drawn`.execute(tx)
    await sql`
      INSERT INTO ticket (id, version, title, owner_id, owner_name, expression, query_version, status, done_at, created_at,
        due_move, due_date, due_cause, original_due_date, by_policy, policy_version, waiting_request, deferred_by,
        group_rule_id, group_key, source, source_key, source_said, tally, instance_count, severity, counts_as_of, counts_version)
      SELECT id, 3, title, ${uuid('a2', sql`owner`)}, 'Person ' || owner, 'asset.name == "host-' || n || '"', 1,
        CASE WHEN done THEN 'done' ELSE 'open' END, CASE WHEN done THEN created_at + INTERVAL '30 days' END, created_at,
        CASE WHEN due IS NULL THEN NULL WHEN asked IN ('deferred', 'over') THEN 2 ELSE 1 END,
        CASE WHEN asked IN ('deferred', 'over') THEN due + 60 ELSE due END,
        CASE WHEN due IS NULL THEN NULL WHEN asked IN ('deferred', 'over') THEN 'approved' WHEN of = 'group' THEN 'policy' ELSE 'opened' END,
        due, of = 'group', 1,
        CASE WHEN asked = 'waiting' THEN ${uuid('a6', sql`n`)} END, CASE WHEN asked = 'deferred' THEN ${uuid('a6', sql`n`)} END,
        CASE WHEN of = 'group' THEN ${uuid('a5', sql`rule`)} END,
        CASE WHEN of = 'group' THEN jsonb_build_object('asset', 'host-' || n) END,
        CASE WHEN of = 'external' THEN CASE WHEN n % 10 = 6 THEN 'servicenow' ELSE 'jira' END END,
        CASE WHEN of = 'external' THEN 'SEC-' || n END, CASE WHEN of = 'external' THEN '{}'::jsonb END,
        CASE WHEN done OR severity IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object('severity', severity,
          'criticality', NULL, 'kev', false, 'instances', instances, 'firstSeen', created_at)) END,
        CASE WHEN done OR severity IS NULL THEN 0 ELSE instances END, CASE WHEN NOT done THEN severity END, created_at, 1
      FROM made`.execute(tx)
    await sql`
      INSERT INTO due_date_move (ticket_id, n, to_date, at, cause, actor_id, actor_name, policy_version)
      SELECT id, 1, due, created_at, CASE WHEN of = 'group' THEN 'policy' ELSE 'opened' END,
        CASE WHEN of <> 'group' THEN ${person(1)}::uuid END, CASE WHEN of <> 'group' THEN 'Person 1' END, CASE WHEN of = 'group' THEN 1 END
      FROM made WHERE due IS NOT NULL`.execute(tx)
    await sql`
      INSERT INTO due_date_move (ticket_id, n, from_date, to_date, at, cause, actor_id, actor_name, exception_id)
      SELECT id, 2, due, due + 60, created_at + INTERVAL '9 days', 'approved', ${person(1)}::uuid, 'Person 1', ${uuid('a6', sql`n`)}
      FROM made WHERE asked IN ('deferred', 'over')`.execute(tx)
    await sql`
      INSERT INTO ticket_request (exception_id, ticket_id, ordinal, requester_id, requester_name, requested_at, name, justification,
        use_case, evidence_ids, proposed_due_date, query_id, query_expression, assigned_id, candidate_ids, status, reviewer_id,
        reviewer_name, version)
      SELECT ${uuid('a6', sql`n`)}, id, 1, ${uuid('a2', sql`owner`)}, 'Person ' || owner, created_at + INTERVAL '8 days', 'Ticket ' || n,
        'The fix comes later.', 'fixUnavailable', '{}', due + 60, ${uuid('a7', sql`n`)}, 'kev', ${person(600)}::uuid, '{}',
        CASE asked WHEN 'deferred' THEN 'active' WHEN 'waiting' THEN 'pendingApproval' ELSE 'expired' END, ${person(600)}::uuid,
        'Person 600', 2
      FROM made WHERE asked IS NOT NULL`.execute(tx)
    // The words of each: what an answer tells of its exceptions is read with it.
    await sql`
      INSERT INTO ticket_update (id, ticket_id, at, type, text, exception_id)
      SELECT gen_random_uuid(), id, created_at + i * INTERVAL '4 days', CASE i WHEN 0 THEN 'opened' ELSE 'exceptionFollowed' END, 'Words.',
        CASE WHEN i > 0 AND asked IS NOT NULL THEN ${uuid('a6', sql`n`)} END
      FROM made CROSS JOIN generate_series(0, 2) AS i`.execute(tx)
  })
  await sql`VACUUM ANALYZE`.execute(database.db)
  return { person, rule, someDay, today: someDay(0) }
}
