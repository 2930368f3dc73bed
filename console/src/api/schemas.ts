import type { components, paths } from './schema.gen.js'

// The shapes of the API's document under the names that pages use.
type Schemas = components['schemas']

export type Exception = Schemas['Exception']
export type ExceptionStatus = Exception['status']
export type ExceptionChange = Schemas['ExceptionChange']
export type ExceptionComment = Schemas['ExceptionComment']
export type Evidence = Schemas['Evidence']
export type NewException = Schemas['NewException']
export type ApproversDryRun = Schemas['ApproversDryRun']
export type Expiration = Schemas['Expiration']
export type WaitingRequest = Schemas['WaitingRequest']
export type Instance = Schemas['Instance']
export type Severity = Instance['severity']
export type Query = Schemas['Query']
export type Rule = Schemas['Rule']
export type RuleCandidate = Schemas['RuleCandidate']
export type RequestForm = Schemas['RequestForm']
export type Me = Schemas['Me']
export type Permission = Me['permissions'][number]
export type User = Schemas['User']
export type Group = Schemas['Group']
export type Role = Schemas['Role']
export type Webhook = Schemas['Webhook']
export type WebhookDelivery = Schemas['WebhookDelivery']
export type MailTemplate = Schemas['MailTemplate']
export type Notification = Schemas['Notification']
export type NotificationPreferences = Schemas['NotificationPreferences']
export type AuditEntry = Schemas['AuditEntry']
export type Report = Schemas['Report']
export type Token = Schemas['Token']
export type Ticket = Schemas['Ticket']
export type TicketUpdate = Schemas['TicketUpdate']
export type NewTicket = Schemas['NewTicket']
export type NewTicketException = Schemas['NewTicketException']
export type TicketExceptionSettings = Schemas['TicketExceptionSettings']
export type DueDatePolicy = Schemas['DueDatePolicy']
export type GroupingRule = Schemas['GroupingRule']
export type DeadLetter = Schemas['DeadLetterSummary']
export type FeedTake = Schemas['FeedTake']

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
export type InstanceCoverage = Answer<'/instances/{id}/coverage'>[number]
export type Scan = Answer<'/scans'>['items'][number]
export type Feed = Answer<'/feeds'>['items'][number]

/** How many there are; counting stops somewhere, and then it is not exact. */
export interface Count {
  value: number
  exact: boolean
}

/** One page of a list. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
  count: Count
}

export interface Person {
  id: string
  name: string
}
