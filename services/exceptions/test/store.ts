import type { Principal } from '@reprieve/auth'
import { Outbox, outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { createDatabase, dumpTables } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { ExceptionsRepository } from '../src/adapters/postgres/exceptions.repository.js'
import type { ExceptionsTables } from '../src/adapters/postgres/tables.js'
import { submit } from '../src/domain/changes.js'
import type { Request } from '../src/domain/request.js'
import { exceptionsService } from '../src/index.js'

export const RAY = { id: '0190b6a2-0000-7000-8000-0000000000a1', name: 'Ray' }
export const ANN = { id: '0190b6a2-0000-7000-8000-0000000000a2', name: 'Ann' }
export const BEN = { id: '0190b6a2-0000-7000-8000-0000000000a3', name: 'Ben' }
export const CEM = { id: '0190b6a2-0000-7000-8000-0000000000a4', name: 'Cem' }

export const T0 = new Date('2026-03-10T09:00:00Z')

export const principal = ({ id, name }: { id: string; name: string }): Principal => ({
  id,
  name,
  email: `${name}@reprieve.example`,
  role: 'developer',
  kind: 'person',
  permissions: new Set(),
  narrowed: false,
  tokenId: uuidv7(),
})

/** The service's database alone, without the service: for what only concurrency or SQL itself can show. */
export async function openStore() {
  const own = await createDatabase(outboxMigrations, peopleMigrations, exceptionsService.migrations)
  const database = own.open<ExceptionsTables>()
  const exceptions = new ExceptionsRepository(database, new Outbox())
  return {
    own,
    database,
    exceptions,

    /** Keeps a request of Ray's that waits for Ann, then Cem; without approvers it is active by Auto Pilot. */
    async add(changes: Partial<Request> = {}, ids = { id: uuidv7(), queryId: uuidv7() }, at = T0) {
      const approvers = changes.steps ?? [ANN, CEM].map((approver) => ({ approver, candidateIds: [], decided: null }))
      const request: Request = {
        kind: 'query',
        effect: 'suppress',
        name: 'Old log4j',
        justification: 'Switched off soon.',
        useCase: null,
        evidenceLink: null,
        expression: 'kev',
        sourceQueryId: null,
        expiration: { type: 'never' },
        requestedBy: RAY,
        rule: { id: '0190b6a2-0000-7000-8000-0000000000b1', version: 1 },
        ticketId: null,
        approvalType: approvers.length === 0 ? 'autoPilot' : 'approvers',
        evidence: [],
        ...changes,
        steps: approvers,
      }
      await database.transaction((tx) => exceptions.add(tx, submit(request, ids, at)))
      return ids.id
    },

    dump: () => dumpTables(own),
  }
}

export type Store = Awaited<ReturnType<typeof openStore>>
