import type { Selectable } from 'kysely'
import type { Notice, NoticeFacts } from '../../domain/notice.js'
import type { NoticeKind } from '../../domain/notice-kind.js'
import type { Notice as NoticeTable } from './tables.gen.js'

export const NOTICE_COLUMNS = [
  'notice.id',
  'notice.exception_id',
  'notice.incarnation',
  'notice.version',
  'notice.kind',
  'notice.recipient_id',
  'notice.at',
  'notice.facts',
] as const

export const toNotice = (row: Selectable<Omit<NoticeTable, 'created_at' | 'read_at'>>): Notice => ({
  id: row.id,
  exceptionId: row.exception_id,
  version: { incarnation: row.incarnation, n: row.version },
  // Written by `toNoticeRow` alone.
  kind: row.kind as NoticeKind,
  recipientId: row.recipient_id,
  at: row.at,
  facts: row.facts as unknown as NoticeFacts,
})

export const toNoticeRow = (notice: Notice, now: Date) => ({
  id: notice.id,
  exception_id: notice.exceptionId,
  incarnation: notice.version.incarnation,
  version: notice.version.n,
  kind: notice.kind,
  recipient_id: notice.recipientId,
  at: notice.at,
  facts: JSON.stringify(notice.facts),
  created_at: now,
  read_at: null,
})
