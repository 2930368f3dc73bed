import { timestampDate } from '@bufbuild/protobuf/wkt'
import { Controller, Inject } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { ticketCounts, tickets } from '@reprieve/contracts'
import { Consumes } from '@reprieve/messaging'
import { TakeInCounts } from '../../application/take-in-counts.js'
import type { GroupKey } from '../../domain/grouping.js'
import { SEVERITIES, type Severity, type Tally } from '../../domain/tally.js'
import { MalformedEventError, versionOf } from './event-version.js'

// A hundred thousand groups that are told of in one burst become tickets within a minute, and a count that comes alone waits for nobody.
const MOST_AT_ONCE = 200

/** Keeps what scope counts of tickets and groups. Rows know their versions: no inbox. */
@Controller()
export class CountsConsumer {
  readonly #takeIn: TakeInCounts

  constructor(@Inject(TakeInCounts) takeIn: TakeInCounts) {
    this.#takeIn = takeIn
  }

  @Consumes('ticket-counts.v1', { batch: MOST_AT_ONCE })
  async counted(@Payload() events: readonly ticketCounts.TicketCountsEvent[]): Promise<void> {
    const counts = events.flatMap(({ meta, subject }) => {
      if (subject.case !== 'ticket') return []
      const { ticketId, queryVersion, tally } = subject.value
      return [{ ticketId, queryVersion, ...countedOf(tally), ...versionOf(meta) }]
    })
    const groups = events.flatMap(({ meta, subject }) => {
      if (subject.case !== 'group') return []
      const { ruleId, ruleVersion, key, assetName, tally } = subject.value
      return [{ ruleId, ruleVersion, key: keyOf(key), assetName, ...countedOf(tally), ...versionOf(meta) }]
    })
    await this.#takeIn.takeIn(counts, groups)
  }
}

function countedOf(tally: ticketCounts.Tally | undefined) {
  return {
    tally: tallyOf(tally?.open ?? []),
    closed: Number(tally?.closed ?? 0),
    asOf: tally?.asOf === undefined ? null : timestampDate(tally.asOf),
  }
}

const tallyOf = (buckets: readonly ticketCounts.Bucket[]): Tally =>
  buckets.map(({ severity, criticality, kev, instances, firstSeen }) => {
    if (firstSeen === undefined) throw new MalformedEventError('what is open was seen at some time')
    return {
      severity: isSeverity(severity) ? severity : 'unknown',
      criticality: criticality === '' ? null : criticality,
      kev,
      instances: Number(instances),
      firstSeen: timestampDate(firstSeen),
    }
  })

const isSeverity = (word: string): word is Severity => (SEVERITIES as readonly string[]).includes(word)

function keyOf(key: tickets.GroupKey | undefined): GroupKey {
  const { owner, component, asset, vulnerability } = key ?? {}
  if (asset !== undefined) return { asset }
  if (vulnerability !== undefined) return { vulnerability }
  if (owner !== undefined && component !== undefined) return { owner, component }
  throw new MalformedEventError('a group has a key')
}
