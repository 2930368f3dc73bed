import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import { measure } from '@reprieve/telemetry'
import { sql } from 'kysely'
import {
  EvidenceTakenError,
  type ExceptionRecord,
  type Exceptions,
  type LockedException,
  type NotedApproval,
  type Reach,
} from '../../application/exceptions.port.js'
import { asItWas, type State } from '../../domain/as-it-was.js'
import {
  type Change,
  type Changed,
  type EvidenceFile,
  type Exception,
  type Step,
  waitingFor,
} from '../../domain/exception.js'
import { exceptionEvent } from '../messaging/exception-event.js'
import { uploadEvent } from '../messaging/upload-event.js'
import { type EvidenceRow, uploadOf } from './evidence.repository.js'
import { changeOf, type ExceptionRow, exceptionOf, reachOf, type StepRow, stateOf } from './exception.rows.js'
import type { ExceptionsTables, Reader, Tx } from './tables.js'

/** Exceptions in this service's own database, with their events in its outbox. */
export class ExceptionsRepository implements Exceptions {
  readonly #database: Database<ExceptionsTables>
  readonly #outbox: Outbox

  constructor(database: Database<ExceptionsTables>, outbox: Outbox) {
    this.#database = database
    this.#outbox = outbox
  }

  async find(id: string): Promise<ExceptionRecord | null> {
    return (await this.findAll([id]))[0] ?? null
  }

  async findAll(ids: readonly string[]): Promise<ExceptionRecord[]> {
    if (ids.length === 0) return []
    return this.#snapshot((tx) => recordsOf(tx, ids))
  }

