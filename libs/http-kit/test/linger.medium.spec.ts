import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linger } from '../src/index.js'

const PATIENCE_MS = 150

describe('a body that is answered before it is read whole', () => {
  let server: Server
  let client: Socket
  let answered: string

  beforeEach(async () => {
    server = createServer((request, response) => {
      // As a route does that streams its body and refuses it at its beginning.
      const reader = new PassThrough()
      reader.on('error', () => {})
      request.pipe(reader)
      linger(request, PATIENCE_MS)
      reader.destroy(new Error('refused'))
      response.end('refused')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    answered = ''
    client.setEncoding('utf8').on('data', (text: string) => {
      answered += text
    })
    client.on('error', () => {})
  })
  afterEach(() => {
    client.destroy()
    server.close()
  })

  const answers = (): number => answered.split('HTTP/1.1 200').length - 1
  const send = (announced: number, sent = announced) =>
    client.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${announced}\r\n\r\n${'x'.repeat(sent)}`)

  it.each([1, 100, 1_000_000])('does not cost the next request its connection (%i bytes)', async (length) => {
    send(length)
    await expect.poll(answers).toBe(1)
    await sleep(2 * PATIENCE_MS)
    expect(client.closed).toBe(false)
    send(length)
    await expect.poll(answers).toBe(2)
  })

  it('costs its own connection where it never comes', async () => {
    send(1_000, 10)
    await expect.poll(answers).toBe(1)
    await expect.poll(() => client.closed, { timeout: 5_000 }).toBe(true)
  })
})
