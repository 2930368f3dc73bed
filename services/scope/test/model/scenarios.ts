import type { Mistake } from './mistakes.js'
import type { Scenario, View } from './scenario.js'

const isHigh = ({ value }: View) => value === 1
const isLow = ({ value }: View) => value === 0
const any = () => true
const isInCatalogue = ({ fact }: View) => fact
const isNotInCatalogue = ({ fact }: View) => !fact
const hasSecondId = ({ ids }: View) => (ids & 2) !== 0
const hasNotSecondId = ({ ids }: View) => (ids & 2) === 0
const isOld = (_: View, time: number) => time >= 1
const isYoung = (_: View, time: number) => time < 1
const isHighAndOld = ({ value }: View, time: number) => value === 1 && time >= 1

/** With the mistakes that have to be found in each. */
type Explored = Scenario & { readonly finds: readonly Mistake[] }

/** Small enough for every run: each puts some of the writers against one another, in every order. */
export const SCENARIOS: readonly Explored[] = [
  {
    name: 'an exception joins and is approved while two partitions are taken in and one changes hands',
    assets: [0, 1],
    stored: [1, 0],
    records: [[{ of: 0, value: 0 }], [{ of: 1, value: 1 }]],
    exceptions: [{ query: isHigh, told: ['pending', 'active'] }],
    rebalances: 1,
    finds: ['positions are not compared', 'the epoch is not read', 'what follows does not wait for back-fill'],
  },
  {
    name: 'an exception is approved and ends while instances change',
    assets: [0, 1],
    stored: [0, 1],
    records: [[{ of: 0, value: 1 }], [{ of: 1, value: 0 }]],
    exceptions: [{ query: isHigh, told: ['pending', 'active', 'ended'] }],
    finds: ['what follows an approval begins without a drain'],
  },
  {
    name: 'an exception is approved while an instance arrives, and a process is killed anywhere',
    assets: [0, 1],
    stored: [null, 1],
    records: [[{ of: 0, value: 1 }], []],
    exceptions: [{ query: isHigh, told: ['pending', 'active'] }],
    crashes: 1,
    finds: [
      'writers do not enter the gate',
      'the position is moved in a transaction of its own',
      'back-fill begins without a drain',
      'back-fill notes its checkpoint before its rows',
      'approval is not told by who writes meanwhile',
    ],
  },
  {
    name: 'exceptions join one after the other on one round, and reconciliation looks on',
    assets: [0, 1],
    stored: [1, 1],
    records: [[{ of: 0, value: 0 }], []],
    exceptions: [
      { query: isHigh, told: ['active'] },
      { query: any, told: ['pending'] },
    ],
    reconciles: true,
    finds: [
      'back-fill ends at the end rather than after a whole round',
      'reconciliation looks at what is not filled in yet',
    ],
  },
  {
    name: 'a publisher uses two keys for one asset, so that two processes are at it',
    assets: [0, 1],
    stored: [0, null],
    records: [[{ of: 0, value: 1 }], [{ of: 0, value: 0 }]],
    exceptions: [{ query: isHigh, told: ['active'] }],
    rebalances: 1,
    finds: ['the epoch is read before assets are locked', 'assets are not locked'],
  },
  {
    name: 'an instance is stored within a range that a job is at, and changes',
    assets: [0, 1],
    stored: [null, 1],
    records: [
      [
        { of: 0, value: 1 },
        { of: 0, value: 0 },
      ],
      [],
    ],
    exceptions: [{ query: isHigh, told: ['active'] }],
    fine: true,
    finds: ['ranges take in assets that are not locked'],
  },
  {
    name: 'two vulnerabilities turn out to be one, and their instances at one place too',
    assets: [0, 0],
    stored: [0, 1],
    records: [[{ of: 1, value: 1 }]],
    exceptions: [{ query: isHigh, told: ['active', 'ended'] }],
    merges: true,
    finds: ['a merge does not tell of exceptions that have ended'],
  },
  {
    name: 'an exception by an alias joins while the alias becomes known and its instance arrives',
    assets: [0, 0],
    stored: [null, null],
    records: [[{ of: 1, value: 1 }]],
    exceptions: [{ query: hasSecondId, told: ['active'] }],
    merges: true,
    fine: true,
    finds: ['rematching begins without a drain'],
  },
  {
    name: 'a feed tells of a vulnerability while an exception that asks for it joins',
    assets: [0, 1],
    stored: [0, null],
    records: [[{ of: 0, value: 1 }]],
    exceptions: [{ query: isNotInCatalogue, told: ['active'] }],
    feeds: true,
    finds: ['a feed leaves no rematch behind'],
  },
  {
    name: 'every step by itself: a feed tells of a vulnerability while its instance arrives',
    assets: [0, 1],
    stored: [null, null],
    records: [[{ of: 0, value: 1 }]],
    exceptions: [{ query: isInCatalogue, told: ['active'] }],
    feeds: true,
    fine: true,
    finds: ['rematching begins without a drain'],
  },
  {
    name: 'an exception flips by time alone, while clocks differ and an instance changes',
    assets: [0, 1],
    stored: [0, null],
    records: [[{ of: 0, value: 1 }]],
    exceptions: [{ query: isHighAndOld, told: ['active'], timeRelative: true }],
    latest: 1,
    reconciles: true,
    finds: [
      'flips do not raise the time that nobody may be behind',
      'flips begin at the time of whoever takes the exception',
    ],
  },
  {
    name: 'an instance is taken for young by one clock and for old by the other',
    assets: [0, 1],
    stored: [null, null],
    records: [[{ of: 0, value: 0 }], [{ of: 1, value: 0 }]],
    exceptions: [{ query: isYoung, told: ['active'], timeRelative: true }],
    latest: 1,
    finds: ['the time is read before the queries'],
  },
  {
    name: 'an exception ends by the clock, and is told of as ended later, while instances change',
    assets: [0, 1],
    stored: [1, 1],
    records: [[{ of: 0, value: 0 }], [{ of: 1, value: 0 }]],
    exceptions: [{ query: isHigh, told: ['active', 'ended'], until: 1 }],
    latest: 1,
    finds: ['an end is told only while it is in force'],
  },
  {
    name: 'a process that has lost its partition of exceptions goes on with an old event',
    assets: [0, 1],
    stored: [1, null],
    records: [[{ of: 0, value: 0 }]],
    exceptions: [{ query: any, told: ['active', 'ended'] }],
    redeliveries: 1,
    finds: ['an older state of an exception is written'],
  },
  {
    name: 'every step by itself: one exception joins while one instance changes and a partition changes hands',
    assets: [0, 1],
    stored: [1, null],
    records: [[{ of: 0, value: 0 }]],
    exceptions: [{ query: isHigh, told: ['pending', 'active'] }],
    rebalances: 1,
    fine: true,
    finds: ['positions are not compared', 'what follows goes by what it found before it locked'],
  },
]

