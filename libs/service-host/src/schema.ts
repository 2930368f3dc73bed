import type { MigrationState } from '@reprieve/database'

/** The database is not yet what this version expects, and this process is not the one to change it. */
export class SchemaBehind extends Error {
  override readonly name = 'SchemaBehind'
}

/**
 * Why a process cannot work on a database as it stands; null where it can. What a newer version has applied is no trouble: versions next to
 * each other work on each other's schema.
 */
export function schemaTrouble({ missing }: MigrationState): string | null {
  const [first, ...others] = missing
  if (first === undefined) return null
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return `the database is not migrated to what this version expects: ${first}${more} not applied`
}
