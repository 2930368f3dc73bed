/** What changes in a list's part of the address; undefined takes it away. */
export type SearchChange<Search> = { [Name in keyof Search]?: Search[Name] | undefined }

/**
 * Without what is not asked for, so that addresses stay short.
 * @param meant names whose empty text says something, too
 */
export const changedSearch = <Search extends object>(
  before: Search,
  changes: SearchChange<Search>,
  meant: ReadonlyArray<keyof Search & string> = [],
): Search =>
  Object.fromEntries(
    Object.entries({ ...before, ...changes }).filter(
      ([name, value]) => value !== undefined && (value !== '' || meant.some((one) => one === name)),
    ),
  ) as Search
