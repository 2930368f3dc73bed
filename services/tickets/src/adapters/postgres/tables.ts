import type { OutboxTables } from '@reprieve/outbox'
import type { PeopleTables } from '@reprieve/people'
import type { Kysely, Transaction } from 'kysely'
import type { DB } from './tables.gen.js'

/** All that this service's database holds for it: its own tables, the outbox and its replica of the directory. */
export type TicketsTables = DB & OutboxTables & PeopleTables

export type Tx = Transaction<TicketsTables>

/** A transaction, or the database outside of one. */
export type Reader = Kysely<TicketsTables>
