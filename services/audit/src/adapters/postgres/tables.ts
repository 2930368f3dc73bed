import type { OutboxTables } from '@reprieve/outbox'
import type { PeopleTables } from '@reprieve/people'
import type { Transaction } from 'kysely'
import type { DB } from './tables.gen.js'

export type AuditTables = DB & OutboxTables & PeopleTables

export type Tx = Transaction<AuditTables>
