import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Hands each new connection to one of several servers in turn, as a Service in Kubernetes does; connections that are there stay. */
export class Balancer {
  readonly url: string
  readonly #server: Server
  readonly #open = new Set<Socket>()
  #members: number[] = []
  #turn = 0

  private constructor(server: Server, port: number) {
    this.#server = server
    this.url = `http://127.0.0.1:${port}`
  }

  static async listen(port: number): Promise<Balancer> {
    const server = createServer()
    const balancer = new Balancer(server, port)
    server.on('connection', (client) => balancer.#connected(client))
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return balancer
  }

  /** @param port of 127.0.0.1 */
  add(port: number): void {
    this.#members.push(port)
  }

  remove(port: number): void {
    this.#members = this.#members.filter((member) => member !== port)
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.#open) socket.destroy()
    await once(this.#server, 'close')
  }

  #connected(client: Socket): void {
    const port = this.#members[this.#turn++ % this.#members.length]
    if (port === undefined) {
      client.destroy()
      return
    }
    const member = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [client, member],
      [member, client],
    ] as const) {
      this.#open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#open.delete(one)
        other.end()
      })
    }
  }
}
