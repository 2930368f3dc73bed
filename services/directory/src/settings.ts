import { MIN_PASSWORD_LENGTH } from '@reprieve/auth'
import { days, hours, integer, minutes, readConfig, secret, text, url } from '@reprieve/config'
import { z } from 'zod'

/** What the directory reads from its environment, beside what every service reads. */
export const directoryVariables = z.object({
  REPRIEVE_ADMIN_EMAIL: text({ max: 254 })
    .optional()
    .describe('Address of the first administrator, made while there is no user at all.'),
  REPRIEVE_ADMIN_PASSWORD: secret({ maxLength: 1_000 }).optional().describe('Password of the first administrator.'),
  REPRIEVE_ADMIN_NAME: text({ max: 200 }).default('Administrator').describe('Name of the first administrator.'),
  REPRIEVE_KEY_ENCRYPTION_SECRET: secret({ minLength: 32 })
    .optional()
    .describe(
      'Seals the private halves of signing keys in the database. Without it they are kept as they are. Once given, it must stay.',
    ),
  REPRIEVE_SIGNING_KEY_DAYS: days({ min: 1, max: 3_650 }).default(90).describe('How long a signing key signs.'),
  REPRIEVE_SESSION_HOURS: hours({ min: 1, max: 720 }).default(12).describe('How long a session lasts.'),
  REPRIEVE_SESSION_IDLE_MINUTES: minutes({ min: 1, max: 43_200 })
    .default(60)
    .describe('How long a session lasts without a request.'),
  FAILED_SIGN_INS_PER_MINUTE: integer({ min: 1, max: 10_000 })
    .default(10)
    .describe(
      'Failed sign-ins in a minute of one account from one address; ten times as many of one account, or from one address, in all. Who has signed in from an address before is held back by the first of these only.',
    ),
  REPRIEVE_PASSWORD_LENGTH: integer({ min: MIN_PASSWORD_LENGTH, max: 128 })
    .default(MIN_PASSWORD_LENGTH)
    .describe('Fewest characters of a new password.'),
  PUBLIC_URL: url('https:', 'http:')
    .optional()
    .describe('Where people open Reprieve. With https the session’s cookie is sent over nothing else.'),
})

export type DirectorySettings = z.output<typeof directoryVariables>

export const readSettings = (environment: Readonly<Record<string, string | undefined>>): DirectorySettings =>
  readConfig(directoryVariables, environment)
