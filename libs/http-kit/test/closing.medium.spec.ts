import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FastifyInstance, fastify } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeConnectionsInOrder } from '../src/index.js'

const LARGE = 20_000_000

describe('a server that ends', () => {
  let server: FastifyInstance
  let finish: () => void
  const clients: Socket[] = []

  beforeEach(async () => {
    server = fastify({ return503OnClosing: false })
    closeConnectionsInOrder(server)
    server.get('/', async () => 'here')
    server.post('/refused', { onRequest: async (_request, reply) => reply.code(403).send('no') }, async () => 'read')
    server.get('/large', async () => Buffer.alloc(LARGE, 'x'))
    server.get('/slow', async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return 'at last'
    })
    await server.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await server.close()
  })

  /** A client of its own connection, with all that it was told. */
  async function client() {
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
    clients.push(socket)
    const told = { socket, text: '', closed: false }
    socket.setEncoding('latin1').on('data', (text: string) => {
      told.text += text
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      told.closed = true
    })
    await once(socket, 'connect')
    return told
  }
  const ask = ({ socket }: { socket: Socket }, path = '/') => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
  const answers = ({ text }: { text: string }) => text.split('HTTP/1.1 200').length - 1

  it('answers on connections that are there, and closes each with an answer that says so', async () => {
    const used = await client()
    ask(used)
    await expect.poll(() => answers(used)).toBe(1)
    expect(used.text).not.toMatch(/connection: close/i)
    const left = server.leave(30_000)
    await sleep(200)
    // Nobody has asked on it: it stays.
    expect(used.closed).toBe(false)
    ask(used)
    await expect.poll(() => used.closed, { timeout: 10_000 }).toBe(true)
    expect(answers(used)).toBe(2)
    expect(used.text.slice(used.text.lastIndexOf('HTTP/1.1 200'))).toMatch(/connection: close/i)
    // Nobody is there any more.
    await left
  })

  it('says so in an answer that was asked for before, too', async () => {
    const waiting = await client()
    ask(waiting, '/slow')
    await expect.poll(() => typeof finish).toBe('function')
    const left = server.leave(30_000)
    finish()
    await left
    await expect.poll(() => waiting.text).toMatch(/connection: close[\s\S]*at last$/i)
  })

  it('takes new connections as long: who opened one may not have heard of it', async () => {
    const first = await client()
    const left = server.leave(30_000)
    const second = await client()
    ask(second)
    await expect.poll(() => answers(second)).toBe(1)
    first.socket.destroy()
    await left
  })

  it('waits no longer than it is told to for those that nobody uses', async () => {
    const idle = await client()
    ask(idle)
    await expect.poll(() => answers(idle)).toBe(1)
    await server.leave(100)
    expect(idle.closed).toBe(false)
    await server.close()
    await expect.poll(() => idle.closed).toBe(true)
  })

  it('announces a time that is shorter than it waits, so that nobody uses a connection that it closes', async () => {
    const any = await client()
    ask(any)
    await expect.poll(() => answers(any)).toBe(1)
    expect(any.text).toMatch(/keep-alive: timeout=4\r\n/i)
    expect(server.server.keepAliveTimeout + server.server.keepAliveTimeoutBuffer).toBeGreaterThan(60_000)
  })

  it('does not cut off an answer that the client is slow to read', async () => {
    const slow = await client()
    slow.socket.pause()
    ask(slow, '/large')
    await sleep(300)
    const closed = server.close()
    await sleep(300)
    slow.socket.resume()
    await closed
    await expect.poll(() => slow.closed, { timeout: 10_000 }).toBe(true)
    expect(slow.text.length - slow.text.indexOf('\r\n\r\n') - 4).toBe(LARGE)
  })

  it('leaves a connection alone whose request has begun to come', async () => {
    const begun = await client()
    ask(begun)
    await expect.poll(() => answers(begun)).toBe(1)
    begun.socket.write('GET / HTTP/1.1\r\n')
    await sleep(100)
    const closed = server.close()
    await sleep(300)
    begun.socket.write('Host: x\r\n\r\n')
    await closed
    await expect.poll(() => answers(begun)).toBe(2)
  })

  it('does not close one under a client that still sends: that would cost it the answer', async () => {
    const sending = await client()
    const left = server.leave(30_000)
    // Refused before it is read.
    sending.socket.write('POST /refused HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n')
    await expect.poll(() => sending.text).toMatch(/^HTTP\/1.1 403[\s\S]*no$/)
    expect(sending.text).not.toMatch(/connection: close/i)
    sending.socket.write('x'.repeat(20))
    ask(sending)
    await left
    // The server is rid of it before its client has read.
    await expect.poll(() => sending.text).toMatch(/connection: close[\s\S]*here$/i)
  })
})
