import { defineRoute, id, instant, integerParameter, listOf, listQuery, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { SUBJECT_KINDS } from '../../domain/told.js'

const json = z.unknown().meta({ description: 'Any JSON value.' })

const entry = z
  .object({
    id: id().meta({ description: 'Of the event that told of it.' }),
    position: z.int().min(1).meta({ description: 'Counts entries from 1, without a gap.' }),
    at: z.iso.datetime().meta({ description: 'When it happened.' }),
    recordedAt: z.iso.datetime(),
    actor: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'Null where the system acted by itself. The name is the one borne then.' }),
    type: z.string().meta({ description: 'What happened: `exception.activated`, `user.signedIn`, `report.done`, …' }),
    subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: z.string(), name: z.string().nullable() }),
    details: z.object({
      changes: z
        .array(z.object({ field: z.string(), from: json, to: json }))
        .meta({ description: 'What was changed. Texts beyond 10 000 characters are cut.' }),
    }),
    traceId: z.string().nullable(),
    hash: z.string().meta({ description: 'SHA-256 over the entry before and this one, hexadecimal.' }),
  })
  .meta({ id: 'AuditEntry' })

export const listAudit = defineRoute({
  method: 'GET',
  path: '/audit',
  operation: 'listAudit',
  summary: 'The journal of every change, newest first',
  description:
    'With `Accept: text/csv` all that the filters select, as one stream; `limit` and `cursor` then do not count.',
  tag: 'Audit',
  access: 'audit.read',
  query: listQuery({
    sorts: ['at'],
    defaultSort: '-at',
    filters: {
      actor: z
        .array(z.union([id(), z.literal('system')]))
        .optional()
        .meta({ description: 'Who did it: ids of users, or `system`.' }),
      subject: z.array(text(200)).optional().meta({ description: 'Ids of what was changed; a role by its name.' }),
      type: z.array(text(100)).optional(),
      from: instant().optional(),
      to: instant().optional().meta({ description: 'Exclusive.' }),
    },
  }),
  answers: { 200: listOf(entry) },
  streams: { 200: ['text/csv'] },
})

const MOST_VERIFIED = 100_000

export const verifyAudit = defineRoute({
  method: 'GET',
  path: '/audit/verification',
  operation: 'verifyAudit',
  summary: 'Follows the chain of the journal',
  description:
    'Computes the hash of every entry after a position anew, in the order of their positions. With `next` there is more to verify. Noting `head` elsewhere shows later whether the newest entries were cut off.',
  tag: 'Audit',
  access: 'audit.read',
  query: z.object({
    after: integerParameter({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional().meta({
      description: 'The position verified last; from the beginning without it.',
    }),
    limit: integerParameter({ min: 1, max: MOST_VERIFIED })
      .optional()
      .meta({
        description: `How many at most; ${MOST_VERIFIED} without it.`,
      }),
  }),
  answers: {
    200: z
      .object({
        intact: z.boolean(),
        checked: z.int().min(0),
        fault: z
          .object({
            position: z.int().min(1),
            what: z.enum(['missing', 'changed']),
          })
          .nullable()
          .meta({ description: 'The first entry that does not hold.' }),
        head: z.object({ position: z.int().min(0), hash: z.string() }),
        startsAfter: z.int().min(0).meta({ description: 'Entries up to here were taken away by retention.' }),
        next: z.int().min(1).nullable().meta({ description: '`after` for what is not verified yet.' }),
      })
      .meta({ id: 'AuditVerification' }),
  },
})

export { MOST_VERIFIED }
