import type { Selectable } from 'kysely'
import type { NewNotice } from '../../application/notice-store.port.js'
import type { Notice, NoticeFacts } from '../../domain/notice.js'
import type { NoticeKind } from '../../domain/notice-kind.js'
import type { Notice as NoticeTable } from './tables.gen.js'

export const NOTICE_COLUMNS = [
  'notice.id',
  'notice.subject_id',
  'notice.incarnation',
  'notice.version',
  'notice.kind',
  'notice.recipient_id',
  'notice.at',
  'notice.facts',
] as const

export const toNotice = (
  row: Selectable<Omit<NoticeTable, 'created_at' | 'read_at' | 'in_app' | 'mail_id'>>,
): Notice => ({
  id: row.id,
  subjectId: row.subject_id,
  version: { incarnation: row.incarnation, n: row.version },
  // Written by `toNoticeRow` alone.
  kind: row.kind as NoticeKind,
  recipientId: row.recipient_id,
  at: row.at,
  facts: row.facts as unknown as NoticeFacts,
})

export const toNoticeRow = (notice: NewNotice, now: Date) => ({
  id: notice.id,
  subject_id: notice.subjectId,
  incarnation: notice.version.incarnation,
  version: notice.version.n,
  kind: notice.kind,
  recipient_id: notice.recipientId,
  at: notice.at,
  facts: JSON.stringify(notice.facts),
  created_at: now,
  in_app: notice.inApp,
  read_at: null,
})
