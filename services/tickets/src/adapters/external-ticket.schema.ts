import { day, link, nameText, TEXT_LIMITS, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { TICKET_STATUSES } from '../domain/ticket.js'

/** Whose ticket it is: another system's, by its own key. The same by whichever door it comes. */
export const externalPlace = z.object({
  source: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'Must be 1 to 64 letters, digits, dots, dashes or underscores.')
    .meta({ example: 'jira' }),
  key: text(TEXT_LIMITS.name).meta({ example: 'SEC-1042' }),
})

/** A query over instances. */
export const expressionText = () =>
  z.string().trim().min(1).max(TEXT_LIMITS.query).meta({ description: 'A query over instances.' })

/** What another system says of a ticket, beside whose it is. */
export const externalSaid = {
  title: nameText(),
  expression: expressionText(),
  dueDate: day().optional(),
  status: z.enum(TICKET_STATUSES).optional(),
  url: link().optional().meta({ description: 'Where people open it there.' }),
}
