/**
 * Everything a span or a metric can say. Whatever is not here never leaves the process: no names of people, no addresses,
 * no text that somebody wrote, no secret. Names are those of the OpenTelemetry conventions where they have one.
 */
const ALLOWED = [
  'error.type',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'messaging.batch.message_count',
  'messaging.consumer.group.name',
  'messaging.destination.name',
  'messaging.destination.partition.id',
  'messaging.kafka.offset',
  'messaging.message.id',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.system',
  'reprieve.attempt',
  'reprieve.count',
  'reprieve.epoch',
  'reprieve.exception.id',
  'reprieve.format',
  'reprieve.handler',
  'reprieve.job',
  'reprieve.kind',
  'reprieve.mail.id',
  'reprieve.notice.id',
  'reprieve.webhook.id',
  'reprieve.outcome',
  'reprieve.query.id',
  'reprieve.reason_code',
  'reprieve.report.id',
  'reprieve.rule.id',
  'reprieve.scanner',
  'reprieve.service',
  'reprieve.step',
  'reprieve.transition',
] as const

export type AttributeName = (typeof ALLOWED)[number]
export type Attributes = Partial<Record<AttributeName, string | number | boolean>>

const allowed: ReadonlySet<string> = new Set(ALLOWED)

export const isAllowedAttribute = (name: string): name is AttributeName => allowed.has(name)

// Ids and words; a longer one is text that somebody wrote.
const MAX_LENGTH = 200

/** What of the attributes can be told. */
export function allowedOnly(attributes: Readonly<Record<string, unknown>>): Attributes {
  const kept: Attributes = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (!isAllowedAttribute(name)) continue
    if (typeof value === 'string') kept[name] = value.slice(0, MAX_LENGTH)
    else if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value
  }
  return kept
}