  async findAllAsOf(ids: readonly string[], at: Date): Promise<ExceptionRecord[]> {
    if (ids.length === 0) return []
    return this.#snapshot(async (tx) => {
      const [records, states, reaches] = [
        await recordsOf(tx, ids),
        await statesOf(tx, ids, at),
        await reachAt(tx, ids, at),
      ]
      return records.flatMap(({ exception }) => {
        const state = states.get(exception.id)
        if (state === undefined) return []
        return [{ exception: asItWas(exception, state, at), reach: reaches.get(exception.id) ?? NOT_COUNTED }]
      })
    })
  }

  async findLastChanges(ids: readonly string[]): Promise<Changed[]> {
    if (ids.length === 0) return []
    return this.#snapshot(async (tx) => {
      const exceptions = (await recordsOf(tx, ids)).map(({ exception }) => exception)
      const rows = await tx
        .selectFrom('exception_history')
        .innerJoin('exception', (join) =>
          join
            .onRef('exception.id', '=', 'exception_history.exception_id')
            .onRef('exception.version', '=', 'exception_history.version'),
        )
        .selectAll('exception_history')
        .where('exception.id', '=', anyOf(ids))
        .execute()
      const changes = new Map(rows.map((row) => [row.exception_id, changeOf(row)]))
      return exceptions.flatMap((exception) => {
        const change = changes.get(exception.id)
        return change === undefined ? [] : [{ exception, change }]
      })
    })
  }

  async history(id: string): Promise<Change[]> {
    const rows = await this.#database.db
      .selectFrom('exception_history')
      .selectAll()
      .where('exception_id', '=', id)
      .orderBy('version')
      .execute()
    return rows.map(changeOf)
  }

  async lock(tx: Tx, id: string): Promise<LockedException | null> {
    return (await this.lockAll(tx, [id])).get(id) ?? null
  }

  async lockAll(tx: Tx, ids: readonly string[]): Promise<Map<string, LockedException>> {
    if (ids.length === 0) return new Map()
    // In one order, so that no two of us wait for each other.
    const rows = await rowsQuery(tx).where('id', '=', anyOf(ids)).orderBy('id').forUpdate().execute()
    const records = await withSteps(tx, rows)
    return new Map(
      rows.flatMap((row) => {
        const record = records.get(row.id)
        if (record === undefined) return []
        const approval = { incarnation: row.approval_incarnation, version: row.approval_version }
        return [[row.id, { ...record, approval, ticketDoneAt: row.ticket_done_at }] as const]
      }),
    )
  }

  async lockEnded(tx: Tx, now: Date, limit: number): Promise<Exception[]> {
    const rows = await rowsQuery(tx)
      .where('status', '=', 'active')
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .orderBy('id')
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute()
    return [...(await withSteps(tx, rows)).values()].map(({ exception }) => exception)
  }

  async add(tx: Tx, changes: readonly Changed[]): Promise<ExceptionRecord> {
    const exception = changes.at(-1)?.exception
    if (exception === undefined) throw new Error('an exception begins with a change')
    const { expiration } = exception
    await tx
      .insertInto('exception')
      .values({
        id: exception.id,
        kind: exception.kind,
        effect: exception.effect,
        name: exception.name,
        justification: exception.justification,
        use_case: exception.useCase,
        evidence_link: exception.evidenceLink,
        risk_acknowledged: true,
        query_id: exception.query.id,
        query_name: exception.query.name,
        query_folder: exception.query.folder,
        query_expression: exception.query.expression,
        source_query_id: exception.sourceQueryId,
        expiration_type: expiration.type,
        expiration_days: expiration.type === 'days' ? expiration.days : null,
        expiration_date: expiration.type === 'date' ? expiration.date : null,
        requester_id: exception.requestedBy.id,
        requester_name: exception.requestedBy.name,
        requested_at: exception.requestedAt,
        rule_id: exception.rule?.id ?? null,
        rule_version: exception.rule?.version ?? null,
        ticket_id: exception.ticketId,
        approval_type: exception.approvalType,
        step_count: exception.steps.length,
        ...movingColumns(exception),
      })
      .execute()
    if (exception.steps.length > 0) {
      await tx
        .insertInto('exception_step')
        .values(
          exception.steps.map((step, index) => ({
            exception_id: exception.id,
            step_index: index,
            requester_id: exception.requestedBy.id,
            candidate_ids: [...step.candidateIds],
            ...assignedColumns(exception, step),
            ...stepColumns(step),
          })),
        )
        .execute()
    }
    await this.#attachEvidence(tx, exception, exception.evidence)
    await this.#tell(tx, changes)
    return { exception, reach: NOT_COUNTED }
  }

  async record(tx: Tx, changes: readonly Changed[]): Promise<void> {
    if (changes.length === 0) return
    const last = [...new Map(changes.map(({ exception }) => [exception.id, exception])).values()]
    await updateExceptions(tx, last)
    const steps = changes.flatMap(({ exception, change }) => {
      const step = change.step === null ? undefined : exception.steps[change.step]
      return change.step === null || step === undefined ? [] : [{ exceptionId: exception.id, index: change.step, step }]
    })
    await updateSteps(tx, steps)
    for (const { exception, change } of changes) {
      if (change.type !== 'evidenceAdded') continue
      const added = new Set(change.evidenceIds)
      await this.#attachEvidence(
        tx,
        exception,
        exception.evidence.filter(({ id }) => added.has(id)),
      )
    }
    await this.#tell(tx, changes)
  }

  async note(tx: Tx, approvals: readonly NotedApproval[]): Promise<void> {
    if (approvals.length === 0) return
    const column = <T>(of: (approval: NotedApproval) => T) => approvals.map(of)
    await sql`
      UPDATE exception SET approval_incarnation = t.incarnation, approval_version = t.version
      FROM unnest(${column(({ exceptionId }) => exceptionId)}::uuid[], ${column(({ position }) => position.incarnation)}::int8[],
                  ${column(({ position }) => position.version)}::int8[]) AS t(id, incarnation, version)
      WHERE exception.id = t.id`.execute(tx)
  }

  async noteTicketDone(tx: Tx, id: string, at: Date): Promise<void> {
    await tx.updateTable('exception').set({ ticket_done_at: at }).where('id', '=', id).execute()
  }

  async #attachEvidence(tx: Tx, exception: Exception, files: readonly EvidenceFile[]): Promise<void> {
    if (files.length === 0) return
    const rows = await attachEvidence(tx, exception, files)
    const fate = { type: 'taken', exceptionId: exception.id } as const
    await this.#outbox.append(
      tx,
      ...rows.map((row) => uploadEvent(uploadOf(row), fate, row.added_at ?? exception.requestedAt)),
    )
  }

  /** Rows and their steps as they were at one moment: an answer or an event is made of both. */
  async #snapshot<T>(read: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#database.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
  }

  /** The history line and the event of each change. */
  async #tell(tx: Tx, changes: readonly Changed[]): Promise<void> {
    await insertHistory(tx, changes)
    await insertStates(tx, changes)
    await this.#outbox.append(tx, ...changes.map(exceptionEvent))
    // A transaction that PostgreSQL makes us run again counts twice: rare, and nothing is decided by this number.
    for (const { change } of changes)
      measure('reprieve.exceptions.transitions', 1, { 'reprieve.transition': change.type })
  }
}

