import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { consolePolicy } from '../documents/security-headers.js'

const NONCE = /\{\{nonce\}\}/g
/** What is no page of the console, whatever a browser asks for it as. */
const ELSEWHERE = /^\/(?:api|assets|health|healthz|readyz)(?:\/|$)/

/** Answers a page of the console where the address is one; null where it is not. */
export type ConsolePage = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null

/**
 * Serves the console: its files, whose names hold their content's hash, for good, and its page at every address that a browser opens
 * and that is nothing else, so that each place in it can be linked to.
 * @throws if the console was not built
 */
export async function serveConsole(fastify: FastifyInstance): Promise<ConsolePage> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@reprieve/console/package.json')), 'dist')
  if (!existsSync(join(folder, 'index.html'))) throw new Error('The console is not built: npm run build')
  const template = await readFile(join(folder, 'index.html'), 'utf8')

  await fastify.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    immutable: true,
    maxAge: '365d',
    preCompressed: true,
  })
  for (const [file, type] of [
    ['favicon.svg', 'image/svg+xml'],
    ['color-scheme.js', 'text/javascript; charset=utf-8'],
  ] as const) {
    const content = await readFile(join(folder, file))
    fastify.get(`/${file}`, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=3600').type(type).send(content),
    )
  }

  const page = (reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(16).toString('base64url')
    return reply
      .header('content-security-policy', consolePolicy(nonce))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(template.replace(NONCE, nonce))
  }
  fastify.get('/', (_request, reply) => page(reply))
  return (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const browses = request.method === 'GET' || request.method === 'HEAD'
    const wantsPage = request.headers.accept?.includes('text/html') === true
    return browses && wantsPage && !ELSEWHERE.test(path) ? page(reply) : null
  }
}
