import { type Attributes, type LogRecord, SeverityNumber } from '@opentelemetry/api'
import type { DestinationStream } from 'pino'

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
}

// Told by the record itself, or by the process.
const NOT_ATTRIBUTES: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'trace_id', 'span_id', 'service', 'err'])

let exporter: ((record: LogRecord) => void) | null = null

/** Whoever sends log records away from now on; null: nobody. */
export function exportLogsTo(to: typeof exporter): void {
  exporter = to
}

/**
 * Sends each line where it was to go and to the exporter, if there is one. It is the finished line that is sent on: what was taken out of
 * it is taken out there, too. Whoever logs is in the trace at that moment, so the record is of the same trace as the line.
 */
export const alsoExported = (target: DestinationStream): DestinationStream => ({
  write(line) {
    target.write(line)
    exporter?.(recordOf(line))
  },
})

/** A line of a logger as OpenTelemetry has it: errors by its conventions, all other fields as attributes. */
export function recordOf(line: string): LogRecord {
  const fields = fieldsOf(line)
  const { level, time, msg, service, err } = fields
  return {
    ...(typeof time === 'string' ? { timestamp: new Date(time) } : {}),
    ...(typeof level === 'string'
      ? { severityText: level, severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED }
      : {}),
    body: typeof msg === 'string' ? msg : '',
    attributes: {
      ...(typeof service === 'string' ? { 'reprieve.service': service } : {}),
      ...exceptionOf(err),
      ...Object.fromEntries(Object.entries(fields).filter(([name]) => !NOT_ATTRIBUTES.has(name))),
    } as Attributes,
  }
}

/** What is no JSON after secrets were taken out of it is told as it is. */
function fieldsOf(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return { msg: line }
  }
}

function exceptionOf(err: unknown): Attributes {
  if (typeof err !== 'object' || err === null) return {}
  const { type, message, stack, ...more } = err as Record<string, unknown>
  return {
    ...(typeof type === 'string' ? { 'exception.type': type } : {}),
    ...(typeof message === 'string' ? { 'exception.message': message } : {}),
    ...(typeof stack === 'string' ? { 'exception.stacktrace': stack } : {}),
    // Its code, constraint and causes.
    ...(Object.keys(more).length === 0 ? {} : { 'exception.more': JSON.stringify(more) }),
  }
}
