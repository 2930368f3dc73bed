import { createRequire } from 'node:module'
import { isSpanContextValid, trace } from '@opentelemetry/api'
import { type DestinationStream, type Logger as Pino, pino } from 'pino'
import { alsoExported } from './log-export.js'
import { redactFields, redactText } from './redaction.js'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export const isLogLevel = (word: string): word is LogLevel => (LOG_LEVELS as readonly string[]).includes(word)

/** `logger.info({ exceptionId }, 'exception activated')`; errors as `{ err }`. */
export type Logger = Pino

export interface LoggerOptions {
  service: string
  /** `info` if absent. */
  level?: LogLevel
  /** Where the lines go; the standard output if absent. */
  destination?: DestinationStream
  /** For people instead of JSON lines. If absent: where the standard output is a terminal. */
  pretty?: boolean
}

/**
 * A logger whose lines are JSON objects: `{ level, time, service, trace_id?, span_id?, msg, … }`. The ids are those of the
 * active span. Secrets and mail addresses are taken out, by the field's name and by their form; see `redaction.ts`. Where telemetry has a
 * collector they go there as well.
 */
export function createLogger({ service, level = 'info', destination, pretty }: LoggerOptions): Logger {
  const target = destination ?? process.stdout
  const forPeople = pretty ?? (destination === undefined && process.stdout.isTTY === true)
  const logger = pino(
    {
      level,
      base: { service },
      messageKey: 'msg',
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: activeSpan,
      // Errors are made readable with all the other fields.
      serializers: { err: (err: unknown) => err },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields) as Record<string, unknown>,
      },
      hooks: { streamWrite: redactText },
    },
    alsoExported(forPeople ? prettyStream(target) : target),
  )
  // Pino formats the bindings of the first logger only; children inherit this.
  const { child } = logger
  logger.child = function (this: Logger, bindings: object, ...options: []) {
    return child.call(this, redactFields(bindings) as object, ...options)
  } as typeof child
  return logger
}

function activeSpan(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext()
  return span !== undefined && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {}
}

function prettyStream(target: DestinationStream): DestinationStream {
  // Loaded only where somebody looks at a terminal.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  const prettify = prettyFactory({
    colorize: target === process.stdout && process.stdout.isTTY === true && !process.env['NO_COLOR'],
    ignore: 'pid,hostname,service',
    messageFormat: '{service}: {msg}',
    translateTime: 'SYS:HH:MM:ss.l',
    errorLikeObjectKeys: ['err', 'error'],
  })
  return { write: (line) => void target.write(prettify(line)) }
}
