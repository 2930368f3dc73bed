import { migrate } from '@reprieve/database'
import { idempotencyMigrations } from '@reprieve/http-kit'
import { outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import type { ServiceDefinition } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { readSchema, type Schema } from './schema.js'

/** A database as a service of this version migrates it. */
export async function migrated({ migrations }: ServiceDefinition): Promise<TestDatabase> {
  const database = await createDatabase()
  await migrate(database.url, [outboxMigrations, idempotencyMigrations, peopleMigrations, migrations])
  return database
}

/** Every service's schema, by its name. */
export async function schemas(): Promise<Record<string, Schema>> {
  const found: Record<string, Schema> = {}
  for (const definition of SERVICES) {
    const database = await migrated(definition)
    try {
      found[definition.name] = await readSchema(database.url)
    } finally {
      await database.drop()
    }
  }
  return found
}
