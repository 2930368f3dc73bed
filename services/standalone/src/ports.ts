import { once } from 'node:events'
import { createServer } from 'node:net'

export interface WantedPort {
  port: number
  /** The option that chooses another one. */
  option: string
  purpose: string
}

/** Checked before anything starts, so that nothing has to be taken back. @returns one sentence for each that is taken */
export async function takenPorts(wanted: readonly WantedPort[]): Promise<string[]> {
  const faults: string[] = []
  for (const { port, option, purpose } of wanted) {
    const fault = await tryListen(port)
    if (fault !== null) faults.push(`Port ${port} (${purpose}) ${fault}. Choose another one with ${option}.`)
  }
  return faults
}

async function tryListen(port: number): Promise<string | null> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return null
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') return 'is in use'
    return code === 'EACCES' ? 'needs more rights than this user has' : `cannot be used (${message})`
  } finally {
    if (server.listening) {
      server.close()
      await once(server, 'close')
    }
  }
}