const NOT_COUNTED: Reach = { instanceCount: 0, inForceSince: null, asOf: null }

async function statesOf(db: Reader, ids: readonly string[], at: Date): Promise<Map<string, State>> {
  const rows = await db
    .selectFrom('exception_state')
    .selectAll()
    .where('exception_id', '=', anyOf(ids))
    .where('valid_from', '<=', at)
    .where('valid_until', '>', at)
    .execute()
  return new Map(rows.map((row) => [row.exception_id, stateOf(row)]))
}

/** What was counted last by then. */
async function reachAt(db: Reader, ids: readonly string[], at: Date): Promise<Map<string, Reach>> {
  const rows = await db
    .selectFrom('known_reach')
    .distinctOn('exception_id')
    .select(['exception_id', 'instance_count', 'in_force_since', 'as_of'])
    .where('exception_id', '=', anyOf(ids))
    .where('as_of', '<=', at)
    .orderBy('exception_id')
    .orderBy('as_of', 'desc')
    .orderBy('incarnation', 'desc')
    .orderBy('version', 'desc')
    .execute()
  return new Map(
    rows.map(({ exception_id, instance_count, in_force_since, as_of }) => [
      exception_id,
      { instanceCount: instance_count, inForceSince: in_force_since, asOf: as_of },
    ]),
  )
}

const anyOf = (ids: readonly string[]) => sql<string>`ANY(${[...ids]}::uuid[])`

const rowsQuery = (db: Reader) =>
  db.selectFrom('exception').selectAll().select(sql<string | null>`expiration_date::text`.as('expiration_date'))

/** In the order of the ids; unknown ones are left out. */
async function recordsOf(db: Reader, ids: readonly string[]): Promise<ExceptionRecord[]> {
  const records = await withSteps(db, await rowsQuery(db).where('id', '=', anyOf(ids)).execute())
  return ids.flatMap((id) => records.get(id) ?? [])
}

async function withSteps(db: Reader, rows: readonly ExceptionRow[]): Promise<Map<string, ExceptionRecord>> {
  const steps = new Map<string, StepRow[]>(rows.map(({ id }) => [id, []]))
  if (rows.length > 0) {
    const found = await db
      .selectFrom('exception_step')
      .selectAll()
      .where('exception_id', '=', anyOf(rows.map(({ id }) => id)))
      .orderBy('step_index')
      .execute()
    for (const step of found) steps.get(step.exception_id)?.push(step)
  }
  const evidence = await evidenceOf(db, rows)
  return new Map(
    rows.map((row) => [
      row.id,
      { exception: exceptionOf(row, steps.get(row.id) ?? [], evidence.get(row.id) ?? []), reach: reachOf(row) },
    ]),
  )
}

async function evidenceOf(db: Reader, rows: readonly ExceptionRow[]): Promise<Map<string | null, EvidenceRow[]>> {
  if (rows.length === 0) return new Map()
  const found = await db
    .selectFrom('evidence')
    .selectAll()
    .where('exception_id', '=', anyOf(rows.map(({ id }) => id)))
    .orderBy('ordinal')
    .execute()
  return Map.groupBy(found, ({ exception_id }) => exception_id)
}

/** @throws EvidenceTakenError where another request was quicker, or they were swept up a moment ago */
async function attachEvidence(tx: Tx, exception: Exception, files: readonly EvidenceFile[]): Promise<EvidenceRow[]> {
  const column = <T>(of: (file: EvidenceFile) => T) => files.map(of)
  const { rows } = await sql<EvidenceRow>`
    UPDATE evidence SET exception_id = ${exception.id}, added_at = t.added_at, ordinal = t.ordinal
    FROM unnest(${column(({ id }) => id)}::uuid[], ${column(({ addedAt }) => addedAt)}::timestamptz[],
                ${column((file) => exception.evidence.indexOf(file))}::int[]) AS t(id, added_at, ordinal)
    WHERE evidence.id = t.id AND evidence.exception_id IS NULL AND evidence.uploaded_by_id = ${exception.requestedBy.id}
    RETURNING evidence.*`.execute(tx)
  if (rows.length !== files.length) throw new EvidenceTakenError('a file is not free any more')
  return rows
}

