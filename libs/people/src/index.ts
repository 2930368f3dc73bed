import type { MigrationSet } from '@reprieve/database'

export { PeopleConsumer } from './people.consumer.js'
export { People } from './people.js'
export { PeoplePrincipals, type WatchedToken } from './people-principals.js'
export { MalformedDirectoryEventError, PeopleReplica } from './people-replica.js'
export type { Group, Person, Role } from './person.js'
export type { PeopleTables } from './tables.js'
export { lookUntil, MOST_WAIT_MS } from './wait.js'

/** The tables that every service's database has beside its own. */
export const peopleMigrations: MigrationSet = { name: 'people', folder: new URL('../migrations/', import.meta.url) }
