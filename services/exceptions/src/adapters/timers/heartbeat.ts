import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { Outbox } from '@reprieve/outbox'
import { type BackgroundWork, RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { heartbeatEvents } from '../messaging/exception-event.js'
import type { ExceptionsTables } from '../postgres/tables.js'

const EVERY_MS = 5_000

/**
 * Tells on the topic that this service lives. It goes through the outbox like every change, so it arrives only while changes do, and after
 * those that were committed before it. Every process tells; a consumer takes the newest.
 */
export const heartbeat = (
  database: Database<ExceptionsTables>,
  outbox: Outbox,
  clock: Clock,
  logger: Logger,
): BackgroundWork =>
  new RepeatedWork({
    name: 'the heartbeat of exceptions',
    everyMs: EVERY_MS,
    work: () => database.transaction((tx) => outbox.append(tx, ...heartbeatEvents(clock.now()))),
    logger,
  })
