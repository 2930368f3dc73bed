import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.js'

describe('live updates through the gateway', () => {
  let world: World
  let streams: ServerResponse[]
  beforeEach(async () => {
    world = await startWorld({ limits: { requestsBurst: 1_000 } })
    streams = []
    world.answer('audit', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
      response.write('id: 1-1\n\n')
      streams.push(response)
    })
  })
  afterEach(async () => {
    for (const stream of streams) stream.destroy()
    await world.close()
  })

  const listen = async (headers: Record<string, string> = {}) => {
    const asking = httpRequest(`${world.gateway.url}/api/v1/events`, { agent: false, headers }).end()
    const [message] = (await once(asking, 'response')) as [IncomingMessage]
    const heard = { text: '', ended: false, message }
    message.setEncoding('utf8').on('data', (text: string) => {
      heard.text += text
    })
    message.once('end', () => {
      heard.ended = true
    })
    message.on('error', () => {})
    return heard
  }
  const said = (index: number) => streams[index] as ServerResponse

  it('pass each event on as it comes, with the place that the client comes back to', async () => {
    const heard = await listen({ 'last-event-id': '1-7', accept: 'text/event-stream', 'accept-encoding': 'gzip, br' })
    expect(heard.message.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    })
    expect(heard.message.headers['content-encoding']).toBeUndefined()
    expect(world.seen.at(-1)).toMatchObject({ service: 'audit', path: '/events', headers: { 'last-event-id': '1-7' } })
    await expect.poll(() => heard.text).toBe('id: 1-1\n\n')
    said(0).write('id: 1-8\ndata: {}\n\n')
    await expect.poll(() => heard.text).toBe('id: 1-1\n\nid: 1-8\ndata: {}\n\n')
    heard.message.destroy()
  })

  it('take no connection away from requests, however many listen', async () => {
    const many = await Promise.all(Array.from({ length: 300 }, () => listen()))
    expect(streams).toHaveLength(300)
    world.answer('audit', (_request, response) => void response.end('{}'))
    expect((await world.call('GET', '/api/v1/audit')).status).toBe(200)
    for (const { message } of many) message.destroy()
  })

  it('let the service know when the client has gone', async () => {
    const heard = await listen()
    const gone = once(said(0), 'close')
    heard.message.destroy()
    await gone
  })

  it('end in order for the client where the service breaks off', async () => {
    const heard = await listen()
    said(0).write('id: 1-2\n\n')
    await expect.poll(() => heard.text).toContain('1-2')
    said(0).destroy()
    await expect.poll(() => heard.ended).toBe(true)
  })

  it('pass a refusal on', async () => {
    world.answer('audit', (_request, response) => {
      response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '5' })
      response.end('{"code":"TOO_MANY_REQUESTS"}')
    })
    const answer = await world.call('GET', '/api/v1/events')
    expect(answer.status).toBe(429)
    expect(await answer.json()).toEqual({ code: 'TOO_MANY_REQUESTS' })
    await world.kill('audit')
    expect((await world.call('GET', '/api/v1/events')).status).toBe(503)
  })

  it('end first when the gateway stops, which waits neither for them nor for connections that were never used', async () => {
    const heard = await Promise.all([listen(), listen()])
    const { hostname, port } = new URL(world.gateway.url)
    const unused = connect(Number(port), hostname)
    unused.on('error', () => {})
    await once(unused, 'connect')
    const gone = Promise.all(streams.map((stream) => once(stream, 'close')))
    const started = performance.now()
    await world.gateway.close()
    expect(performance.now() - started).toBeLessThan(3_000)
    expect(heard.map(({ ended }) => ended)).toEqual([true, true])
    await gone
  })
})
