import { create } from '@bufbuild/protobuf'
import { directory } from '@reprieve/contracts'
import type { Outbox } from '@reprieve/outbox'
import type { PeopleReplica } from '@reprieve/people'
import type { Tx } from '../adapters/postgres/tables.js'
import type { DirectoryChange } from './directory-change.js'

/** Who did it; null for the system itself. */
export type Actor = { id: string; name: string } | null

/**
 * Tells of every change in the transaction that makes it: to the topic, and to the directory's own replica.
 *
 * The directory checks tokens by the same code as every other service, which reads the replica. Feeding that here rather than from the
 * topic means that a sign-out, a deactivation or a new token holds in the directory from the commit on, without a second implementation
 * over other tables. The topic brings the same versions again later; they change nothing.
 */
export class DirectoryJournal {
  readonly #outbox: Outbox
  readonly #replica: PeopleReplica

  constructor(outbox: Outbox, replica: PeopleReplica) {
    this.#outbox = outbox
    this.#replica = replica
  }

  async record(tx: Tx, actor: Actor, at: Date, ...changes: readonly DirectoryChange[]): Promise<void> {
    if (changes.length === 0) return
    await this.#outbox.append(
      tx,
      ...changes.map((change) => ({ topic: 'directory.v1' as const, actor, at, ...change })),
    )
    const { started_at_ms } = await tx.selectFrom('incarnation').select('started_at_ms').executeTakeFirstOrThrow()
    for (const { version, body } of changes) {
      const event = create(directory.DirectoryEventSchema, {
        ...body,
        meta: { version: { incarnation: BigInt(started_at_ms), n: BigInt(version) } },
      })
      await this.#replica.applyIn(tx, event)
    }
  }
}
