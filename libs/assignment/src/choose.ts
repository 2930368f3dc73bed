import type { Choice } from './assignment.js'

/** How much somebody has to do, as the moment of the choice has it. */
export interface Load {
  readonly id: string
  /** Requests that wait for them now. */
  readonly waiting: number
  /** When they were last assigned one; null: never. */
  readonly lastAssignedAt: Date | null
}

/**
 * Who of several is assigned. `leastLoaded`: fewest waiting, of those the one whose turn is longest ago. `roundRobin`: the one whose turn is
 * longest ago, whatever waits; who never had one comes first. Equal ones by id, so the same facts always give the same person. Two
 * choices at once see the same loads: the caller makes them one after the other.
 */
export function chooseMember<Member extends Load>(choice: Choice, members: readonly Member[]): Member | undefined {
  const turn = ({ lastAssignedAt }: Load) => lastAssignedAt?.getTime() ?? Number.NEGATIVE_INFINITY
  const byTurn = (a: Load, b: Load) => order(turn(a), turn(b)) || order(a.id, b.id)
  const before = (a: Load, b: Load) => (choice === 'leastLoaded' ? order(a.waiting, b.waiting) : 0) || byTurn(a, b)
  return members.reduce<Member | undefined>(
    (best, member) => (best === undefined || before(member, best) < 0 ? member : best),
    undefined,
  )
}

const order = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
