import { defineRoute } from '@reprieve/http-kit'
import { z } from 'zod'
import { isTimeZone } from '../../domain/digest-time.js'
import { NOTICE_KINDS, REQUIRED_KINDS } from '../../domain/notice-kind.js'

const channels = () => z.strictObject({ mail: z.boolean(), inApp: z.boolean() })

const digest = () =>
  z
    .strictObject({
      enabled: z.boolean(),
      hour: z.int().min(0).max(23).meta({ description: 'In the time zone.' }),
      timeZone: z
        .string()
        .min(1)
        .max(64)
        .refine(isTimeZone, { error: 'Must be the name of a time zone, such as Europe/Zurich.' })
        .meta({ example: 'Europe/Zurich' }),
    })
    .meta({ description: 'One mail a day of all that there is, instead of a mail for each.' })

const preferencesAnswer = z
  .object({
    kinds: z.record(z.enum(NOTICE_KINDS), channels()),
    digest: digest(),
    required: z
      .array(z.enum(NOTICE_KINDS))
      .meta({ description: 'Kinds that cannot be switched off: a request stands still until its approver knows.' }),
  })
  .meta({ id: 'NotificationPreferences' })

const tag = 'Notifications'

export const getPreferences = defineRoute({
  method: 'GET',
  path: '/me/preferences',
  operation: 'getMyPreferences',
  summary: 'What the caller wants to be told of, and how',
  tag,
  access: 'signed-in',
  answers: { 200: preferencesAnswer },
  problems: ['NOT_ALLOWED'],
})

export const putPreferences = defineRoute({
  method: 'PUT',
  path: '/me/preferences',
  operation: 'putMyPreferences',
  summary: 'Say what to be told of, and how',
  description: `For what happens from now on. Kinds that are left out are on. \`${[...REQUIRED_KINDS].join('` and `')}\` cannot be switched off, since others wait for the caller; the day’s mail may collect them, and the list of notifications shows them meanwhile.`,
  tag,
  access: 'signed-in',
  body: z.strictObject({
    kinds: z.partialRecord(z.enum(NOTICE_KINDS), channels()).default({}),
    digest: digest().default({ enabled: false, hour: 8, timeZone: 'UTC' }),
    required: z.unknown().optional().meta({ description: 'Passed over, so that what was read can be sent back.' }),
  }),
  answers: { 200: preferencesAnswer },
  problems: ['NOT_ALLOWED'],
  ifMatch: true,
})
