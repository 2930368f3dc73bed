import { defineRoute, listOf, listQuery, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { RECONCILIATION_SORTS, SCAN_SORTS } from '../postgres/operations.reader.js'

const reconciliationView = z
  .object({
    id: z.uuid(),
    cause: z.enum(['schedule', 'request']),
    status: z.enum(['running', 'done']),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    instances: z.int().meta({ description: 'Looked at so far.' }),
    exceptions: z.int(),
    missing: z.int().meta({ description: 'Members that should have been there; they are now.' }),
    surplus: z.int().meta({ description: 'Members that should not have been there; they are gone.' }),
    examples: z
      .array(z.object({ instanceId: z.uuid(), exceptionId: z.uuid(), what: z.enum(['missing', 'surplus']) }))
      .meta({ description: 'The first twenty.' }),
  })
  .meta({ id: 'Reconciliation' })

export const startReconciliation = defineRoute({
  method: 'POST',
  path: '/reconciliations',
  operation: 'startReconciliation',
  summary: 'Prove that stored membership equals what the queries say',
  description: 'Differences are told and mended. One goes on at a time: while one does, it is answered.',
  tag: 'Operations',
  access: 'operations.manage',
  body: z.strictObject({}),
  answers: { 202: reconciliationView },
})

export const listReconciliations = defineRoute({
  method: 'GET',
  path: '/reconciliations',
  operation: 'listReconciliations',
  summary: 'What the last reconciliations found',
  tag: 'Operations',
  access: 'operations.manage',
  query: listQuery({
    sorts: RECONCILIATION_SORTS,
    defaultSort: '-startedAt',
    filters: { status: z.array(z.enum(['running', 'done'])).optional() },
  }),
  answers: { 200: listOf(reconciliationView) },
})

const OUTCOMES = ['open', 'whole', 'incomplete', 'superseded'] as const

export const listScans = defineRoute({
  method: 'GET',
  path: '/scans',
  operation: 'listScans',
  summary: 'How scans went: what was announced, what arrived, what was closed',
  tag: 'Instances',
  access: ['instances.read', 'instances.publish'],
  query: listQuery({
    sorts: SCAN_SORTS,
    defaultSort: '-startedAt',
    filters: {
      scanner: z.array(text(200)).max(50).optional(),
      assetId: z.array(text(2_000)).max(50).optional(),
      scanId: z.array(text(200)).max(50).optional(),
      outcome: z.array(z.enum(OUTCOMES)).optional().meta({
        description:
          '`open`: not completed yet. `whole`: all arrived; what was not reported any more was closed. `incomplete`: something is missing or was rejected; nothing was closed. `superseded`: a later one was whole before.',
      }),
    },
  }),
  answers: {
    200: listOf(
      z.object({
        scanner: z.string(),
        scanId: z.string(),
        asset: z.object({ id: z.string(), name: z.string() }),
        reportId: z.uuid().nullable(),
        startedAt: z.iso.datetime(),
        completedAt: z.iso.datetime().nullable(),
        announced: z.int().nullable(),
        arrived: z.int(),
        rejected: z.int(),
        closed: z.int(),
        outcome: z.enum(OUTCOMES),
      }),
    ),
  },
})
