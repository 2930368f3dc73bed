import type { System } from './explorer.js'
import type { Mistake } from './mistakes.js'
import {
  type Aftermath,
  type Exception,
  encode,
  type Instance,
  type Kind,
  type Process,
  type Row,
  type State,
  type Transaction,
  type Writes,
} from './protocol-state.js'
import type { Scenario, Status, TopicRecord, View } from './scenario.js'

const INSTANCES = [0, 1] as const
const JOBS = 1
const isLive = (status: Status | null): boolean => status === 'pending' || status === 'active'
const NONE: Writes = { add: 0, end: 0, tellOn: 0, tellOff: 0 }
const set = <T>(list: readonly T[], index: number, value: T): T[] => list.with(index, value)

/**
 * How membership is written, as services/scope does it: docs/adr/0013 tells which function each step is. Every step here is what one
 * transaction does between two points at which another one could come between.
 */
export function membershipProtocol(scenario: Scenario, mistake: Mistake | null = null): System<State> {
  const { assets, records, exceptions: scripts, latest = 0 } = scenario
  const is = (name: Mistake) => mistake === name
  const pair = (instance: number, exception: number) => 1 << (instance * scripts.length + exception)
  const assetBit = (instance: number) => 1 << (assets[instance] ?? 0)
  const inTime = (exception: number, time: number) => time < (scripts[exception]?.until ?? Number.POSITIVE_INFINITY)
  const queryOf = (exception: number, view: View, time: number) => scripts[exception]?.query(view, time) ?? false

  const initial: State = {
    instances: scenario.stored.map((value, cls) => (value === null ? null : { cls, value })),
    gone: 0,
    classOf: [0, 1],
    facts: 0,
    exceptions: scripts.map(() => ({
      status: null,
      version: 0,
      synced: false,
      from: null,
      passedEnd: false,
      flippedUntil: 0,
    })),
    epoch: 0,
    asOf: 0,
    members: 0,
    told: 0,
    positions: records.map(() => 0),
    applied: records.map(() => 0),
    rematches: [],
    aftermaths: [],
    serial: 0,
    round: -1,
    reconciled: scenario.reconciles ? 'not yet' : 'done',
    drift: false,
    delivered: scripts.map(() => 0),
    newest: scripts.map(() => 0),
    redelivery: null,
    // The first process has all partitions at the beginning.
    processes: [0, 1].map((process) => ({
      known: scripts.map(() => null),
      epoch: 0,
      next: records.map(() => (process === 0 ? 0 : null)),
      clock: 0,
    })),
    drainedJoins: 0,
    drainedRows: 0,
    sweep: null,
    transactions: [],
    rebalances: scenario.rebalances ?? 0,
    crashes: scenario.crashes ?? 0,
    redeliveries: scenario.redeliveries ?? 0,
    merged: !scenario.merges,
    fed: !scenario.feeds,
  }

  // ---- what is stored

  const idsOf = (state: State, cls: number): number =>
    state.classOf[cls] === cls
      ? state.classOf.reduce((ids, of, id) => (of === cls ? ids | (1 << id) : ids), 0)
      : 1 << cls
  const viewOf = (state: State, { cls, value }: Instance): View => ({
    value,
    ids: idsOf(state, cls),
    fact: (state.facts & (1 << cls)) !== 0,
  })
  const exists = (state: State, instance: number) => state.instances[instance] != null
  /** nextRange: the next stored instance after a cursor. */
  const nextInstance = (state: State, after: number, where: (instance: Instance) => boolean = () => true) => {
    const found = INSTANCES.find((i) => {
      const instance = state.instances[i]
      return i > after && instance != null && where(instance)
    })
    return found ?? null
  }

  // ---- gate and locks

  const nobodyIsIn = (state: State) => is('writers do not enter the gate') || state.transactions.length === 0
  const areFree = (state: State, bits: number) =>
    is('assets are not locked') ||
    state.transactions.every(({ phase, assets }) => phase === 'entered' || phase === 'chosen' || (assets & bits) === 0)
  const entered = (kind: Kind, process: number, own: Partial<Transaction> = {}): Transaction => ({
    kind,
    process,
    partition: -1,
    phase: 'entered',
    assets: 0,
    now: 0,
    offset: -1,
    row: 0,
    after: -1,
    to: null,
    rows: [],
    writes: null,
    ...own,
  })
  const replaced = (state: State, index: number, transaction: Transaction): State => ({
    ...state,
    transactions: set(state.transactions, index, transaction),
  })
  const ended = (state: State, index: number): State => ({
    ...state,
    transactions: state.transactions.filter((_, at) => at !== index),
  })
  const readAgain = (state: State, process: number): State => {
    const own = state.processes[process] as Process
    if (is('the epoch is not read') && own.epoch > 0) return state
    if (own.epoch >= state.epoch) return state
    const known = state.exceptions.map(({ status }) => status)
    return { ...state, processes: set(state.processes, process, { ...own, known, epoch: state.epoch }) }
  }
  const timeOf = (state: State, process: number) => Math.max(state.processes[process]?.clock ?? 0, state.asOf)
  const early = is('the epoch is read before assets are locked')
  const fine = scenario.fine === true || early || is('the time is read before the queries')
  const enter = (state: State, transaction: Transaction): State => {
    const before = early ? readAgain(state, transaction.process) : state
    const now = timeOf(state, transaction.process)
    return { ...before, transactions: [...before.transactions, { ...transaction, now }] }
  }
  /** What a job works on next: chosen before anything is locked. */
  const chosen = (state: State, index: number, row: number, after: number, to: number | null): State =>
    replaced(state, index, {
      ...(state.transactions[index] as Transaction),
      phase: 'chosen',
      row,
      after,
      to,
      assets: to === null ? 0 : assetBit(to),
    })
  const lock = (
    state: State,
    index: number,
    transaction: Transaction,
    where: (of: Instance) => boolean = () => true,
  ): State | null => {
    if (!areFree(state, transaction.assets)) return null
    const now = is('the time is read before the queries') ? timeOf(state, transaction.process) : transaction.now
    const rows = transaction.kind === 'ingest' ? [] : rowsOf(state, transaction, where)
    return replaced(state, index, { ...transaction, now, rows, phase: 'locked' })
  }
  /** MembershipGate.catchUp, with the locks held: the queries of the newest epoch, and the time to evaluate at. */
  const caughtUp = (state: State, { process, now }: Transaction): [State, number] =>
    early
      ? [state, now]
      : [readAgain(state, process), is('the time is read before the queries') ? now : timeOf(state, process)]

  // ---- MembershipWriter

  const bringUpToDate = (
    state: State,
    process: number,
    rows: readonly Row[],
    now: number,
    only: (exception: number) => boolean = () => true,
  ): Writes => {
    const known = state.processes[process]?.known ?? []
    let { add, end, tellOn, tellOff } = NONE
    for (const [instance, view] of rows) {
      scripts.forEach((_, exception) => {
        const status = known[exception] ?? null
        if (!isLive(status) || !only(exception)) return
        const bit = pair(instance, exception)
        const wanted = queryOf(exception, view, now)
        const tells = status === 'active' && !is('approval is not told by who writes meanwhile')
        if (wanted && !(state.members & bit)) {
          add |= bit
          if (tells && inTime(exception, now)) tellOn |= bit
        } else if (!wanted && state.members & bit) {
          end |= bit
          if (tells && (inTime(exception, now) || !is('an end is told only while it is in force'))) tellOff |= bit
        }
      })
    }
    return { add, end, tellOn, tellOff }
  }
  const committed = (state: State, writes: Writes): State => ({
    ...state,
    members: (state.members | writes.add) & ~writes.end,
    told: (state.told | writes.tellOn) & ~writes.tellOff,
    instances: (writes.instances ?? []).reduce(
      (all, [index, instance]) => set(all, index, instance),
      [...state.instances],
    ),
    gone: (writes.instances ?? []).reduce(
      (gone, [i, instance]) => (instance === null ? gone | (1 << i) : gone),
      state.gone,
    ),
    drift: state.drift || (writes.drift ?? false),
  })
  /** Rows of a range, as they are once its assets are locked. */
  const rowsOf = (
    state: State,
    { after, to, assets: locked }: Transaction,
    where: (of: Instance) => boolean = () => true,
  ) =>
    INSTANCES.flatMap((i): Row[] => {
      const instance = state.instances[i]
      if (instance == null || to === null || i <= after || i > to || !where(instance)) return []
      if ((locked & assetBit(i)) === 0 && !is('ranges take in assets that are not locked')) return []
      return [[i, viewOf(state, instance)]]
    })

  // ---- exceptions, as their owner tells of them

  /** ExceptionStore.take */
  function taken(state: State, of: number, version: number, taker: number): State {
    const before = state.exceptions[of] as Exception
    const status = scripts[of]?.told[version - 1] ?? null
    const joins = before.status === null && isLive(status)
    const clock = state.processes[taker]?.clock ?? 0
    let after: State = {
      ...state,
      epoch: state.epoch + 1,
      newest: set(state.newest, of, Math.max(version, state.newest[of] ?? 0)),
      exceptions: set(state.exceptions, of, {
        ...before,
        status,
        version,
        flippedUntil: joins ? clock : before.flippedUntil,
      }),
    }
    // Whoever knows of it evaluates from here on at no earlier time than its flips begin at.
    if (joins && scripts[of]?.timeRelative && !is('flips begin at the time of whoever takes the exception')) {
      after = { ...after, asOf: Math.max(after.asOf, clock) }
    }
    const follows = (what: Aftermath['what'], wasInForce: boolean) => {
      const row: Aftermath = { serial: after.serial, of, what, wasInForce, after: -1 }
      after = { ...after, serial: after.serial + 1, aftermaths: [...after.aftermaths, row] }
    }
    if (status === 'active' && before.status !== 'active') follows('covered', true)
    if (isLive(before.status) && !isLive(status)) follows('ended', before.status === 'active')
    return after
  }

  function* owners(state: State): Generator<[string, State]> {
    for (const [of, script] of scripts.entries()) {
      const version = (state.delivered[of] ?? 0) + 1
      const status = script.told[version - 1]
      // Back-fill holds the rows of the exceptions it is at.
      const held = state.transactions.some(
        ({ kind, phase, row }) => kind === 'sync' && phase !== 'entered' && (row & (1 << of)) !== 0,
      )
      // What ends by the clock is told of when its time has come for somebody.
      const isEarly =
        status === 'ended' && script.until !== undefined && state.processes.every(({ clock }) => inTime(of, clock))
      if (status !== undefined && !held && !isEarly) {
        const delivered = { ...state, delivered: set(state.delivered, of, version) }
        yield [`exception ${of} is told of as ${status}`, taken(delivered, of, version, 0)]
      }
      if (state.redeliveries > 0 && state.redelivery === null && version === 1 && status !== undefined) {
        const begun = { ...state, redeliveries: state.redeliveries - 1, redelivery: { of, version: 1 } }
        yield [`a process that has lost its partition finds no exception ${of} yet`, begun]
      }
    }
    if (state.redelivery !== null) {
      const { of, version } = state.redelivery
      const done = { ...state, redelivery: null }
      const isOlder = (state.exceptions[of]?.version ?? 0) >= version
      yield [
        `and writes version ${version} of exception ${of}, unless it has become older`,
        isOlder && !is('an older state of an exception is written') ? done : taken(done, of, version, 1),
      ]
    }
  }

  // ---- ingest

  function* ingest(state: State): Generator<[string, State]> {
    for (const [process, { next }] of state.processes.entries()) {
      for (const [partition, offset] of next.entries()) {
        const busy = state.transactions.some(
          (tx) => tx.kind === 'ingest' && tx.process === process && tx.partition === partition,
        )
        if (offset === null || busy || offset >= (records[partition]?.length ?? 0)) continue
        yield* begun(
          `process ${process} begins with record ${offset} of partition ${partition}`,
          state,
          entered('ingest', process, { partition, offset }),
        )
      }
    }
  }
  const lost = (state: State, { process, partition }: Transaction): State => {
    const own = state.processes[process] as Process
    return { ...state, processes: set(state.processes, process, { ...own, next: set(own.next, partition, null) }) }
  }
  function ingestStep(state: State, index: number, tx: Transaction): [string, State] | null {
    const { partition, offset, process } = tx
    const record = records[partition]?.[offset] as TopicRecord
    const name = `process ${process}, record ${offset} of partition ${partition}:`
    switch (tx.phase) {
      case 'entered': {
        const compares = !is('positions are not compared')
        // movePosition holds the position's row until the end.
        const waits = state.transactions.some(
          (other) =>
            other.kind === 'ingest' && other !== tx && other.partition === partition && other.phase !== 'entered',
        )
        if (compares && waits) return null
        if (compares && state.positions[partition] !== offset) {
          return [`${name} the position is another one`, lost(ended(state, index), tx)]
        }
        const locked = lock(state, index, { ...tx, assets: assetBit(record.of) })
        if (locked === null) return null
        const moved = is('the position is moved in a transaction of its own')
          ? { ...locked, positions: set(locked.positions, partition, offset + 1) }
          : locked
        return [`${name} locks`, moved]
      }
      case 'chosen':
        return null
      case 'locked': {
        const cls = state.classOf[record.of] ?? record.of
        const at = assets[record.of]
        const found = INSTANCES.find((i) => assets[i] === at && state.instances[i]?.cls === cls)
        const slot = found ?? [record.of, 1 - record.of].find((i) => !exists(state, i) && !(state.gone & (1 << i)))
        if (slot === undefined) throw new Error('the scenario has no room for an instance')
        const instance = { cls, value: record.value }
        const same = found !== undefined && state.instances[found]?.value === record.value
        if (same)
          return [`${name} finds nothing new`, replaced(state, index, { ...tx, phase: 'matched', writes: NONE })]
        const [current, now] = caughtUp(state, tx)
        const writes: Writes = {
          ...bringUpToDate(current, process, [[slot, viewOf(current, instance)]], now),
          instances: [[slot, instance]],
        }
        return [`${name} matches`, replaced(current, index, { ...tx, now, phase: 'matched', writes })]
      }
      case 'matched': {
        const own = state.processes[process] as Process
        const after = ended(committed(state, tx.writes ?? NONE), index)
        return [
          `${name} commits`,
          {
            ...after,
            positions: set(after.positions, partition, offset + 1),
            applied: set(after.applied, partition, (after.applied[partition] ?? 0) + 1),
            processes: set(after.processes, process, { ...own, next: set(own.next, partition, offset + 1) }),
          },
        ]
      }
    }
  }

  // ---- jobs

  const runs = (state: State, kind: Kind) => state.transactions.some((tx) => tx.kind === kind)
  const waitingJoins = (state: State) =>
    state.exceptions.reduce((bits, { status, synced }, e) => (isLive(status) && !synced ? bits | (1 << e) : bits), 0)
  /** What has come into force is told once all of it is there. */
  const canBeFollowed = (state: State, { of, what }: Aftermath) => {
    const { synced, status } = state.exceptions[of] as Exception
    return what === 'ended' || synced || !isLive(status) || is('what follows does not wait for back-fill')
  }
  const rowBits = (rows: readonly { serial: number }[]) => rows.reduce((bits, { serial }) => bits | (1 << serial), 0)

  function* jobs(state: State): Generator<[string, State]> {
    // SyncExceptionsJob.step
    const joins = waitingJoins(state)
    if (joins & ~state.drainedJoins && !runs(state, 'sync')) {
      if (nobodyIsIn(state) || is('back-fill begins without a drain')) {
        yield ['back-fill drains', { ...state, drainedJoins: state.drainedJoins | joins }]
      }
    } else if (joins && !runs(state, 'sync')) yield* begun('back-fill begins a chunk', state, entered('sync', JOBS))
    // FollowExceptionsJob.step
    const follows = rowBits(state.aftermaths.filter((row) => canBeFollowed(state, row)))
    if (follows & ~state.drainedRows && !runs(state, 'follow')) {
      if (nobodyIsIn(state) || is('what follows an approval begins without a drain')) {
        yield ['what follows: drains', { ...state, drainedRows: state.drainedRows | follows }]
      }
    } else if (follows && !runs(state, 'follow')) {
      yield* begun('what follows: begins a chunk', state, entered('follow', JOBS))
    }
    // RematchJob.step
    const rematches = rowBits(state.rematches)
    if (rematches & ~state.drainedRows && !runs(state, 'rematch')) {
      if (nobodyIsIn(state) || is('rematching begins without a drain')) {
        yield ['rematching drains', { ...state, drainedRows: state.drainedRows | rematches }]
      }
    } else if (rematches && !runs(state, 'rematch')) {
      yield* begun('rematching begins a chunk', state, entered('rematch', JOBS))
    }
    // TimeFlips.run
    if (state.sweep === null) {
      const clock = state.processes[JOBS]?.clock ?? 0
      for (const [of, { status, flippedUntil }] of state.exceptions.entries()) {
        if (!scripts[of]?.timeRelative || !isLive(status) || flippedUntil >= clock) continue
        if (nextInstance(state, -1) === null) continue
        const asOf = is('flips do not raise the time that nobody may be behind')
          ? state.asOf
          : Math.max(state.asOf, clock)
        yield [
          `flips of exception ${of} are due`,
          { ...state, asOf, sweep: { of, until: clock, after: -1, drained: false } },
        ]
      }
    } else if (!state.sweep.drained) {
      if (nobodyIsIn(state)) yield ['flips drain', { ...state, sweep: { ...state.sweep, drained: true } }]
    } else if (!runs(state, 'sweep')) yield* begun('flips begin a chunk', state, entered('sweep', JOBS))
    // ReconcileJob
    if (state.reconciled === 'not yet') yield ['reconciliation begins', { ...state, reconciled: -1 }]
    else if (state.reconciled !== 'done' && state.rematches.length === 0 && !runs(state, 'reconcile')) {
      yield* begun('reconciliation begins a chunk', state, entered('reconcile', JOBS))
    }
  }

  function syncStep(state: State, index: number, tx: Transaction): [string, State] | null {
    switch (tx.phase) {
      case 'entered': {
        const row = waitingJoins(state) & state.drainedJoins
        if (row === 0) return ['back-fill finds nobody waiting', ended(state, index)]
        const to = nextInstance(state, state.round)
        return [`back-fill chooses up to ${to ?? 'the end'}`, chosen(state, index, row, state.round, to)]
      }
      case 'chosen': {
        const locked = lock(state, index, tx)
        if (locked === null) return null
        return [
          'back-fill locks',
          is('back-fill notes its checkpoint before its rows') ? noted(locked, tx.row, tx.to) : locked,
        ]
      }
      case 'locked': {
        // By the exceptions' own rows, which it holds; of the gate only the time.
        const now = early ? tx.now : timeOf(state, tx.process)
        let { add } = NONE
        for (const [instance, view] of tx.rows) {
          for (const of of state.exceptions.keys()) {
            if (!(tx.row & (1 << of))) continue
            const bit = pair(instance, of)
            if (queryOf(of, view, now)) add |= bit & ~state.members
          }
        }
        const writes: Writes = { ...NONE, add }
        return ['back-fill matches', replaced(state, index, { ...tx, now, phase: 'matched', writes })]
      }
      case 'matched': {
        const after = ended(committed(state, tx.writes ?? NONE), index)
        return [
          'back-fill commits',
          is('back-fill notes its checkpoint before its rows') ? after : noted(after, tx.row, tx.to),
        ]
      }
    }
  }
  /** Who got on, who has passed the end, who is done. */
  function noted(state: State, row: number, to: number | null): State {
    const round = to ?? -1
    return {
      ...state,
      round,
      exceptions: state.exceptions.map((exception, of) => {
        if (!(row & (1 << of))) return exception
        const from = exception.from ?? state.round
        const passedEnd = exception.passedEnd || to === null
        const whole = is('back-fill ends at the end rather than after a whole round') || round >= from
        return { ...exception, from, passedEnd, synced: passedEnd && whole }
      }),
    }
  }

  function followStep(state: State, index: number, tx: Transaction): [string, State] | null {
    const row = state.aftermaths.find(({ serial }) => serial === tx.row)
    switch (tx.phase) {
      case 'entered': {
        const first = state.aftermaths.find(
          (each) => state.drainedRows & (1 << each.serial) && canBeFollowed(state, each),
        )
        if (first === undefined) return ['what follows: nothing', ended(state, index)]
        const to = nextMember(state, first.of, first.after)
        return [
          `what follows: finds ${to ?? 'nothing more'} of exception ${first.of}`,
          chosen(state, index, first.serial, first.after, to),
        ]
      }
      case 'chosen': {
        const locked = lock(state, index, tx)
        return locked === null ? null : ['what follows: locks', locked]
      }
      case 'locked': {
        if (row === undefined) throw new Error('an aftermath is gone')
        const bit = tx.to === null ? 0 : pair(tx.to, row.of)
        const still = state.members & bit || is('what follows goes by what it found before it locked') ? bit : 0
        const writes: Writes = {
          add: 0,
          end: row.what === 'ended' ? still : 0,
          tellOn: row.what === 'covered' ? still : 0,
          tellOff: row.what === 'ended' && row.wasInForce ? still : 0,
        }
        return ['what follows: reads', replaced(state, index, { ...tx, phase: 'matched', writes })]
      }
      case 'matched': {
        const after = ended(committed(state, tx.writes ?? NONE), index)
        const { to } = tx
        return [
          'what follows: commits',
          to === null
            ? { ...after, aftermaths: after.aftermaths.filter(({ serial }) => serial !== tx.row) }
            : {
                ...after,
                aftermaths: after.aftermaths.map((each) => (each.serial === tx.row ? { ...each, after: to } : each)),
              },
        ]
      }
    }
  }
  const nextMember = (state: State, of: number, after: number) =>
    INSTANCES.find((i) => i > after && state.members & pair(i, of)) ?? null

  function rematchStep(state: State, index: number, tx: Transaction): [string, State] | null {
    const row = state.rematches.find(({ serial }) => serial === tx.row)
    switch (tx.phase) {
      case 'entered': {
        const first = state.rematches.find(({ serial }) => state.drainedRows & (1 << serial))
        if (first === undefined) return ['rematching: nothing', ended(state, index)]
        const to = nextInstance(state, first.after, ({ cls }) => cls === first.cls)
        return [`rematching chooses ${to ?? 'nothing more'}`, chosen(state, index, first.serial, first.after, to)]
      }
      case 'chosen': {
        const locked = lock(state, index, tx, ({ cls }) => cls === row?.cls)
        return locked === null ? null : ['rematching locks', locked]
      }
      case 'locked': {
        if (row === undefined) throw new Error('a rematch is gone')
        const into = state.classOf[row.cls] ?? row.cls
        const { rows } = tx
        const [current, now] = caughtUp(state, tx)
        const own = { ...tx, now }
        const writes =
          into === row.cls ? bringUpToDate(current, tx.process, rows, now) : moved(current, own, rows, into)
        return ['rematching matches', replaced(current, index, { ...own, phase: 'matched', writes })]
      }
      case 'matched': {
        const after = ended(committed(state, tx.writes ?? NONE), index)
        const { to } = tx
        return [
          'rematching commits',
          to === null
            ? { ...after, rematches: after.rematches.filter(({ serial }) => serial !== tx.row) }
            : {
                ...after,
                rematches: after.rematches.map((each) => (each.serial === tx.row ? { ...each, after: to } : each)),
              },
        ]
      }
    }
  }
  /** RematchJob.#move: to the other vulnerability, and into its instance at the same place, if there is one. */
  function moved(state: State, tx: Transaction, rows: readonly Row[], into: number): Writes {
    const known = state.processes[tx.process]?.known ?? []
    return rows.reduce((all: Writes, [i]) => {
      const own = state.instances[i] as Instance
      const twin = INSTANCES.find((j) => j !== i && assets[j] === assets[i] && state.instances[j]?.cls === into)
      if (twin === undefined) {
        const alone = { ...own, cls: into }
        return joined(all, {
          ...bringUpToDate(state, tx.process, [[i, viewOf(state, alone)]], tx.now),
          instances: [[i, alone]],
        })
      }
      const both = { cls: into, value: Math.max(own.value, state.instances[twin]?.value ?? 0) }
      const end = scripts.reduce((bits, _, e) => bits | (state.members & pair(i, e)), 0)
      const tellOff = scripts.reduce((bits, _, e) => {
        const knows = isLive(known[e] ?? null) || !is('a merge does not tell of exceptions that have ended')
        return knows ? bits | (end & pair(i, e)) : bits
      }, 0)
      const gone: Writes = {
        ...NONE,
        end,
        tellOff,
        instances: [
          [i, null],
          [twin, both],
        ],
      }
      return joined(all, joined(gone, bringUpToDate(state, tx.process, [[twin, viewOf(state, both)]], tx.now)))
    }, NONE)
  }
  const joined = (a: Writes, b: Writes): Writes => ({
    add: a.add | b.add,
    end: a.end | b.end,
    tellOn: a.tellOn | b.tellOn,
    tellOff: a.tellOff | b.tellOff,
    instances: [...(a.instances ?? []), ...(b.instances ?? [])],
  })

  function sweepStep(state: State, index: number, tx: Transaction): [string, State] | null {
    const { sweep } = state
    if (sweep === null) throw new Error('no sweep')
    switch (tx.phase) {
      case 'entered': {
        const to = nextInstance(state, sweep.after)
        return [`flips choose ${to ?? 'nothing more'}`, chosen(state, index, sweep.of, sweep.after, to)]
      }
      case 'chosen': {
        const locked = lock(state, index, tx)
        return locked === null ? null : ['flips lock', locked]
      }
      case 'locked': {
        const [current, now] = caughtUp(state, tx)
        const writes = bringUpToDate(current, tx.process, tx.rows, now, (of) => of === sweep.of)
        return ['flips match', replaced(current, index, { ...tx, now, phase: 'matched', writes })]
      }
      case 'matched': {
        const after = ended(committed(state, tx.writes ?? NONE), index)
        if (tx.to !== null) return ['flips commit', { ...after, sweep: { ...sweep, after: tx.to } }]
        const exception = after.exceptions[sweep.of] as Exception
        const flipped = { ...exception, flippedUntil: Math.max(exception.flippedUntil, sweep.until) }
        return ['flips are done', { ...after, sweep: null, exceptions: set(after.exceptions, sweep.of, flipped) }]
      }
    }
  }

  function reconcileStep(state: State, index: number, tx: Transaction): [string, State] | null {
    const cursor = state.reconciled
    if (typeof cursor !== 'number') return null
    switch (tx.phase) {
      case 'entered': {
        if (state.rematches.length > 0) return ['reconciliation waits', ended(state, index)]
        const to = nextInstance(state, cursor)
        return [`reconciliation chooses ${to ?? 'nothing more'}`, chosen(state, index, 0, cursor, to)]
      }
      case 'chosen': {
        const locked = lock(state, index, tx)
        return locked === null ? null : ['reconciliation locks', locked]
      }
      case 'locked': {
        const { rows } = tx
        const [current, now] = caughtUp(state, tx)
        const writes = bringUpToDate(
          current,
          tx.process,
          rows,
          now,
          (of) => state.exceptions[of]?.synced === true || is('reconciliation looks at what is not filled in yet'),
        )
        const isDrift = rows.some(([instance, view]) =>
          scripts.some((_, of) => {
            if (!((writes.add | writes.end) & pair(instance, of))) return false
            // What time alone has changed since, or is about to by another process' clock, the flips would have brought.
            const from = state.exceptions[of]?.flippedUntil ?? 0
            const times = Array.from({ length: latest - from + 1 }, (_, n) => from + n)
            return times.every((time) => queryOf(of, view, time) === queryOf(of, view, from))
          }),
        )
        // A rematch that was noted since is no difference either.
        const drift = isDrift && state.rematches.length === 0
        return [
          'reconciliation matches',
          replaced(current, index, { ...tx, now, phase: 'matched', writes: { ...writes, drift } }),
        ]
      }
      case 'matched': {
        const after = ended(committed(state, tx.writes ?? NONE), index)
        return ['reconciliation commits', { ...after, reconciled: tx.to ?? 'done' }]
      }
    }
  }

  const stepOf = {
    ingest: ingestStep,
    sync: syncStep,
    follow: followStep,
    rematch: rematchStep,
    sweep: sweepStep,
    reconcile: reconcileStep,
  }

  // ---- the world

  function* world(state: State): Generator<[string, State]> {
    for (const [process, own] of state.processes.entries()) {
      if (own.clock < latest) {
        const later = { ...own, clock: own.clock + 1 }
        yield [`the clock of process ${process} goes on`, { ...state, processes: set(state.processes, process, later) }]
      }
      if (state.crashes > 0) {
        const fresh: Process = { ...own, known: scripts.map(() => null), epoch: 0, next: records.map(() => null) }
        yield [
          `process ${process} is killed`,
          {
            ...state,
            crashes: state.crashes - 1,
            processes: set(state.processes, process, fresh),
            transactions: state.transactions.filter((tx) => tx.process !== process),
            ...(process === JOBS ? { drainedJoins: 0, drainedRows: 0, sweep: null } : {}),
          },
        ]
      }
      for (const [partition, position] of state.positions.entries()) {
        if (own.next[partition] !== null || position >= (records[partition]?.length ?? 0)) continue
        const isOrphan = state.processes.every(({ next }) => next[partition] === null)
        if (!isOrphan && state.rebalances === 0) continue
        const assigned = { ...own, next: set(own.next, partition, position) }
        yield [
          `partition ${partition} goes to process ${process}`,
          {
            ...state,
            rebalances: state.rebalances - (isOrphan ? 0 : 1),
            processes: set(state.processes, process, assigned),
          },
        ]
      }
    }
    const rematched = (before: State, classes: readonly number[]): State => {
      if (is('a feed leaves no rematch behind')) return before
      const rows = classes.map((cls, n) => ({ serial: before.serial + n, cls, after: -1 }))
      return { ...before, serial: before.serial + rows.length, rematches: [...before.rematches, ...rows] }
    }
    // VulnerabilityRegistry.join
    if (!state.merged) {
      const facts = state.facts | (state.facts >> 1)
      yield [
        'the vulnerabilities turn out to be one',
        rematched({ ...state, merged: true, classOf: [0, 0], facts }, [0, 1]),
      ]
    }
    if (!state.fed) yield ['a feed tells of the first vulnerability', rematched({ ...state, fed: true, facts: 1 }, [0])]
  }

  /** Where a transaction has just locked, it matches in the same step. */
  function lockedAndMatched([name, state]: [string, State]): [string, State] {
    const index = state.transactions.findIndex(({ phase }) => phase === 'locked')
    const tx = state.transactions[index]
    const step = tx === undefined ? null : stepOf[tx.kind](state, index, tx)
    return step === null ? [name, state] : [`${name}, ${step[0]}`, step[1]]
  }
  /** Begins a transaction: where entering is no step of its own, ingest has locked, too, and a job has chosen. */
  function* begun(name: string, state: State, transaction: Transaction): Generator<[string, State]> {
    const inside = enter(state, transaction)
    if (fine) {
      yield [name, inside]
      return
    }
    const step = stepOf[transaction.kind](
      inside,
      inside.transactions.length - 1,
      inside.transactions.at(-1) as Transaction,
    )
    // One that finds nothing to do leaves everything as it was.
    if (step !== null && (step[1].transactions.length > state.transactions.length || transaction.kind === 'ingest')) {
      yield lockedAndMatched([`${name}, ${step[0]}`, step[1]])
    }
  }

  function* next(state: State): Generator<[string, State]> {
    for (const [index, transaction] of state.transactions.entries()) {
      const step = stepOf[transaction.kind](state, index, transaction)
      if (step !== null) yield fine ? step : lockedAndMatched(step)
    }
    yield* ingest(state)
    yield* owners(state)
    yield* jobs(state)
    yield* world(state)
  }

  // ---- what must hold

  function violation(state: State): string | null {
    const latestClock = Math.max(...state.processes.map(({ clock }) => clock))
    const earliestClock = Math.min(...state.processes.map(({ clock }) => clock))
    for (const [of, { status, version, flippedUntil }] of state.exceptions.entries()) {
      if (version < (state.newest[of] ?? 0)) return `exception ${of} is again what it was before`
      if (status !== 'active' || !inTime(of, earliestClock)) continue
      for (const i of INSTANCES) {
        if (!(state.members & pair(i, of))) continue
        const instance = state.instances[i]
        if (instance == null) return `instance ${i} is covered, and is not there`
        // What is noted to be looked at again may be as it was until then: seconds, and it is known.
        if (state.rematches.some(({ cls }) => cls === instance.cls)) continue
        const view = viewOf(state, instance)
        const times = Array.from({ length: latestClock - flippedUntil + 1 }, (_, n) => flippedUntil + n)
        if (!times.some((time) => queryOf(of, view, time))) return `instance ${i} is covered by exception ${of} wrongly`
      }
    }
    for (const [partition, position] of state.positions.entries()) {
      const inFlight = is('the position is moved in a transaction of its own') && state.transactions.length > 0
      if (!inFlight && state.applied[partition] !== position)
        return `records of partition ${partition} were lost or repeated`
    }
    if (state.drift) return 'reconciliation found a difference'
    return null
  }

  function atEnd(state: State): string | null {
    if (state.transactions.length > 0) return 'transactions wait for each other'
    if (state.instances.some((instance) => instance !== null && state.classOf[instance.cls] !== instance.cls)) {
      return 'an instance is left with a vulnerability that has become another one'
    }
    for (const [of, { status }] of state.exceptions.entries()) {
      for (const i of INSTANCES) {
        const instance = state.instances[i]
        const isMember = (state.members & pair(i, of)) !== 0
        const wanted = isLive(status) && instance != null && queryOf(of, viewOf(state, instance), latest)
        if (isMember !== wanted) return `instance ${i} is ${isMember ? 'a' : 'no'} member of exception ${of} at rest`
        const isTold = (state.told & pair(i, of)) !== 0
        const isCovered = isMember && status === 'active' && inTime(of, latest)
        if (isTold !== isCovered)
          return `listeners take instance ${i} for ${isTold ? '' : 'not '}covered by exception ${of} at rest`
      }
    }
    return null
  }

  return { initial, next, encode, violation, atEnd }
}
