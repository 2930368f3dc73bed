import type { OutboxTables } from '@reprieve/outbox'
import type { PeopleTables } from '@reprieve/people'
import type { Transaction } from 'kysely'
import type { DB } from './tables.gen.js'

/** All that the directory's database holds for it: its own tables, the outbox and its replica of what it publishes. */
export type DirectoryTables = DB & OutboxTables & PeopleTables

export type Tx = Transaction<DirectoryTables>
