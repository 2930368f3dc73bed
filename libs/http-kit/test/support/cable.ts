import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP connection to a server that can be cut and plugged in again. */
export class Cable {
  readonly #target: URL
  readonly #sockets = new Set<Socket>()
  #server: Server
  #port = 0
  #cutAfter: string | null = null

  private constructor(target: URL) {
    this.#target = target
    this.#server = createServer((socket) => this.#forward(socket))
  }

  static async plug(url: string): Promise<Cable> {
    const cable = new Cable(new URL(url))
    await cable.#listen()
    return cable
  }

  /** The server's address through the cable. */
  get url(): string {
    const through = new URL(this.#target)
    through.hostname = '127.0.0.1'
    through.port = String(this.#port)
    return through.href
  }

  async cut(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Cuts the next connection over which this goes to the server, once the server has it: what it answers never comes back. */
  cutAfter(text: string): void {
    this.#cutAfter = text
  }

  async restore(): Promise<void> {
    this.#server = createServer((socket) => this.#forward(socket))
    await this.#listen()
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  #forward(socket: Socket): void {
    const onward = connect(Number(this.#target.port), this.#target.hostname)
    for (const end of [socket, onward]) {
      this.#sockets.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        this.#sockets.delete(end)
        socket.destroy()
        onward.destroy()
      })
    }
    socket.on('data', (chunk) => {
      if (this.#cutAfter === null || !chunk.includes(this.#cutAfter)) return
      this.#cutAfter = null
      onward.unpipe(socket)
      onward.once('data', () => socket.destroy()).resume()
    })
    socket.pipe(onward).pipe(socket)
  }
}
