import { createLogger } from '@reprieve/telemetry'

/** A logger for scope that hears it say that the inventory is in memory. */
export function columnsLogger(level = 'silent') {
  let tell = () => {}
  const inMemory = new Promise((resolve) => {
    tell = resolve
  })
  const logger = createLogger({ service: 'scope', level })
  const info = logger.info.bind(logger)
  logger.info = (details, ...rest) => {
    if (details?.state === 'ready') tell()
    info(details, ...rest)
  }
  return { logger, inMemory }
}
