import type { logCreator } from 'kafkajs'
import type { MessagingLog } from '../log.port.js'

// KafkaJS says the same several times a second while a broker is away.
const ONCE_IN_MS = 60_000
const MOST_REMEMBERED = 200

/**
 * KafkaJS' own log. What it calls an error it will try again, so all of it is a warning: what fails for good is thrown, and told by us.
 */
export function logTo(log: MessagingLog): logCreator {
  const told = new Map<string, number>()
  return () =>
    ({ namespace, log: { message, error, broker, groupId } }) => {
      // The idempotent producer asks for endless retries; here a failed publish is answered with a new producer instead.
      if (message.startsWith('Limiting retries')) return
      const key = `${namespace} ${message}`
      const now = performance.now()
      if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < ONCE_IN_MS) return
      if (told.size >= MOST_REMEMBERED) told.clear()
      told.set(key, now)
      log.warn({ part: `kafkajs ${namespace}`, fault: error, broker, group: groupId }, message)
    }
}
