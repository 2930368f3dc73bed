export const GROUPINGS = ['ownerAndComponent', 'asset', 'vulnerability'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** What the instances of a group have in common: one of three forms, by what the rule groups by. */
export type GroupKey = { owner: string; component: string } | { asset: string } | { vulnerability: string }

/** The query that selects what a group has, for whoever reads it and for the copy that an exception gets. */
export function expressionOf(key: GroupKey, filter: string): string {
  const own = parts(key)
    .map(([field, value]) => `${field} == ${JSON.stringify(value)}`)
    .join(' && ')
  return filter === '' ? own : `${own} && (${filter})`
}

/** @param assetName what people call the asset, where the group is one's */
export function titleOf(key: GroupKey, assetName: string): string {
  const text =
    'asset' in key
      ? `Vulnerabilities on ${assetName || key.asset}`
      : 'vulnerability' in key
        ? key.vulnerability
        : `${key.component} of ${key.owner}`
  const characters = [...text.replace(/\s+/g, ' ').trim()]
  return characters.length <= MOST_TITLE ? characters.join('') : `${characters.slice(0, MOST_TITLE - 1).join('')}…`
}

const MOST_TITLE = 200

function parts(key: GroupKey): Array<[field: string, value: string]> {
  if ('asset' in key) return [['asset.id', key.asset]]
  if ('vulnerability' in key) return [['vulnerability', key.vulnerability]]
  return [
    ['asset.owner', key.owner],
    ['component.name', key.component],
  ]
}
