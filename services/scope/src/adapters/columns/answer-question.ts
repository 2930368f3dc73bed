import type { InventoryColumns } from '@reprieve/inventory-columns'
import type { ColumnsAnswer, ColumnsQuestion } from './columns-protocol.js'

const WORST = [{ field: 'severity', descending: true }] as const

/** Answers from the columns as they are. */
export function answerQuestion(inventory: InventoryColumns, question: ColumnsQuestion): ColumnsAnswer {
  const { filter, suppress, defer, wanted } = question
  if (wanted.kind === 'places') {
    const selection = inventory.select(filter)
    const isMany = selection.count > Math.max(wanted.few, wanted.share * inventory.rows.count)
    return { kind: 'places', places: isMany ? null : inventory.placesOfOthers(selection, wanted.exception) }
  }
  inventory.members.setInForce(suppress, defer)
  const selection = inventory.select(filter)
  if (wanted.kind === 'page') {
    const slots = inventory.first(selection, wanted.sort, wanted.after, wanted.limit)
    return { kind: 'page', count: selection.count, rows: slots.map((slot) => inventory.rows.at(slot)) }
  }
  const { bySeverity, coveredBySeverity, deferredBySeverity, assets, owners } = inventory.tally(selection)
  const worst = wanted.worst === 0 ? [] : inventory.first(selection, WORST, null, wanted.worst)
  return {
    kind: 'tally',
    count: selection.count,
    bySeverity,
    coveredBySeverity,
    deferredBySeverity,
    kev: inventory.countOfKev(selection, filter.now),
    assets,
    owners,
    worst: worst.map((slot) => inventory.rows.idOf(slot)),
    overlaps: wanted.overlaps.map((exception) => inventory.members.of(exception).countIn(selection.bits)),
  }
}
