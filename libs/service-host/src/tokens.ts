/** Injection tokens of what the host provides to every service's module. */

/** `Database<…>` of @reprieve/database: the service's own. */
export const DATABASE = Symbol('DATABASE')
/** `Clock` of @reprieve/clock. */
export const CLOCK = Symbol('CLOCK')
/** `Outbox` of @reprieve/outbox. */
export const OUTBOX = Symbol('OUTBOX')
/** `Carrier` of @reprieve/messaging. Services publish through the outbox; only scope's ingest needs the carrier itself. */
export const CARRIER = Symbol('CARRIER')
/** `Logger` of @reprieve/telemetry, already naming the service. */
export const LOGGER = Symbol('LOGGER')
/** The service's environment variables as `Readonly<Record<string, string | undefined>>`, for `readConfig` of @reprieve/config. */
export const ENVIRONMENT = Symbol('ENVIRONMENT')
/** `WriteTransactions` of @reprieve/http-kit: one transaction for a write, its idempotency key and its events. */
export const WRITES = Symbol('WRITES')
/** `People` of @reprieve/people: the replica of the directory in this service's database. */
export const PEOPLE = Symbol('PEOPLE')
/** `readonly Republisher[]`, provided by the service's own module. */
export const REPUBLISHERS = Symbol('REPUBLISHERS')
/** `readonly BackgroundWork[]`, provided by the service's own module where it has any. */
export const BACKGROUND = Symbol('BACKGROUND')
/** `Recollection`, provided by the service's own module where it can. */
export const RECOLLECTION = Symbol('RECOLLECTION')
