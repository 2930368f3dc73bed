import type { LookupAddress } from 'node:dns'
import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { guardedLookup } from '../src/adapters/webhook/guarded-lookup.js'
import { HttpWebhookSender } from '../src/adapters/webhook/http-webhook-sender.js'
import { Receiver } from './receiver.js'

let receiver: Receiver

beforeEach(async () => {
  receiver = await Receiver.start()
})
afterEach(async () => {
  await receiver.stop()
})

const never = new AbortController().signal

/** A sender for which DNS answers these, one after the other, again and again. */
function senderWith(answers: ReadonlyArray<readonly string[]>, patienceMs = 5_000) {
  let asked = 0
  const lookup = (
    _hostname: string,
    _options: object,
    done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ) => {
    const addresses = answers[asked++ % answers.length] ?? []
    process.nextTick(() =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    )
  }
  return new HttpWebhookSender({ lookupFor: (hostAllowed) => guardedLookup(hostAllowed, lookup), patienceMs })
}

const send = (sender: HttpWebhookSender, url: string, ...allowed: string[]) =>
  sender.send(
    { url, headers: { 'webhook-id': 'x' }, body: '{"type":"x","data":{}}', allowedHosts: new Set(allowed) },
    never,
  )

describe('a name that DNS gives an address within the network', () => {
  it.each([
    ['127.0.0.1'],
    ['::1'],
    ['10.0.0.1'],
    ['::ffff:127.0.0.1'],
    ['169.254.169.254'],
    ['0.0.0.0'],
    ['fd00:ec2::254'],
  ])('%s is not connected to', async (address) => {
    const sending = send(senderWith([[address]]), `https://hooks.example.org:${receiver.port}/`)
    await expect(sending).rejects.toThrow('hooks.example.org has no address that may be connected to')
    expect(receiver.received).toEqual([])
  })

  it('is not connected to either where DNS said something else the time before', async () => {
    const sender = senderWith([['93.184.216.34'], ['127.0.0.1']], 300)
    const url = `https://hooks.example.org:${receiver.port}/`
    // The first answer is a public address, which this machine does not reach, or not in time.
    await expect(send(sender, url)).rejects.toThrow(/^(?!.*may be connected to)/)
    await expect(send(sender, url)).rejects.toThrow('may be connected to')
    expect(receiver.received).toEqual([])
  })

  it('is connected to where an admin has allowed the host; and a link-local one not even then', async () => {
    const url = `http://hooks.example.org:${receiver.port}/`
    expect(await send(senderWith([['169.254.1.1', '127.0.0.1']]), url, 'hooks.example.org')).toMatchObject({
      status: 204,
    })
    expect(receiver.received).toHaveLength(1)
    const sending = send(senderWith([['169.254.169.254']]), url, 'hooks.example.org')
    await expect(sending).rejects.toThrow('may be connected to')
  })
})

describe('an address in the URL itself', () => {
  it.each([
    'https://127.0.0.1',
    'https://0x7f000001',
    'https://2130706433',
    'https://[::ffff:7f00:1]',
    'https://localhost',
  ])('%s is not connected to', async (origin) => {
    await expect(send(new HttpWebhookSender(), `${origin}:${receiver.port}/`)).rejects.toThrow(
      'may not be delivered to',
    )
    expect(receiver.received).toEqual([])
  })
})

describe('a receiver that says nothing', () => {
  let silent: Server
  let port: number

  beforeEach(async () => {
    silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })
  afterEach(() => {
    silent.close()
  })

  it('is waited for a bounded time', async () => {
    const sending = send(senderWith([], 300), `http://127.0.0.1:${port}/`, '127.0.0.1')
    await expect(sending).rejects.toThrow('it did not answer in time')
  })

  it('holds no process up that stops', async () => {
    const stopping = new AbortController()
    const sending = new HttpWebhookSender().send(
      { url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}', allowedHosts: new Set(['127.0.0.1']) },
      stopping.signal,
    )
    setTimeout(() => stopping.abort(), 100)
    await expect(sending).rejects.toThrow()
  })
})
