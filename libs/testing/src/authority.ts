import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Files, PEM. */
export interface Certificate {
  certificate: string
  key: string
}

/** Who vouches for certificates in a test. */
export interface Authority {
  /** Its own certificate's file. */
  file: string
  /** For servers and clients alike, with `name` as its common name. @param host of a server, where it is not this machine */
  issue(name: string, host?: string): Promise<Certificate>
  remove(): Promise<void>
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
const DAYS = ['-days', '2']

/** An authority by `openssl`; null where there is none (said loudly). */
export async function makeAuthority(): Promise<Authority | null> {
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-authority-'))
  const at = (name: string) => join(folder, name)
  const remove = () => rm(folder, { recursive: true, force: true })
  const file = at('ca.pem')
  try {
    const subject = ['-subj', '/CN=authority', '-addext', 'basicConstraints=critical,CA:TRUE']
    await run('openssl', ['req', '-x509', ...NEW_KEY, ...DAYS, ...subject, '-keyout', at('ca.key'), '-out', file])
  } catch (error) {
    await remove()
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    process.stderr.write('\nSKIPPED: there is no openssl to make certificates with.\n\n')
    return null
  }
  return {
    file,
    remove,
    async issue(name, host) {
      const [key, request, certificate, extensions] = ['key', 'csr', 'pem', 'ext'].map((kind) =>
        at(`${name}.${kind}`),
      ) as [string, string, string, string]
      const hosts = host === undefined ? 'IP:127.0.0.1,DNS:localhost' : `DNS:${host}`
      await writeFile(extensions, `subjectAltName=${hosts}\n`)
      await run('openssl', ['req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request])
      // Of its own, so that several can be issued at once.
      const serial = `0x01${randomBytes(8).toString('hex')}`
      const signing = ['-CA', file, '-CAkey', at('ca.key'), '-set_serial', serial, '-extfile', extensions]
      await run('openssl', ['x509', '-req', '-in', request, ...signing, ...DAYS, '-out', certificate])
      return { certificate, key }
    },
  }
}
