import type { Logger } from './logger.js'

// KafkaJS sets a timer to a time that is past whenever nothing throttles it. Node says so once, then takes the least that there is.
const EXPECTED = new Set(['TimeoutNegativeWarning'])

/** From now on what Node warns of in this process is a line of the log, not text beside it. */
export function logNodeWarnings(logger: Logger): void {
  // Node's own listener prints it.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    logger[EXPECTED.has(warning.name) ? 'debug' : 'warn']({ err: warning }, 'a warning of the runtime')
  })
}
