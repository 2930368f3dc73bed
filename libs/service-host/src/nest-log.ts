import type { LoggerService } from '@nestjs/common'
import type { Logger } from '@reprieve/telemetry'

/** Nest's own messages in our log. What it tells of its start is of interest to those who debug it only. */
export function nestLog(logger: Logger): LoggerService {
  const at =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...details: unknown[]) =>
      logger[level]({ nest: details.filter((detail) => typeof detail === 'string').join(' ') }, String(message))
  return {
    log: at('debug'),
    debug: at('debug'),
    verbose: at('debug'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  }
}
