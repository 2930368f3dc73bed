/** Where carriers tell what they do; pino's loggers fit. */
export interface MessagingLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const silentLog: MessagingLog = { info() {}, warn() {}, error() {} }