/** What can change after the request. */
function movingColumns(exception: Exception) {
  const waits = waitingFor(exception)
  return {
    version: exception.version,
    status: exception.status,
    current_step: exception.currentStep,
    waiting_for_id: waits?.id ?? null,
    waiting_for_name: waits?.name ?? null,
    expires_at: exception.expiresAt,
    applied_since: exception.appliedSince,
    ended_at: exception.ended?.at ?? null,
    ended_by_id: exception.ended?.by?.id ?? null,
    ended_by_name: exception.ended?.by?.name ?? null,
    ended_reason: exception.ended?.reason ?? null,
  }
}

/** Who was assigned at first, and by what. */
const assignedColumns = ({ requestedAt }: Exception, { approver, assignedBy }: Step) => ({
  assigned_id: assignedBy === undefined ? null : approver.id,
  assigned_at: assignedBy === undefined ? null : requestedAt,
  assigned_rule: assignedBy ?? null,
})

const stepColumns = ({ approver, decided }: Step) => ({
  approver_id: approver.id,
  approver_name: approver.name,
  decision: decided?.decision ?? null,
  decided_at: decided?.at ?? null,
  decided_by_id: decided?.by.id ?? null,
  decided_by_name: decided?.by.name ?? null,
  comment: decided?.comment ?? null,
  evidence_ids: decided === null ? null : [...decided.evidenceIds],
})

/** One statement for any number: hundreds may end at the same instant. */
async function updateExceptions(tx: Tx, exceptions: readonly Exception[]): Promise<void> {
  const rows = exceptions.map((exception) => ({ id: exception.id, ...movingColumns(exception) }))
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name])
  await sql`
    UPDATE exception SET
      version = t.version, status = t.status, current_step = t.current_step,
      waiting_for_id = t.waiting_for_id, waiting_for_name = t.waiting_for_name,
      expires_at = t.expires_at, applied_since = t.applied_since,
      ended_at = t.ended_at, ended_by_id = t.ended_by_id, ended_by_name = t.ended_by_name, ended_reason = t.ended_reason
    FROM unnest(
      ${column('id')}::uuid[], ${column('version')}::int[], ${column('status')}::text[], ${column('current_step')}::int[],
      ${column('waiting_for_id')}::uuid[], ${column('waiting_for_name')}::text[],
      ${column('expires_at')}::timestamptz[], ${column('applied_since')}::timestamptz[],
      ${column('ended_at')}::timestamptz[], ${column('ended_by_id')}::uuid[], ${column('ended_by_name')}::text[],
      ${column('ended_reason')}::text[]
    ) AS t(id, version, status, current_step, waiting_for_id, waiting_for_name, expires_at, applied_since,
           ended_at, ended_by_id, ended_by_name, ended_reason)
    WHERE exception.id = t.id`.execute(tx)
}

/** Of a step that changed twice the later counts. */
async function updateSteps(
  tx: Tx,
  changed: readonly { exceptionId: string; index: number; step: Step }[],
): Promise<void> {
  if (changed.length === 0) return
  const last = new Map(changed.map((one) => [`${one.exceptionId} ${one.index}`, one]))
  const rows = [...last.values()].map(({ exceptionId, index, step }) => ({ exceptionId, index, ...stepColumns(step) }))
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name])
  await sql`
    UPDATE exception_step AS step SET
      approver_id = t.approver_id, approver_name = t.approver_name, decision = t.decision, decided_at = t.decided_at,
      decided_by_id = t.decided_by_id, decided_by_name = t.decided_by_name, comment = t.comment,
      evidence_ids = CASE WHEN t.evidence_ids IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(t.evidence_ids)::uuid) END
    FROM unnest(
      ${column('exceptionId')}::uuid[], ${column('index')}::int[], ${column('approver_id')}::uuid[],
      ${column('approver_name')}::text[], ${column('decision')}::text[], ${column('decided_at')}::timestamptz[],
      ${column('decided_by_id')}::uuid[], ${column('decided_by_name')}::text[], ${column('comment')}::text[],
      ${column('evidence_ids').map((ids) => (ids === null ? null : JSON.stringify(ids)))}::jsonb[]
    ) AS t(exception_id, step_index, approver_id, approver_name, decision, decided_at, decided_by_id, decided_by_name, comment,
           evidence_ids)
    WHERE step.exception_id = t.exception_id AND step.step_index = t.step_index`.execute(tx)
}

