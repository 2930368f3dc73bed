// `npm run begin-incarnation`, with DATABASE_URL: after a service's database was restored from a backup, before the service starts again.
// See docs/runbooks/restore.md.
import { beginIncarnation } from '@reprieve/outbox'
import pg from 'pg'

const url = process.env.DATABASE_URL
if (!url) {
  console.error('DATABASE_URL must name the restored database')
  process.exit(2)
}
const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
try {
  await client.connect()
  const began = await beginIncarnation(client)
  console.log(`the database is of a new incarnation, ${began}; start its service, then republish its topics`)
} catch (error) {
  console.error(`a new incarnation could not begin: ${error.message}`)
  process.exitCode = 1
} finally {
  await client.end()
}
