import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** Why a data folder cannot be used, in a sentence for the terminal. */
export class DataFolderFault extends Error {
  override readonly name = 'DataFolderFault'
}

/** Made at the first start, different on every installation, readable by the owner alone. */
export interface Secrets {
  /** Of PostgreSQL's superuser and of each service's role. */
  postgres: string
  services: Record<string, string>
  /** Seals the private halves of signing keys in the directory's database. */
  keyEncryption: string
}

/** Where a standalone installation keeps everything, used by one process at a time. */
export class DataFolder {
  readonly path: string
  readonly #lock: string

  private constructor(path: string) {
    this.path = path
    this.#lock = join(path, 'running')
  }

  /** Takes the folder for this process, making it the first time. */
  static async open(path: string): Promise<DataFolder> {
    const folder = new DataFolder(resolve(path))
    try {
      // PostgreSQL may run as another user and must be able to pass; what is secret is protected file by file.
      await mkdir(folder.path, { recursive: true, mode: 0o755 })
      await folder.#take()
    } catch (error) {
      if (error instanceof DataFolderFault) throw error
      throw new DataFolderFault(
        `The data folder ${folder.path} cannot be used: ${(error as Error).message}. Choose another one with --data.`,
      )
    }
    return folder
  }

  get postgres(): string {
    return join(this.path, 'postgres')
  }

  get log(): string {
    return join(this.path, 'reprieve.log')
  }

  async secrets(services: readonly string[]): Promise<Secrets> {
    const file = join(this.path, 'secrets.json')
    const known = await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as Secrets,
      () => null,
    )
    const random = () => randomBytes(24).toString('base64url')
    const secrets: Secrets = known ?? { postgres: random(), services: {}, keyEncryption: random() + random() }
    for (const name of services) secrets.services[name] ??= random()
    const partial = `${file}.new`
    await writeFile(partial, JSON.stringify(secrets, null, 2), { mode: 0o600 })
    await rename(partial, file)
    return secrets
  }

  async close(): Promise<void> {
    await rm(this.#lock, { force: true })
  }

  /** The lock is a file that names its holder; linking a finished file into place is atomic, and so is taking a dead one away. */
  async #take(): Promise<void> {
    const mine = `${this.#lock}.${process.pid}`
    await writeFile(mine, JSON.stringify({ pid: process.pid, started: await startOf(process.pid) }))
    try {
      for (;;) {
        try {
          await link(mine, this.#lock)
          return
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        }
        const holder = await readHolder(this.#lock)
        if (holder !== null && (await startOf(holder.pid)) === holder.started) {
          throw new DataFolderFault(
            `The data folder ${this.path} is in use by another Reprieve (process ${holder.pid}). Stop that one, or choose another folder with --data.`,
          )
        }
        const dead = `${this.#lock}.dead.${process.pid}`
        await rename(this.#lock, dead).catch(() => {})
        await rm(dead, { force: true })
      }
    } finally {
      await rm(mine, { force: true })
    }
  }
}

interface Holder {
  pid: number
  started: string | null
}

const readHolder = (file: string): Promise<Holder | null> =>
  readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Holder,
    () => null,
  )

/** When a process started, so that a number that was given out again is not taken for its former holder; null if it does not run. */
async function startOf(pid: number): Promise<string | null> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null
  }
  // Field 22 of /proc/<pid>/stat, counted after the command's closing bracket; elsewhere the number alone must do.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat === null ? 'unknown' : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown')
}
