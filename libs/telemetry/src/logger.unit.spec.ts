import { describe, expect, it } from 'vitest'
import { createLogger, inSpan, type LogLevel, startTelemetry } from './index.js'

function capture(level: LogLevel = 'info') {
  const lines: string[] = []
  const logger = createLogger({ service: 'rules', level, destination: { write: (line) => void lines.push(line) } })
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('a log line', () => {
  it('is JSON with level, ISO time, service and message', () => {
    const { logger, last } = capture()
    logger.info({ exceptionId: '42' }, 'exception activated')
    expect(last()).toMatchObject({ level: 'info', service: 'rules', exceptionId: '42', msg: 'exception activated' })
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(last()).not.toHaveProperty('trace_id')
  })

  it('names the active span', async () => {
    const telemetry = await startTelemetry({ service: 'rules' })
    const { logger, last } = capture()
    try {
      await inSpan('work', {}, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        logger.child({ part: 'x' }).warn('inside')
      })
      expect(last()['trace_id']).toMatch(/^[0-9a-f]{32}$/)
      expect(last()['span_id']).toMatch(/^[0-9a-f]{16}$/)
    } finally {
      await telemetry.stop()
    }
  })

  it('is not written below the level', () => {
    const { logger, lines } = capture('warn')
    logger.info('quiet')
    expect(lines).toEqual([])
  })

  it('shows an error with its causes, and none of the fields that libraries hang on errors', () => {
    const { logger, last, lines } = capture()
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'user_email_key',
      detail: 'Key (email)=(ann) already exists.',
    })
    logger.error({ err: new Error('could not save', { cause }) }, 'failed')
    expect(last()['err']).toMatchObject({
      type: 'Error',
      message: 'could not save',
      stack: expect.stringContaining('logger.unit.spec'),
      cause: { code: '23505', constraint: 'user_email_key', message: 'duplicate key' },
    })
    expect(lines.at(-1)).not.toContain('Key (email)')
    logger.error(new AggregateError([new Error('one'), 'two'], 'all'))
    expect(last()['err']).toMatchObject({ message: 'all', errors: [{ message: 'one' }, { message: 'two' }] })
  })
})

describe('a line for people', () => {
  it('has time, level, service, message, fields and the causes of an error, and no secret', () => {
    const lines: string[] = []
    const destination = { write: (line: string) => void lines.push(line) }
    const logger = createLogger({ service: 'rules', pretty: true, destination })
    logger.error({ step: 2, token: 'hunter2', err: new Error('outer', { cause: new Error('inner') }) }, 'failed')
    const shown = lines.join('')
    for (const part of ['ERROR', 'rules: failed', 'step: 2', 'outer', 'inner']) expect(shown).toContain(part)
    expect(shown).not.toContain('hunter2')
  })
})

describe('redaction', () => {
  const hidden = 'hunter2-and-more'

  it.each([
    ['by field', { password: hidden }],
    ['by field in depth', { request: { headers: [{ 'Set-Cookie': hidden }, { Authorization: hidden }] } }],
    ['by field in another spelling', { ACCESS_TOKEN: hidden, smtpUrl: hidden, 'api-key': hidden }],
    ['by field of what toJSON gives', { config: { toJSON: () => ({ secret: hidden }) } }],
    ['in bytes', { body: Buffer.from(hidden) }],
    ['deeper than anyone looks', { a: { b: { c: { d: { e: { f: { g: { password: hidden } } } } } } } }],
  ])('takes secrets out %s', (_, fields) => {
    const { logger, lines } = capture()
    logger.info(fields, 'with fields')
    logger.child(fields).info('with bindings')
    expect(lines).toHaveLength(2)
    expect(lines.join()).not.toContain(hidden)
    expect(lines.join()).not.toContain(Buffer.from(hidden).toString('base64'))
  })

  const jwt = `eyJhbGciOiJFUzI1NiJ9.${'p'.repeat(40)}.${'s'.repeat(30)}`
  it.each([
    ['the password of an address', `connect to postgres://me:${hidden}@db:5432/x failed`, hidden],
    ['a token', `refused ${jwt}`, jwt],
    ['a header', `Authorization: Bearer ${hidden}`, hidden],
    ['a mail address', 'no such user: ann.o+tag@mail.reprieve.example', 'ann.o'],
  ])('takes %s out of messages and errors', (_, message, secret) => {
    const { logger, lines } = capture()
    logger.info(message)
    logger.error({ err: new Error('outer', { cause: new Error(message) }) }, 'failed')
    logger.info({ deep: { list: [message] } })
    expect(lines).toHaveLength(3)
    expect(lines.join()).not.toContain(secret)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  })

  it('leaves package names, paths and ids alone', () => {
    const { logger, last } = capture()
    const text =
      'node_modules/@nestjs/core@12.5.1/index.js 0199c0de-0000-7000-8000-000000000000 https://x.example:8080/a@b'
    logger.info(text)
    expect(last()['msg']).toBe(text)
  })

  it('takes time in proportion to the line, whatever is in it', () => {
    const { logger } = capture()
    const began = performance.now()
    for (const piece of ['a', 'a.', '://', 'eyJ', '://a:', 'a@a.', 'Bearer '])
      logger.info(piece.repeat(200_000 / piece.length))
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
