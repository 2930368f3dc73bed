import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface Owner {
  uid: number
  gid: number
}

const run = promisify(execFile)

/** PostgreSQL refuses to run as root: root starts it as `postgres` where that user exists, else as `nobody`. Null for anyone else. */
export async function serverOwner(): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
    } catch {
      // No such user: the next one.
    }
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user `postgres` nor `nobody` to run it as')
}
