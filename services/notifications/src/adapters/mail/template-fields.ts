/** What a field of a template holds: one line, yes or no, or several lines. */
export type FieldType = 'text' | 'flag' | 'lines'

export interface TemplateField {
  name: string
  type: FieldType
  description: string
}

const field = (name: string, type: FieldType, description: string): TemplateField => ({ name, type, description })

/** Everything a kind's template can say; the view has exactly these. */
export const TEMPLATE_FIELDS: readonly TemplateField[] = [
  field('exceptionName', 'text', 'The exception’s name.'),
  field('recipientName', 'text', 'Who gets the mail; empty in the product’s own list.'),
  field('requesterName', 'text', 'Who asked for the exception.'),
  field('byName', 'text', 'Who did it; empty where the system acted.'),
  field('toName', 'text', 'Whom a step was handed over to.'),
  field('waitingForName', 'text', 'Whose decision is waited for.'),
  field('forRequester', 'flag', 'The reader asked for the exception; otherwise they are one of its approvers.'),
  field('bySelf', 'flag', 'The reader did it themselves.'),
  field('autoPilot', 'flag', 'It was approved by the rule, without approvers.'),
  field('onlyStep', 'flag', 'The step is the only one.'),
  field('step', 'text', 'Which step, counted from 1; empty where none is meant.'),
  field('steps', 'text', 'Of how many.'),
  field('reason', 'lines', 'A decision’s comment or the reason that was given, line by line.'),
  field('justification', 'lines', 'Why the exception is asked for, line by line; only where a decision is asked for.'),
  field('ends', 'text', '“never”, “at the end of 30 June 2026 (UTC)”, “30 days after it becomes active”.'),
  field('dueDate', 'text', '“30 June 2026”: to where it moves its ticket’s due date; empty without a ticket.'),
  field('endsIn', 'text', '“7 days”, “1 day”; only in reminders.'),
  field('appliedSince', 'text', '“22 November 2026, 14:05 UTC”; empty before it is active.'),
  field('at', 'text', 'When it happened: “22 November 2026, 14:05 UTC”.'),
  field('ticketTitle', 'text', 'The ticket’s title; only where one is told of.'),
  field('dueDateBefore', 'text', '“20 June 2026”: where its due date was before it moved.'),
  field('byPolicy', 'flag', 'The due date moved by the policy.'),
  field('webhookName', 'text', 'The webhook’s name; only where one is told of.'),
  field('webhookUrl', 'text', 'Its address.'),
  field('failingSince', 'text', 'Since when nothing got through to it; empty where its receiver said that it is gone.'),
  field('lastError', 'text', 'What went wrong last.'),
  field('link', 'text', 'Address of the exception, of the webhook or of the ticket.'),
  field('home', 'text', 'Address of the product.'),
]
