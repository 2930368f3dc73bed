import { days, hours, secret, secretUrl, text, url } from '@reprieve/config'
import { z } from 'zod'
import { mailAddress } from './adapters/mail/mail-address.js'

/** What this service reads from its environment, beside what every service does. */
export const notificationsVariables = z.object({
  SMTP_URL: secretUrl('smtp:', 'smtps:').describe(
    'Mail server, with user and password if it wants them: `smtps://user:password@mail.example.org`. `smtp:` takes STARTTLS where it is offered; `?requireTLS=true` insists on it.',
  ),
  MAIL_FROM: mailAddress().describe('Sender of every mail: `Reprieve <reprieve@example.org>`.'),
  PUBLIC_URL: url('https:', 'http:').describe('Where people open Reprieve: the beginning of every link in a mail.'),
  MAIL_TEMPLATES_DIR: text()
    .optional()
    .describe('Folder with own templates. A file in it replaces the one of the same name in `templates/`.'),
  NOTICE_MAX_AGE_HOURS: hours({ min: 1, max: 720 })
    .default(72)
    .describe('Nobody is told of an event that was written longer ago, as when the service reads its topics anew.'),
  // Longer than an event is news: what was told is known by its row.
  NOTICES_KEPT_DAYS: days({ min: 31, max: 3_650 })
    .default(365)
    .describe('How long notifications, and the records of mails and webhooks, are kept.'),
  WEBHOOK_DISABLE_AFTER_DAYS: days({ min: 1, max: 365 })
    .default(5)
    .describe('A webhook to which nothing has got through for this long is disabled.'),
  REPRIEVE_KEY_ENCRYPTION_SECRET: secret({ minLength: 32 })
    .optional()
    .describe(
      'Seals webhooks’ secrets in the database. Without it they are kept as they are. Once given, it must stay.',
    ),
})