/** At night. */
export const LARGE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'two exceptions join, one approved later, while a partition changes hands',
    assets: [0, 1],
    stored: [1, 0],
    records: [[{ of: 0, value: 0 }], [{ of: 1, value: 1 }]],
    exceptions: [
      { query: isHigh, told: ['pending', 'active'] },
      { query: any, told: ['active'] },
    ],
    rebalances: 1,
  },
  {
    name: 'exceptions join one after the other on one round, reconciliation looks on, and a process is killed anywhere',
    assets: [0, 1],
    stored: [1, 1],
    records: [[{ of: 0, value: 0 }], []],
    exceptions: [
      { query: isHigh, told: ['active', 'ended'] },
      { query: any, told: ['pending'] },
    ],
    crashes: 1,
    reconciles: true,
  },
  {
    name: 'two vulnerabilities turn out to be one while two exceptions join and one ends',
    assets: [0, 0],
    stored: [0, 1],
    records: [[{ of: 1, value: 1 }]],
    exceptions: [
      { query: isHigh, told: ['active', 'ended'] },
      { query: hasNotSecondId, told: ['active'] },
    ],
    merges: true,
  },
  {
    name: 'an alias becomes known while its instances arrive, and two exceptions ask for it or for what it says',
    assets: [0, 0],
    stored: [null, null],
    records: [
      [
        { of: 1, value: 1 },
        { of: 0, value: 0 },
      ],
    ],
    exceptions: [
      { query: hasSecondId, told: ['active'] },
      { query: isLow, told: ['pending'] },
    ],
    merges: true,
  },
  {
    name: 'a feed tells of a vulnerability while exceptions that ask for it join, and a process is killed anywhere',
    assets: [0, 1],
    stored: [0, null],
    records: [[{ of: 0, value: 1 }]],
    exceptions: [
      { query: isInCatalogue, told: ['active'] },
      { query: isNotInCatalogue, told: ['active'] },
    ],
    feeds: true,
    crashes: 1,
  },
  {
    name: 'an instance becomes old and no more young, and a process is killed anywhere',
    assets: [0, 1],
    stored: [null, null],
    records: [[{ of: 0, value: 0 }]],
    exceptions: [
      { query: isOld, told: ['active'], timeRelative: true },
      { query: isYoung, told: ['active'], timeRelative: true },
    ],
    latest: 1,
    crashes: 1,
  },
  {
    name: 'every step by itself: an exception is approved and ends while two instances change',
    assets: [0, 1],
    stored: [0, 1],
    records: [[{ of: 0, value: 1 }], [{ of: 1, value: 0 }]],
    exceptions: [{ query: isHigh, told: ['pending', 'active', 'ended'] }],
    rebalances: 1,
    fine: true,
  },
]
