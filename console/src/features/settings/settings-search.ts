/** Which drawer of a section is open. */
export interface SettingsSearch {
  /** `new`, or the id of what is edited. */
  edit?: string
  text?: string
  sort?: string
}

/** Takes what it knows out of an address that anybody may have written. */
export function readSettingsSearch(search: Record<string, unknown>): SettingsSearch {
  const read: SettingsSearch = {}
  for (const name of ['edit', 'text', 'sort'] as const) {
    const value = search[name]
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') read[name] = String(value)
  }
  return read
}
