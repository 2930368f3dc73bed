import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { MIN_PASSWORD_LENGTH } from '@reprieve/auth'
import { createLogger, type LogLevel, logNodeWarnings, startTelemetry } from '@reprieve/telemetry'
import { destination } from 'pino'
import { DataFolder, DataFolderFault } from './data-folder.js'
import { loadDemo } from './demo/load-demo.js'
import { HELP, OptionsFault, readOptions, type StandaloneOptions } from './options.js'
import { takenPorts } from './ports.js'
import { type RunningStandalone, startStandalone } from './standalone.js'
import { createTerminal, type Terminal } from './terminal.js'

const ADMIN_EMAIL = 'admin@reprieve.example'
const STOP_WITHIN_MS = 20_000

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) process.stdout.write(HELP)
  else await start(options, createTerminal(options.headless))
} catch (error) {
  if (!(error instanceof OptionsFault)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

async function start(options: StandaloneOptions, terminal: Terminal): Promise<void> {
  const refusals = await refusalsOf(options)
  if (refusals.length > 0) return refuse(terminal, refusals.join('\n'))
  let folder: DataFolder
  try {
    folder = await DataFolder.open(options.data)
  } catch (error) {
    if (error instanceof DataFolderFault) return refuse(terminal, error.message)
    throw error
  }

  const logFile = destination({ dest: folder.log, sync: false })
  const loggerOf = (service: string) =>
    createLogger({ service, level: options.logLevel as LogLevel, destination: logFile })
  const logger = loggerOf('standalone')
  logNodeWarnings(logger)
  const telemetry = await startTelemetry({ service: 'reprieve', environment: process.env, logger })
  const given = process.env['REPRIEVE_PASSWORD']
  const password = given ?? randomBytes(12).toString('base64url')
  const firstStart = !existsSync(folder.postgres)

  let running: RunningStandalone | null = null
  let stopping: Promise<void> | null = null
  const stop = (code: number): Promise<void> => {
    stopping ??= (async () => {
      setTimeout(() => {
        terminal.fail('It did not stop in time and was ended; what was accepted is kept.')
        process.exit(1)
      }, STOP_WITHIN_MS).unref()
      await running?.stop()
      await telemetry.stop()
      logFile.flushSync()
      await folder.close()
      process.exit(code)
    })()
    return stopping
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      terminal.progress('Stopping')
      void stop(0)
    })
  }

  try {
    running = await startStandalone({
      folder,
      port: options.port,
      smtpPort: options.smtpPort,
      mailPort: options.mailPort,
      adminEmail: ADMIN_EMAIL,
      adminPassword: password,
      loggerOf,
      onStep: (text) => terminal.progress(text),
    })
    if (stopping !== null) return
    // Made once: the mark is written when all of it is there, and a start that was cut off begins with a new folder.
    const demoMark = join(folder.path, 'demo-loaded')
    if (options.demo && firstStart) {
      await loadDemo({
        url: running.url,
        adminEmail: ADMIN_EMAIL,
        password,
        now: new Date(),
        onStep: (text) => terminal.progress(text),
      })
      await writeFile(demoMark, `${new Date().toISOString()}\n`)
    }
    summarise(terminal, options, running, folder, {
      firstStart,
      given: given !== undefined,
      password,
      demo: existsSync(demoMark),
    })
  } catch (err) {
    logger.fatal({ err }, 'cannot start')
    terminal.fail(`Reprieve cannot start: ${(err as Error).message}\nMore is in ${folder.log}`)
    await stop(1)
  }
}

interface FirstSteps {
  firstStart: boolean
  given: boolean
  password: string
  demo: boolean
}

function summarise(
  terminal: Terminal,
  options: StandaloneOptions,
  running: RunningStandalone,
  folder: DataFolder,
  first: FirstSteps,
): void {
  const here = (path: string) => relative(process.cwd(), path) || '.'
  const signIn = !first.firstStart
    ? `${ADMIN_EMAIL}, with the password of the first start`
    : first.given
      ? `${ADMIN_EMAIL}, with the password in REPRIEVE_PASSWORD`
      : `${ADMIN_EMAIL}, password ${first.password}`
  const notes = [
    ...(first.firstStart && !first.given ? ['The password was made now and is not shown again.'] : []),
    ...(first.demo
      ? [
          'Demo people have the same password: dana@, sofia@, henrik@, lena@, olu@reprieve.example and more in GET /users.',
        ]
      : []),
    'Ctrl-C stops it; what is there is kept for the next start.',
  ]
  terminal.summary(
    [
      ['Address', running.url],
      ['Sign-in', signIn],
      ['Mail', running.mailUrl],
      ['Data', here(folder.path)],
      ['Log', here(folder.log)],
    ],
    notes,
  )
  if (options.headless) terminal.line(`ready ${running.url}`)
}

async function refusalsOf(options: StandaloneOptions): Promise<string[]> {
  const password = process.env['REPRIEVE_PASSWORD']
  const short = password !== undefined && password.length < MIN_PASSWORD_LENGTH
  const taken = await takenPorts([
    { port: options.port, option: '--port', purpose: 'the gateway' },
    { port: options.smtpPort, option: '--smtp-port', purpose: 'mail that is sent' },
    { port: options.mailPort, option: '--mail-port', purpose: 'the mail page' },
  ])
  return short
    ? [`REPRIEVE_PASSWORD is too short: it needs at least ${MIN_PASSWORD_LENGTH} characters.`, ...taken]
    : taken
}

function refuse(terminal: Terminal, message: string): void {
  terminal.fail(message)
  process.exitCode = 1
}
