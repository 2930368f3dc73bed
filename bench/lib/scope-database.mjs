import { idempotencyMigrations } from '@reprieve/http-kit'
import { outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { scopeService } from '@reprieve/scope-service'

/** @param database of a bench's cluster @returns the address of scope's database, migrated */
export const scopeDatabase = (database) =>
  database('scope', outboxMigrations, peopleMigrations, idempotencyMigrations, scopeService.migrations)
