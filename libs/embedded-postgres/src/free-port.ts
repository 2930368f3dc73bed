import { once } from 'node:events'
import { createServer } from 'node:net'

// Below what Linux (32768), macOS and Windows (49152) hand out for outgoing connections: a port of theirs that is free now may be taken by
// a connection of anybody's before its server listens.
const LOWEST = 15_000
const BEYOND = 32_000

/** @returns a TCP port of 127.0.0.1 that nobody listens on at this moment, and that the system gives to nobody by itself */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (BEYOND - LOWEST))
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
}
