/** As many as a query made of a selection can name, so that it still fits into an address. */
export const MOST_SELECTED = 200

/** The query that selects just these instances. */
export const justThese = (ids: readonly string[]): string =>
  ids.length === 1 ? `id == ${JSON.stringify(ids[0])}` : `id in [${ids.map((id) => JSON.stringify(id)).join(', ')}]`
