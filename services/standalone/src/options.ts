import { parseArgs } from 'node:util'

export interface StandaloneOptions {
  port: number
  /** Data folder, absolute or relative to where the command was given. */
  data: string
  demo: boolean
  headless: boolean
  logLevel: string
  /** Of the mail catcher: SMTP and its page. */
  smtpPort: number
  mailPort: number
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

export const HELP = `Starts the whole of Reprieve in one process: every service, PostgreSQL, and a mail catcher.

  npm start -- [options]

  --port N         where the gateway listens (8080)
  --data DIR       where everything is kept (.reprieve)
  --no-demo        start empty, without the demo company
  --headless       no progress and colours, for scripts: prints one line "ready URL" when it serves
  --log-level L    ${LOG_LEVELS.join(', ')} (info); the log is a file in the data folder
  --smtp-port N    where the mail catcher takes mail (1025)
  --mail-port N    where the mail catcher shows it (1080)
  --help           this

REPRIEVE_PASSWORD sets the password of admin@reprieve.example and of the demo people at the first start; without it a random
one is made and shown once.
`

/** The command's own words are wrong: the message says which and what would be right. */
export class OptionsFault extends Error {
  override readonly name = 'OptionsFault'
}

/** @returns null where help was asked for */
export function readOptions(args: readonly string[]): StandaloneOptions | null {
  const parsed = parse(args)
  if (parsed.help) return null
  if (!(LOG_LEVELS as readonly string[]).includes(parsed['log-level'])) {
    throw new OptionsFault(`--log-level takes ${LOG_LEVELS.join(', ')}, not "${parsed['log-level']}"`)
  }
  return {
    port: portOf('--port', parsed.port),
    data: parsed.data,
    demo: !parsed['no-demo'],
    headless: parsed.headless,
    logLevel: parsed['log-level'],
    smtpPort: portOf('--smtp-port', parsed['smtp-port']),
    mailPort: portOf('--mail-port', parsed['mail-port']),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string', default: '8080' },
        data: { type: 'string', default: '.reprieve' },
        'no-demo': { type: 'boolean', default: false },
        headless: { type: 'boolean', default: false },
        'log-level': { type: 'string', default: 'info' },
        'smtp-port': { type: 'string', default: '1025' },
        'mail-port': { type: 'string', default: '1080' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new OptionsFault(`${(error as Error).message.split('. ')[0]}; npm start -- --help tells the options`)
  }
}

function portOf(option: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new OptionsFault(`${option} takes a number from 1 to 65535, not "${text}"`)
  return port
}
