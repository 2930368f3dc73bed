import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MailCatcher, startMailCatcher } from '../src/mail-catcher/index.js'

let catcher: MailCatcher
let lines: string[]

beforeEach(async () => {
  lines = []
  catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0, onLog: (line) => void lines.push(line) })
})
afterEach(async () => {
  await catcher.close()
})

const send = async (mail: { to?: string; subject?: string; text?: string | Readable; html?: string }) => {
  const transport = createTransport(catcher.smtpUrl)
  try {
    await transport.sendMail({ from: 'Reprieve <reprieve@x.example>', to: 'ann@x.example', subject: 'Hello', ...mail })
  } finally {
    transport.close()
  }
}

const get = (path: string, init: RequestInit = {}) => fetch(`${catcher.url}${path}`, init)

describe('the mail catcher', () => {
  it('shows what was sent, as a list, as text, as HTML and as source', async () => {
    await send({ subject: 'Entscheidung nötig: “Ä”', text: 'Grüße', html: '<p>Grüße</p>' })
    const { messages, received } = (await (await get('/messages')).json()) as {
      messages: Array<{ id: string }>
      received: number
    }
    expect(received).toBe(1)
    expect(messages).toMatchObject([
      {
        from: 'Reprieve <reprieve@x.example>',
        to: ['ann@x.example'],
        subject: 'Entscheidung nötig: “Ä”',
        snippet: 'Grüße',
      },
    ])
    const id = messages[0]?.id
    expect(await (await get(`/messages/${id}`)).json()).toMatchObject({
      text: expect.stringContaining('Grüße'),
      attachments: [],
    })
    expect(await (await get(`/messages/${id}/html`)).text()).toContain('<p>Grüße</p>')
    expect(await (await get(`/messages/${id}/source`)).text()).toMatch(/^From: Reprieve/)
    expect(lines.join()).toContain('Entscheidung nötig')
  })

  it('finds the mails of one recipient', async () => {
    await send({ to: 'ann@x.example', subject: 'one' })
    await send({ to: 'Bob@x.example', subject: 'two' })
    const found = (await (await get('/messages?to=bob@x.example')).json()) as { messages: Array<{ subject: string }> }
    expect(found.messages.map(({ subject }) => subject)).toEqual(['two'])
  })

  it('says that nothing has changed since', async () => {
    const first = await get('/messages')
    const etag = first.headers.get('etag') ?? ''
    expect((await get('/messages', { headers: { 'if-none-match': etag } })).status).toBe(304)
    await send({})
    expect((await get('/messages', { headers: { 'if-none-match': etag } })).status).toBe(200)
  })

  it('lets the HTML of a mail run nothing, load nothing and see nothing of the page', async () => {
    await send({
      html: '<html><head></head><body><script>alert(1)</script><a href="https://x.example">x</a></body></html>',
    })
    const response = await get('/messages/1/html')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';/)
    expect(policy).not.toMatch(/script-src|connect-src|allow-scripts|allow-same-origin/)
    expect(await response.text()).toContain('<head><base target="_blank">')
    const page = await get('/')
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await page.text()).not.toMatch(/<script(?![^>]*src=)|\son\w+=|\sstyle=/)
  })

  it('answers only to a name of this machine, so that no other site can read mails by pointing its name here', async () => {
    const { port } = new URL(catcher.url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.end('GET /messages HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
      })
      let text = ''
      socket.on('data', (part) => {
        text += part
      })
      socket.on('end', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 421 /)
  })

  it('deletes all for its own page, and not for another site', async () => {
    await send({})
    const foreign = await get('/messages', { method: 'DELETE', headers: { 'sec-fetch-site': 'cross-site' } })
    expect(foreign.status).toBe(403)
    expect(((await (await get('/messages')).json()) as { messages: unknown[] }).messages).toHaveLength(1)
    expect((await get('/messages', { method: 'DELETE' })).status).toBe(204)
    expect(((await (await get('/messages')).json()) as { messages: unknown[] }).messages).toHaveLength(0)
  })

  it.each([
    ['/nowhere', 404],
    ['/messages/1', 404],
    ['/messages/../../package.json', 404],
    ['/messages/99999999999999999999', 404],
    ['/messages/%00', 404],
    ['//', 404],
  ])('answers %s with %i', async (path, status) => {
    expect((await get(path)).status).toBe(status)
  })

  it('refuses a mail that is too large and goes on', async () => {
    // As a stream, so that the sender does not know its size and cannot be refused before.
    const large = Readable.from(Array.from({ length: 176 }, () => 'x'.repeat(64 * 1024)))
    await expect(send({ text: large })).rejects.toThrow(/552.*at most 10485760/)
    await send({ subject: 'small' })
    const { messages } = (await (await get('/messages')).json()) as { messages: Array<{ subject: string }> }
    expect(messages.map(({ subject }) => subject)).toEqual(['small'])
  })

  it('says that a port is taken, and leaves nothing open behind', async () => {
    const { port } = new URL(catcher.url)
    await expect(startMailCatcher({ smtpPort: 0, httpPort: Number(port), onLog: () => {} })).rejects.toThrow(
      'EADDRINUSE',
    )
    const smtp = Number(new URL(catcher.smtpUrl).port)
    await expect(startMailCatcher({ smtpPort: smtp, httpPort: 0, onLog: () => {} })).rejects.toThrow('EADDRINUSE')
  })
})
