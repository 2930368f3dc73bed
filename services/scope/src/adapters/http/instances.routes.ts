import { defineRoute, id, instant, listQuery, TEXT_LIMITS } from '@reprieve/http-kit'
import { z } from 'zod'
import { COVERAGES, INSTANCE_SORTS, STATUS_FILTERS } from '../postgres/instance-filter.js'
import { HISTORY_STEPS } from '../postgres/summary-history.js'
import { asOf, instanceList, instanceView } from './instance.view.js'

const tag = 'Instances'

const filter = () =>
  z.string().max(TEXT_LIMITS.query).optional().meta({ description: 'A query: `severity == "critical" && kev`.' })

const pointInTime = () =>
  instant().optional().meta({
    description:
      'What was covered, deferred and open at that time, as far back as ended membership is kept (`MEMBERSHIP_KEPT_DAYS`). All else is told as it is now.',
  })

const listFilters = {
  filter: filter(),
  coverage: z.enum(COVERAGES).default('all').meta({
    description:
      '`covered`: out of dashboards by an exception. `deferred`: not overdue by one. `uncovered`: all but the covered ones; what dashboards and workflows read.',
  }),
  status: z.enum(STATUS_FILTERS).default('open'),
}

export const listInstances = defineRoute({
  method: 'GET',
  path: '/instances',
  operation: 'listInstances',
  summary: 'Instances: vulnerabilities on assets',
  tag,
  access: 'instances.read',
  query: listQuery({
    sorts: INSTANCE_SORTS,
    defaultSort: '-severity',
    filters: { ...listFilters, asOf: pointInTime() },
  }),
  answers: { 200: instanceList },
  problems: ['QUERY_INVALID'],
})

export const readInstance = defineRoute({
  method: 'GET',
  path: '/instances/{id}',
  operation: 'readInstance',
  summary: 'One instance',
  description: 'The id of an instance that turned out to be the same as another one answers that one.',
  tag,
  access: 'instances.read',
  params: z.object({ id: id() }),
  answers: { 200: instanceView.extend({ asOf: asOf() }) },
})

export const readCoverage = defineRoute({
  method: 'GET',
  path: '/instances/{id}/coverage',
  operation: 'readCoverage',
  summary: 'By what an instance is and was covered, and why',
  tag,
  access: 'instances.read',
  params: z.object({ id: id() }),
  query: z.object({ asOf: instant().optional().meta({ description: 'Only what covered it at that time.' }) }),
  answers: {
    200: z.array(
      z.object({
        exceptionId: z.uuid(),
        exceptionName: z.string(),
        effect: z.enum(['suppress', 'defer']),
        from: z.iso.datetime(),
        to: z.iso.datetime().nullable().meta({ description: 'Exclusive; null where no end is known.' }),
        because: z.array(z.string()).meta({
          description: 'The parts of the query that hold; of what covers it no longer, those that held when it began.',
        }),
      }),
    ),
  },
})

export const listInstanceTickets = defineRoute({
  method: 'GET',
  path: '/instances/{id}/tickets',
  operation: 'listInstanceTickets',
  summary: 'Which open tickets an instance is one of',
  description: 'A hundred at most. `GET /tickets/{id}` tells of each.',
  tag,
  access: 'instances.read',
  params: z.object({ id: id() }),
  answers: { 200: z.object({ items: z.array(z.object({ ticketId: z.uuid() })) }) },
})

export const listExceptionInstances = defineRoute({
  method: 'GET',
  path: '/exceptions/{id}/instances',
  operation: 'listExceptionInstances',
  summary: 'What an exception covers, would cover, or covered',
  description:
    'While it waits: what it would cover. While it is in force: what it covers. Once it has ended: what it covered at its end. With `asOf`: at that time.',
  tag,
  access: 'signed-in',
  params: z.object({ id: id() }),
  query: listQuery({
    sorts: INSTANCE_SORTS,
    defaultSort: '-severity',
    filters: { ...listFilters, status: z.enum(STATUS_FILTERS).default('all'), asOf: instant().optional() },
  }),
  answers: { 200: instanceList },
  problems: ['QUERY_INVALID', 'NOT_ALLOWED'],
})

const bySeverity = z.object({
  critical: z.int(),
  high: z.int(),
  medium: z.int(),
  low: z.int(),
  none: z.int(),
  unknown: z.int(),
})

export const summary = defineRoute({
  method: 'GET',
  path: '/summary',
  operation: 'readSummary',
  summary: 'How many open instances there are, covered and not',
  tag,
  access: 'instances.read',
  query: z.object({ filter: filter() }),
  answers: {
    200: z.object({
      open: bySeverity,
      uncovered: bySeverity,
      covered: bySeverity,
      deferred: bySeverity,
      overdue: bySeverity.meta({ description: 'Past a due date and not deferred; none while nothing has a due date.' }),
      exceptions: z.record(z.string(), z.int()).meta({ description: 'By status.' }),
      asOf: asOf(),
    }),
  },
  problems: ['QUERY_INVALID'],
})

const MOST_DAYS = 400
const MOST_DAYS_BY_HOUR = 31

export const summaryHistory = defineRoute({
  method: 'GET',
  path: '/summary/history',
  operation: 'readSummaryHistory',
  summary: 'How many open instances there were, covered and not',
  description: `What was counted at the beginning of each hour, oldest first; of a day its last hour. Hours in which the service did not run are missing.`,
  tag,
  access: 'instances.read',
  query: z
    .object({
      days: z.coerce.number().int().min(1).max(MOST_DAYS).default(30).meta({ description: 'How far back from now.' }),
      step: z
        .enum(HISTORY_STEPS)
        .default('day')
        .meta({ description: `By \`hour\` ${MOST_DAYS_BY_HOUR} days at most.` }),
    })
    .refine(({ days, step }) => step === 'day' || days <= MOST_DAYS_BY_HOUR, {
      path: ['days'],
      error: `By hour ${MOST_DAYS_BY_HOUR} days at most can be asked for.`,
    }),
  answers: {
    200: z.object({
      items: z.array(z.object({ at: z.iso.datetime(), open: bySeverity, covered: bySeverity, deferred: bySeverity })),
    }),
  },
})

const MAX_BATCH_BYTES = 64 * 1024 * 1024

export const publishInstances = defineRoute({
  method: 'POST',
  path: '/instances/batch',
  operation: 'publishInstances',
  summary: 'Publish instance events',
  description:
    'Lines of JSON, each a `reprieve.scanner.v1.InstanceEvent`. What is sound is on its way to the topic when this answers; what is not is told by line.',
  tag,
  access: 'instances.publish',
  body: {
    raw: true,
    accepts: ['application/x-ndjson', 'application/json', 'application/jsonl'],
    maxBytes: MAX_BATCH_BYTES,
  },
  answers: {
    202: z.object({
      accepted: z.int(),
      rejected: z.int(),
      errors: z
        .array(z.object({ line: z.int().meta({ description: 'From 1.' }), detail: z.string() }))
        .meta({ description: 'The first hundred.' }),
    }),
  },
})