async function insertHistory(tx: Tx, changes: readonly Changed[]): Promise<void> {
  const column = <T>(of: (change: Change, exceptionId: string) => T) =>
    changes.map(({ exception, change }) => of(change, exception.id))
  await sql`
    INSERT INTO exception_history (exception_id, version, at, type, from_status, to_status, actor_id, actor_name, reason,
                                   step_index, subject_id, subject_name, evidence_ids)
    SELECT t.id, t.version, t.at, t.type, t.from_status, t.to_status, t.actor_id, t.actor_name, t.reason,
           t.step_index, t.subject_id, t.subject_name,
           CASE WHEN t.evidence_ids IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(t.evidence_ids)::uuid) END
    FROM unnest(
      ${column((_, id) => id)}::uuid[], ${column(({ version }) => version)}::int[],
      ${column(({ at }) => at)}::timestamptz[], ${column(({ type }) => type)}::text[],
      ${column(({ from }) => from)}::text[], ${column(({ to }) => to)}::text[],
      ${column(({ actor }) => actor?.id ?? null)}::uuid[], ${column(({ actor }) => actor?.name ?? null)}::text[],
      ${column(({ reason }) => reason)}::text[], ${column(({ step }) => step)}::int[],
      ${column(({ subject }) => subject?.id ?? null)}::uuid[], ${column(({ subject }) => subject?.name ?? null)}::text[],
      ${column(({ evidenceIds }) => (evidenceIds === null ? null : JSON.stringify(evidenceIds)))}::jsonb[]
    ) AS t(id, version, at, type, from_status, to_status, actor_id, actor_name, reason, step_index, subject_id,
           subject_name, evidence_ids)`.execute(tx)
}

/** What each change left, from its time on; what was before it ends there. Times never run backwards, whatever the clocks of others say. */
async function insertStates(tx: Tx, changes: readonly Changed[]): Promise<void> {
  const rows = changes.map(({ exception, change }) => ({
    id: exception.id,
    at: change.at,
    ...movingColumns(exception),
    approvers: JSON.stringify({
      ids: exception.steps.map(({ approver }) => approver.id),
      names: exception.steps.map(({ approver }) => approver.name),
    }),
  }))
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name])
  await sql`
    INSERT INTO exception_state (exception_id, version, valid_from, status, current_step, waiting_for_id, waiting_for_name,
                                 expires_at, applied_since, approver_ids, approver_names)
    SELECT t.id, t.version,
           greatest(before.valid_from, max(t.at) OVER (PARTITION BY t.id ORDER BY t.version)),
           t.status, t.current_step, t.waiting_for_id, t.waiting_for_name, t.expires_at, t.applied_since,
           ARRAY(SELECT jsonb_array_elements_text(t.approvers -> 'ids')::uuid),
           ARRAY(SELECT jsonb_array_elements_text(t.approvers -> 'names'))
    FROM unnest(
      ${column('id')}::uuid[], ${column('version')}::int[], ${column('at')}::timestamptz[], ${column('status')}::text[],
      ${column('current_step')}::int[], ${column('waiting_for_id')}::uuid[], ${column('waiting_for_name')}::text[],
      ${column('expires_at')}::timestamptz[], ${column('applied_since')}::timestamptz[], ${column('approvers')}::jsonb[]
    ) AS t(id, version, at, status, current_step, waiting_for_id, waiting_for_name, expires_at, applied_since, approvers)
    LEFT JOIN exception_state AS before ON before.exception_id = t.id AND before.valid_until = 'infinity'`.execute(tx)
  await sql`
    UPDATE exception_state AS state SET valid_until = next.valid_from
    FROM exception_state AS next
    WHERE state.exception_id = ${anyOf(rows.map(({ id }) => id))} AND state.valid_until = 'infinity'
      AND next.exception_id = state.exception_id AND next.version = state.version + 1`.execute(tx)
}
