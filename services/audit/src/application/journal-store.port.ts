import type { Tx } from '../adapters/postgres/tables.js'
import type { Placed } from '../domain/chain.js'
import type { LiveEvent } from '../domain/live-event.js'
import type { Known, SubjectKind, Told } from '../domain/told.js'

export interface Head {
  position: number
  hash: Uint8Array
  livePosition: number
}

export interface TakenUp {
  /** Of what was read, for `finish`. */
  upTo: readonly number[]
  /** In the order of their arrival, without those that the journal has. */
  told: Told[]
}

export interface SubjectKey {
  kind: SubjectKind
  id: string
}

export interface JournalStore {
  /** Waits until no other process writes. */
  lockHead(tx: Tx): Promise<Head>
  take(tx: Tx, most: number): Promise<TakenUp>
  known(tx: Tx, subjects: readonly SubjectKey[]): Promise<Map<string, Known>>
  write(
    tx: Tx,
    head: Head,
    written: {
      entries: ReadonlyArray<Placed & { hash: Uint8Array }>
      events: ReadonlyArray<LiveEvent & { recordedAt: Date }>
      subjects: ReadonlyArray<SubjectKey & Known>
      upTo: readonly number[]
    },
  ): Promise<void>
}

export const subjectKey = ({ kind, id }: SubjectKey): string => `${kind} ${id}`
