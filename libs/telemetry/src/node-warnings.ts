import type { Logger } from './logger.js'

/** From now on what Node warns of in this process is a line of the log, not text beside it. */
export function logNodeWarnings(logger: Logger): void {
  // Node's own listener prints it.
  process.removeAllListeners('warning')
  process.on('warning', (err) => logger.warn({ err }, 'a warning of the runtime'))
}
