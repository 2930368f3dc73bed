import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/**
 * As whom the server runs. PostgreSQL refuses to be root, so root runs it as another user, or, where that user could not reach the
 * folders (a checkout below a private one), in a user namespace: there the server is somebody else, and on disk still root.
 */
export type Identity =
  | { kind: 'ourselves' }
  | { kind: 'user'; uid: number; gid: number }
  | { kind: 'namespace'; command: readonly [string, ...string[]] }

const run = promisify(execFile)
// util-linux 2.36 and newer; any number but 0 will do.
const NAMESPACE = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] as const

/** Decides for a data folder and the programs that work on it. @throws where root can neither change its user nor have a namespace */
export async function identityFor(folder: string, programs: readonly string[]): Promise<Identity> {
  if (process.getuid?.() !== 0) return { kind: 'ourselves' }
  const owner = await stat(`${folder}/PG_VERSION`).then(
    ({ uid }) => uid,
    () => null,
  )
  const user = await unprivilegedUser()
  const reachable = (await Promise.all([folder, ...programs].map(passableByOthers))).every(Boolean)
  // Files that are there stay their owner's.
  if (user !== null && reachable && owner !== 0) return { kind: 'user', ...user }
  try {
    await run(NAMESPACE[0], [...NAMESPACE.slice(1), 'true'])
    return { kind: 'namespace', command: NAMESPACE }
  } catch (error) {
    throw new Error(
      `PostgreSQL cannot run as root, and the user it would run as cannot reach ${folder}. ` +
        'Start as an ordinary user, or put data and program where others may pass (chmod o+x on each folder above).',
      { cause: error },
    )
  }
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number } | null> {
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
    } catch {
      // No such user: the next one.
    }
  }
  return null
}

/** Whether anyone may pass all the folders above; one that is not there yet will be made so. */
async function passableByOthers(path: string): Promise<boolean> {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const mode = await stat(folder).then(
      (found) => found.mode,
      () => 0o001,
    )
    if ((mode & 0o001) === 0) return false
  }
  return true
}
