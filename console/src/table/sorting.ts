/** What a click on a column's head makes of `?sort=`: down first, then up, then as the list is by itself. */
export function nextSort(current: string | undefined, field: string): string | undefined {
  if (current === `-${field}`) return field
  return current === field ? undefined : `-${field}`
}

/** How a list that is sorted so is sorted by this field. */
export function direction(current: string | undefined, field: string): 'ascending' | 'descending' | 'none' {
  const first = current?.split(',')[0]
  if (first === field) return 'ascending'
  return first === `-${field}` ? 'descending' : 'none'
}
