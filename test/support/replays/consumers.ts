import type { TopicName } from '@reprieve/contracts'
import type { ServiceName } from '@reprieve/service-host'
import type { Leeway } from '@reprieve/testing'

const PEOPLE = [
  'people_person',
  'people_person_group',
  'people_person_group_member',
  'people_person_role',
  'people_signing_key',
  'people_access_token',
]

/** What a service has from topics and what it has of its own. */
export interface Consumer {
  /**
   * Emptied before the topics are told again. What is of the service's own stays, for no topic that it reads tells of it; null where there
   * is nothing of its own: then it begins with an empty database.
   */
  learnt: { tables: readonly string[]; and?: string } | null
  leeways: readonly Leeway[]
  /** Not told again. */
  without?: readonly TopicName[]
  /** Counts what it has still to do; 0 once all that follows from its topics is done. */
  toDo?: string
  /** It tells others nothing of what it was told before. */
  silent: boolean
}

/** Of the replica of the directory, in every service. */
export const leewaysAt = (now: Date, { leeways }: Consumer): Leeway[] => [
  {
    table: 'people_access_token',
    rows: `SELECT * FROM people_access_token WHERE expires_at > '${now.toISOString()}'`,
    because: 'expired tokens go a few at a time, with each new one, and are not taken in at all later',
  },
  ...leeways,
]

export const CONSUMERS: Readonly<Record<ServiceName, Consumer>> = {
  directory: { learnt: { tables: PEOPLE }, leeways: [], silent: true },
  rules: { learnt: { tables: PEOPLE }, leeways: [], silent: true },
  exceptions: {
    learnt: {
      tables: [...PEOPLE, 'known_rule', 'known_query', 'known_reach', 'known_ticket_settings'],
      and: `UPDATE exception SET instance_count = 0, in_force_since = NULL, reach_as_of = NULL, reach_incarnation = 0,
              reach_version = 0`,
    },
    leeways: [],
    toDo: "SELECT count(*) FROM exception WHERE status = 'active' AND expires_at <= '{now}'",
    // Its heartbeats.
    silent: false,
  },
  approvals: {
    learnt: { tables: [...PEOPLE, 'known_exception', 'known_reach', 'done_ticket_request'] },
    leeways: [],
    toDo: "SELECT count(*) FROM approval WHERE status = 'waiting' AND ends_at <= '{now}'",
    silent: true,
  },
  scope: {
    learnt: {
      tables: [
        ...PEOPLE,
        ...['exception', 'exceptions_heard', 'membership', 'reach', 'reach_due', 'aftermath', 'saved_query'],
        ...['ticket', 'grouping_rule', 'ticket_group', 'group_due'],
      ],
    },
    leeways: [
      {
        table: 'exception',
        rows: `SELECT coalesce(ticket_id, id) AS id, incarnation, version, name, status, effect, requester_id, approver_ids, expression, live,
                 fault, active_from, active_until, ended_at, time_relative, joined_at
               FROM exception WHERE ticket_id IS NULL OR live`,
        because: 'keys and epochs are given as exceptions come, ids as tickets do, and back-fill tells how it went',
      },
      {
        table: 'membership',
        rows: `SELECT coalesce(ticket_id, exception.id) AS of, asset_key, instance_key FROM membership JOIN exception ON key = exception_key
               WHERE until IS NULL`,
        because: 'since when, and who was a member before, is what this database has seen',
      },
      {
        table: 'reach',
        rows: 'SELECT coalesce(ticket_id, exception.id) AS of, instances FROM reach JOIN exception ON key = exception_key WHERE live',
        because: 'it counts what was told of it, and those that are over are not counted again',
      },
      {
        table: 'ticket',
        columns: ['exception_key', 'told', 'told_version'],
        because: 'it is counted as soon as it can be',
      },
      {
        table: 'inventory_change',
        because: 'it is what transactions changed, for readers that keep the inventory in memory',
      },
      { table: 'inventory_log', because: 'it tells how far those changes are kept' },
      { table: 'query_set', because: 'epochs count what came, one after the other' },
      { table: 'sync_round', because: 'it tells where the back-fill stands' },
      { table: 'summary_hour', because: 'it tells how many there were at each hour that this service has seen' },
      { table: 'reconciliation', because: 'it tells of work by the clock, and how long it took' },
    ],
    // Its positions are kept with what it did to the data, which stays.
    without: ['scanner.instances.v1'],
    toDo: `SELECT (SELECT count(*) FROM aftermath) + (SELECT count(*) FROM reach_due)
             + (SELECT count(*) FROM exception WHERE live AND synced_at IS NULL)`,
    // It tells the reach that it has counted anew.
    silent: false,
  },
  // Counts stay with the due dates that follow from them: a move is made once, and never again by old news.
  tickets: { learnt: { tables: [...PEOPLE, 'known_upload'] }, leeways: [], silent: true },
  notifications: {
    learnt: { tables: [...PEOPLE, 'exception', 'approval'] },
    leeways: [{ table: 'reminder', columns: ['done_at'], because: 'it tells when the reminder was last looked at' }],
    toDo: `SELECT (SELECT count(*) FROM mail WHERE finished_at IS NULL)
             + (SELECT count(*) FROM reminder WHERE done_at IS NULL AND due_at <= '{now}')`,
    silent: true,
  },
  audit: {
    learnt: null,
    leeways: [
      {
        table: 'journal',
        rows: `SELECT *, CASE WHEN type NOT LIKE 'approval.%' THEN subject_name END AS subject_name FROM journal`,
        columns: ['position', 'recorded_at', 'hash'],
        because: 'entries are chained as they come, and an approval can come before its exception, whose name it has',
      },
      {
        table: 'journal_head',
        columns: ['hash', 'live_position', 'live_forgotten'],
        because: 'it is the newest entry’s, and live events are counted',
      },
      {
        table: 'live_event',
        because: 'what says the same at one time is told once: how much that is depends on the time',
      },
    ],
    toDo: 'SELECT count(*) FROM intake',
    silent: true,
  },
}
