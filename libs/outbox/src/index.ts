import type { MigrationSet } from '@reprieve/database'

export { firstTime, pruneInbox } from './inbox.js'
export { beginIncarnation, endRecollection, recollects } from './incarnation.js'
export { type EventBody, EventTooLargeError, MOST_EVENT_BYTES, type NewEvent, Outbox } from './outbox.js'
export { OutboxRelay, type RelayOptions, type RelayStatus } from './relay.js'
export { SilentOutbox } from './silent-outbox.js'
export type { OutboxTables } from './tables.js'

export const outboxMigrations: MigrationSet = { name: 'outbox', folder: new URL('../migrations/', import.meta.url) }
