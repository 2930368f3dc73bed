import { defineRoute, id, listOf, listQuery, personName, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { CAUSE_CODES, DEAD_LETTER_STATES } from '../../domain/dead-letter.js'

const cause = z.object({
  code: z.enum(CAUSE_CODES).meta({
    description:
      '`RECORD_UNREADABLE`: its bytes are no message of the topic. `RECORD_REFUSED`: the consumer will never take it. `CONSUMER_FAILED`: a fault of the consumer, which may be mended by then.',
  }),
  message: z.string(),
})

const letter = {
  id: id(),
  topic: z.string(),
  partition: z.int().min(0),
  offset: z.int().min(0),
  publishedAt: z.iso.datetime(),
  service: z.string(),
  consumer: z.string().meta({ description: 'The consumer that failed; others have handled the record.' }),
  key: z.string().meta({ description: 'At most 200 characters; base64 where it is no text.' }),
  bytes: z.int().min(0).meta({ description: 'Of key and value.' }),
  state: z.enum(DEAD_LETTER_STATES).meta({
    description: '`redriven` is handled, unless it comes back: then it is `dead` again, with its failures counted.',
  }),
  cause: cause.meta({ description: 'Of the newest failure.' }),
  failedAt: z.iso.datetime(),
  firstFailedAt: z.iso.datetime(),
  failures: z.int().min(1).meta({ description: 'How often it came to the dead letters.' }),
  attempts: z.int().min(1).meta({ description: 'How often the consumer was called for it, in all.' }),
  redrives: z.int().min(0),
  settled: z
    .object({ at: z.iso.datetime(), by: personName(), reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'Who redrove or discarded it last.' }),
  traceId: z.string().nullable(),
}

const summary = z.object(letter).meta({ id: 'DeadLetterSummary' })
const whole = z
  .object({
    ...letter,
    headers: z.record(z.string(), z.string()).meta({
      description: 'At most 50, 500 characters each; what looks like a secret is hidden.',
    }),
    body: z
      .object({ format: z.enum(['json', 'text', 'base64']), content: z.string(), truncated: z.boolean() })
      .meta({ description: 'As the topic’s message where it is one. At most 16 384 characters.' }),
    history: z
      .array(
        z.object({
          failedAt: z.iso.datetime(),
          redrive: z.int().min(0).meta({ description: 'Which redrive it ended; 0 where it failed on its way.' }),
          cause,
          attempts: z.int().min(0),
        }),
      )
      .meta({ description: 'Its last twenty failures, newest first.' }),
  })
  .meta({ id: 'DeadLetter' })

const access = 'operations.manage'
const tag = 'Operations'
const params = z.object({ id: id() })

export const listDeadLetters = defineRoute({
  method: 'GET',
  path: '/dead-letters',
  operation: 'listDeadLetters',
  summary: 'Records that a consumer could not handle, newest first',
  description: 'Of all topics and services, for 30 days after they failed last.',
  tag,
  access,
  query: listQuery({
    sorts: ['failedAt'],
    defaultSort: '-failedAt',
    filters: {
      topic: z.array(text(200)).optional(),
      service: z.array(text(100)).optional(),
      state: z.array(z.enum(DEAD_LETTER_STATES)).optional(),
    },
  }),
  answers: { 200: listOf(summary) },
})

export const readDeadLetter = defineRoute({
  method: 'GET',
  path: '/dead-letters/{id}',
  operation: 'readDeadLetter',
  summary: 'One of them, with its record',
  tag,
  access,
  params,
  answers: { 200: whole },
})

export const redriveDeadLetter = defineRoute({
  method: 'POST',
  path: '/dead-letters/{id}/redrive',
  operation: 'redriveDeadLetter',
  summary: 'Hands the record to the consumer that failed, once more',
  description:
    'To that consumer only, and byte for byte. Asking again while it is on its way does nothing more. A record that fails again is dead once more; nothing redrives it by itself.',
  tag,
  access,
  params,
  body: z.strictObject({}).optional(),
  answers: { 202: summary },
  problems: ['DEAD_LETTER_SETTLED', 'DEAD_LETTER_TOO_LARGE'],
})

export const discardDeadLetter = defineRoute({
  method: 'POST',
  path: '/dead-letters/{id}/discard',
  operation: 'discardDeadLetter',
  summary: 'Says that the record need not be handled any more',
  description: 'It stays readable until it is forgotten. Asking again changes nothing.',
  tag,
  access,
  params,
  body: z.strictObject({ reason: text(1_000) }),
  answers: { 200: summary },
  problems: ['DEAD_LETTER_SETTLED'],
})
