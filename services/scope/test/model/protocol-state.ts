import type { Status, View } from './scenario.js'

export interface Instance {
  readonly cls: number
  readonly value: number
}
export interface Exception {
  readonly status: Status | null
  readonly version: number
  readonly synced: boolean
  /** Where the round stood when it got on: the last instance done, -1 for the beginning. */
  readonly from: number | null
  readonly passedEnd: boolean
  readonly flippedUntil: number
}
export interface Rematch {
  readonly serial: number
  readonly cls: number
  readonly after: number
}
export interface Aftermath {
  readonly serial: number
  readonly of: number
  readonly what: 'covered' | 'ended'
  readonly wasInForce: boolean
  readonly after: number
}
export interface Process {
  /** LiveQueries: what it has read of each exception. */
  readonly known: readonly (Status | null)[]
  readonly epoch: number
  /** By partition, where it goes on; null where it is not assigned, as far as it knows. */
  readonly next: readonly (number | null)[]
  readonly clock: number
}
export interface Sweep {
  readonly of: number
  readonly until: number
  readonly after: number
  readonly drained: boolean
}

export type Phase = 'entered' | 'chosen' | 'locked' | 'matched'
export type Kind = 'ingest' | 'sync' | 'follow' | 'rematch' | 'sweep' | 'reconcile'

/** Sets of pairs of instance and exception, as bits. */
export interface Writes {
  readonly add: number
  readonly end: number
  readonly tellOn: number
  readonly tellOff: number
  /** Of ingest and merges: what becomes of which instance; null where it goes. */
  readonly instances?: readonly (readonly [index: number, instance: Instance | null])[]
  readonly drift?: boolean
}
export interface Transaction {
  readonly kind: Kind
  readonly process: number
  readonly partition: number
  readonly phase: Phase
  readonly assets: number
  readonly now: number
  /** Of ingest: the record's offset. */
  readonly offset: number
  /** Of jobs: the row it works on (exceptions as bits for sync), the cursor it began at and the one it comes to, null at the end. */
  readonly row: number
  readonly after: number
  readonly to: number | null
  /** Of jobs: the rows as read once the assets were locked. */
  readonly rows: readonly Row[]
  readonly writes: Writes | null
}
export type Row = readonly [instance: number, view: View]

export interface State {
  readonly instances: readonly (Instance | null)[]
  /** Merged into the other one. */
  readonly gone: number
  readonly classOf: readonly number[]
  readonly facts: number
  readonly exceptions: readonly Exception[]
  readonly epoch: number
  readonly asOf: number
  readonly members: number
  /** What listeners to coverage.v1 hold to be covered. */
  readonly told: number
  readonly positions: readonly number[]
  readonly applied: readonly number[]
  readonly rematches: readonly Rematch[]
  readonly aftermaths: readonly Aftermath[]
  readonly serial: number
  readonly round: number
  readonly reconciled: number | 'not yet' | 'done'
  readonly drift: boolean
  readonly delivered: readonly number[]
  readonly newest: readonly number[]
  readonly redelivery: { readonly of: number; readonly version: number } | null
  readonly processes: readonly Process[]
  /** What the process of jobs remembers: which rows it has drained for (exceptions, other rows, as bits). */
  readonly drainedJoins: number
  readonly drainedRows: number
  readonly sweep: Sweep | null
  readonly transactions: readonly Transaction[]
  readonly rebalances: number
  readonly crashes: number
  readonly redeliveries: number
  readonly merged: boolean
  readonly fed: boolean
}

const STATUS = { pending: 1, active: 2, ended: 3 }
const PHASE = { entered: 0, chosen: 1, locked: 2, matched: 3 }
const KIND = { ingest: 0, sync: 1, follow: 2, rematch: 3, sweep: 4, reconcile: 5 }

const buffer = new Uint16Array(512)
const codes = new WeakMap<Transaction, string>()

/** Every number of a state as one character: states are kept by the million. */
export function encode(state: State): string {
  let length = 0
  const put = (number: number) => {
    buffer[length++] = number + 2
  }
  const status = (of: Status | null) => put(of === null ? 0 : STATUS[of])
  for (const instance of state.instances) {
    put(instance?.cls ?? -1)
    put(instance?.value ?? -1)
  }
  put(state.gone)
  put(state.classOf[1] ?? 0)
  put(state.facts)
  put(state.epoch)
  put(state.asOf)
  put(state.members)
  put(state.told)
  for (const exception of state.exceptions) {
    status(exception.status)
    put(exception.version)
    put((exception.synced ? 1 : 0) + (exception.passedEnd ? 2 : 0))
    put(exception.from ?? 9)
    put(exception.flippedUntil)
  }
  for (const position of state.positions) put(position)
  for (const count of state.applied) put(count)
  put(state.serial)
  put(state.round)
  put(state.reconciled === 'done' ? 8 : state.reconciled === 'not yet' ? 9 : state.reconciled)
  put((state.drift ? 1 : 0) + (state.merged ? 2 : 0) + (state.fed ? 4 : 0))
  for (const version of state.delivered) put(version)
  for (const version of state.newest) put(version)
  put(state.redelivery === null ? -1 : state.redelivery.of)
  for (const { known, epoch, next, clock } of state.processes) {
    for (const each of known) status(each)
    put(epoch)
    put(clock)
    for (const offset of next) put(offset ?? -1)
  }
  put(state.drainedJoins)
  put(state.drainedRows)
  put(state.rebalances + 8 * state.crashes + 64 * state.redeliveries)
  put(state.sweep === null ? -1 : state.sweep.of)
  if (state.sweep !== null) {
    put(state.sweep.until)
    put(state.sweep.after)
    put(state.sweep.drained ? 1 : 0)
  }
  put(state.rematches.length)
  put(state.aftermaths.length)
  for (const { serial, cls, after } of state.rematches) put(serial + 16 * cls + 32 * (after + 1))
  for (const { serial, of, what, wasInForce, after } of state.aftermaths) {
    put(serial + 16 * of + 32 * (after + 1) + (what === 'ended' ? 128 : 0) + (wasInForce ? 256 : 0))
  }
  const own = String.fromCharCode.apply(null, buffer.subarray(0, length) as unknown as number[])
  if (state.transactions.length === 0) return own
  if (state.transactions.length === 1) return own + codeOf(state.transactions[0] as Transaction)
  // One transaction is told from another by what it does, not by when it began.
  return own + state.transactions.map(codeOf).sort().join('')
}

function codeOf(tx: Transaction): string {
  const known = codes.get(tx)
  if (known !== undefined) return known
  const numbers = [KIND[tx.kind], tx.process, tx.partition, PHASE[tx.phase], tx.assets, tx.now, tx.offset, tx.row]
  numbers.push(tx.after, tx.to ?? 9)
  for (const [instance, { value, ids, fact }] of tx.rows) numbers.push(10 + instance, value, ids, fact ? 1 : 0)
  if (tx.writes !== null) {
    const { add, end, tellOn, tellOff, drift, instances = [] } = tx.writes
    numbers.push(add, end, tellOn, tellOff, drift ? 1 : 0)
    for (const [index, instance] of instances) numbers.push(index, instance?.cls ?? -1, instance?.value ?? -1)
  }
  const code = String.fromCharCode(...numbers.map((number) => number + 2), 1)
  codes.set(tx, code)
  return code
}
