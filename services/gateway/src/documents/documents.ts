import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DOCS_POLICY } from './security-headers.js'

/** All services' routes in one document, made by `npm run openapi`. */
export const OPENAPI_FILE = new URL('../../openapi.json', import.meta.url)

const ASSETS = ['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png']

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reprieve API</title>
<link rel="icon" href="/api/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`

// "Try it out" runs against this very address, with the token that is pasted there.
const START = `SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'none',
  tryItOutEnabled: true,
  validatorUrl: null,
})
`

/** The API's document and a page to read it. */
export async function serveDocuments(fastify: FastifyInstance): Promise<void> {
  const document = await readFile(OPENAPI_FILE)
  const etag = `"${createHash('sha256').update(document).digest('base64url')}"`

  fastify.get('/api/v1/openapi.json', (request, reply) =>
    unlessKnown(request, reply, etag, 'application/json', document),
  )
  fastify.get('/api/docs', (_request, reply) =>
    reply.header('content-security-policy', DOCS_POLICY).type('text/html; charset=utf-8').send(PAGE),
  )
  fastify.get('/api/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START))
  for (const path of ['/api', '/api/', '/api/docs/']) {
    fastify.get(path, (_request, reply) => reply.redirect('/api/docs', 302))
  }
  await fastify.register(fastifyStatic, {
    root: dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
    prefix: '/api/docs/assets/',
    allowedPath: (path) => ASSETS.includes(path),
    index: false,
    cacheControl: true,
    maxAge: '1h',
  })
}

function unlessKnown(
  request: FastifyRequest,
  reply: FastifyReply,
  etag: string,
  type: string,
  content: Buffer,
): FastifyReply {
  void reply.header('etag', etag).header('cache-control', 'no-cache')
  if (request.headers['if-none-match'] === etag) return reply.status(304).send()
  return reply.type(type).send(content)
}
