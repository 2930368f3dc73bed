import { hours, secretUrl, text, url } from '@reprieve/config'
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
  NOTICE_MAX_AGE_HOURS: hours({ min: 1, max: 8_760 })
    .default(72)
    .describe('Nobody is told of an event that was written longer ago, as when the service reads its topics anew.'),
})
