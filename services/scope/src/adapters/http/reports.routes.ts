import { booleanParameter, defineRoute, id, listOf, listQuery, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { reportFormats } from '../formats/report-format.port.js'
import { reportLimits } from '../formats/report-limits.js'
import { REPORT_SORTS } from '../postgres/report.repository.js'

const tag = 'Reports'

const STATUSES = ['processing', 'done', 'failed'] as const

export const reportView = z
  .object({
    id: z.uuid(),
    status: z.enum(STATUSES),
    scanner: z.string(),
    asset: z.string().nullable().meta({ description: 'The one it was sent for; null: those that it names.' }),
    partial: z.boolean(),
    format: z.enum(reportFormats).nullable(),
    receivedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    received: z.int().meta({ description: 'Findings in it; the sum of the next six once it is done.' }),
    created: z.int(),
    updated: z.int().meta({ description: 'Reopened ones are among them.' }),
    unchanged: z.int(),
    merged: z.int().meta({ description: 'The same instance again, within the report.' }),
    ignored: z.int().meta({ description: 'Checks that passed, and what the scanner itself left out.' }),
    rejected: z.int(),
    closed: z.int().meta({ description: 'What this scanner no longer reports on the assets of the report.' }),
    errors: z
      .array(z.object({ code: z.string(), pointer: z.string().nullable(), detail: z.string() }))
      .meta({ description: 'The first hundred.' }),
  })
  .meta({ id: 'Report' })

export const uploadReport = defineRoute({
  method: 'POST',
  path: '/reports',
  operation: 'uploadReport',
  summary: 'Send the report of a scanner',
  description:
    'CycloneDX, SARIF, OCSF, Grype, Trivy or OSV-Scanner, told by its content. It is safely kept when this answers, and taken in afterwards. Unless `partial`, it is one complete scan, by its scanner, of the assets it names: what it does not report there any more is closed.',
  tag,
  access: 'instances.publish',
  query: z.object({
    scanner: text(200).meta({ description: 'The name by which its findings are attributed.' }),
    asset: text(1_000).optional().meta({ description: 'The asset it is about: wins over the one it names.' }),
    partial: booleanParameter().default(false).meta({ description: 'Only a part of a scan: nothing is closed.' }),
  }),
  body: {
    raw: true,
    accepts: [
      'application/json',
      'application/sarif+json',
      'application/vnd.cyclonedx+json',
      'application/x-ndjson',
      'application/octet-stream',
    ],
    maxBytes: reportLimits.maxBytes,
  },
  answers: { 202: reportView },
  problems: ['FORMAT_UNKNOWN', 'ASSET_UNKNOWN'],
})

export const listReports = defineRoute({
  method: 'GET',
  path: '/reports',
  operation: 'listReports',
  summary: 'Reports and what became of them',
  description: 'One’s own; all of them for operators and auditors.',
  tag,
  access: ['instances.publish', 'operations.manage', 'audit.read'],
  query: listQuery({
    sorts: REPORT_SORTS,
    defaultSort: '-receivedAt',
    filters: {
      status: z.array(z.enum(STATUSES)).optional(),
      scanner: z.array(text(200)).max(50).optional(),
    },
  }),
  answers: { 200: listOf(reportView) },
})

export const readReportRoute = defineRoute({
  method: 'GET',
  path: '/reports/{id}',
  operation: 'readReport',
  summary: 'One report and what became of it',
  tag,
  access: ['instances.publish', 'operations.manage', 'audit.read'],
  params: z.object({ id: id() }),
  answers: { 200: reportView },
  problems: ['NOT_ALLOWED'],
})
