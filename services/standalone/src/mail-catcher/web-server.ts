import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MailBox } from './mail-box.js'

export interface WebServerOptions {
  port: number
  box: MailBox
  onLog: (line: string) => void
}

const LOOPBACK = '127.0.0.1'
const ASSETS = new URL('../../assets/mail-catcher/', import.meta.url)
const asset = (name: string): Buffer => readFileSync(new URL(name, ASSETS))

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
// A mail runs nothing, loads nothing from anywhere and knows nothing of this page. Its links open beside it.
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

interface Reply {
  status: number
  type?: string
  body?: Buffer | string
  headers?: Readonly<Record<string, string>>
}

const NOT_THERE: Reply = { status: 404, body: 'There is no such thing.' }

/** The page and its JSON: `GET /messages[?to=]`, `GET /messages/{id}`, `…/html`, `…/source`, `DELETE /messages`. */
export async function startWebServer({ port, box, onLog }: WebServerOptions) {
  const files: Readonly<Record<string, { type: string; body: Buffer }>> = {
    '/': { type: 'text/html; charset=utf-8', body: asset('index.html') },
    '/style.css': { type: 'text/css; charset=utf-8', body: asset('style.css') },
    '/page.js': { type: 'text/javascript; charset=utf-8', body: asset('page.js') },
    '/icon.svg': { type: 'image/svg+xml', body: asset('icon.svg') },
  }

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    // A page of another site can have its name point here; then the browser says that name.
    if (!isLocal(request.headers.host)) return { status: 421, body: 'This is read on this machine only.' }
    const url = URL.parse(`http://localhost${request.url}`)
    if (url === null) return NOT_THERE
    const { pathname, searchParams } = url
    if (pathname === '/messages' && request.method === 'DELETE') {
      const site = request.headers['sec-fetch-site']
      if (site !== undefined && site !== 'same-origin') return { status: 403, body: 'Asked for by another site.' }
      box.clear()
      return { status: 204 }
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, body: 'Not allowed.', headers: { allow: 'GET, HEAD' } }
    }
    const file = files[pathname]
    if (file !== undefined) return { status: 200, ...file }
    if (pathname === '/messages') return list(box, searchParams.get('to'), request.headers['if-none-match'])
    const [, id, part] = /^\/messages\/(\d{1,15})(?:\/(html|source))?$/.exec(pathname) ?? []
    return (id === undefined ? null : await message(box, id, part)) ?? NOT_THERE
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((error: Error): Reply => {
        onLog(`mail page: ${error.message}`)
        return { status: 500, body: 'Something went wrong.' }
      })
      .then((reply) => send(response, reply, request.method === 'HEAD'))
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(port, LOOPBACK)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function list(box: MailBox, to: string | null, seen: string | undefined): Reply {
  const etag = `"${box.revision()}"`
  if (to === null && seen === etag) return { status: 304, headers: { etag } }
  const wanted = to?.toLowerCase()
  const messages = box
    .list()
    .filter((mail) => wanted === undefined || mail.to.some((address) => address.toLowerCase() === wanted))
  return { ...json({ messages, received: box.received() }), headers: { etag } }
}

async function message(box: MailBox, id: string, part: string | undefined): Promise<Reply | null> {
  if (part === 'source') {
    const raw = box.raw(id)
    if (raw === null) return null
    return {
      status: 200,
      type: 'text/plain; charset=utf-8',
      body: raw,
      headers: { 'content-disposition': `inline; filename="mail-${id}.eml"` },
    }
  }
  const details = await box.details(id)
  if (details === null) return null
  if (part === undefined) return json(details)
  if (details.html === null) return null
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: withLinksOutside(details.html),
    headers: { 'content-security-policy': MAIL_POLICY },
  }
}

/** Links would open inside the sandbox otherwise, where nothing works. */
function withLinksOutside(html: string): string {
  const base = '<base target="_blank">'
  const head = /<head[^>]{0,200}>/i.exec(html)
  if (head === null) return `<!doctype html>${base}${html}`
  const end = head.index + head[0].length
  return html.slice(0, end) + base + html.slice(end)
}

const json = (value: object): Reply => ({
  status: 200,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
})

function send(response: ServerResponse, { status, type, body, headers }: Reply, headOnly: boolean): void {
  response.writeHead(status, {
    ...HEADERS,
    'content-security-policy': PAGE_POLICY,
    ...(body === undefined ? {} : { 'content-type': type ?? 'text/plain; charset=utf-8' }),
    ...headers,
  })
  response.end(headOnly ? undefined : body)
}

function isLocal(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host)
}
