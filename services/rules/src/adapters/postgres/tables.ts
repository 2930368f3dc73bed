import type { OutboxTables } from '@reprieve/outbox'
import type { PeopleTables } from '@reprieve/people'
import type { Transaction } from 'kysely'
import type { DB } from './tables.gen.js'

/** All that this service's database holds for it: its own tables, the outbox and the replica of the directory. */
export type RulesTables = DB & OutboxTables & PeopleTables

export type Tx = Transaction<RulesTables>
