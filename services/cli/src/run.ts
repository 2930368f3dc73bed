import { parseArgs } from 'node:util'
import { GatewayClient, Refusal } from './gateway-client.js'
import { importReport } from './import-report.js'
import { republish } from './republish.js'
import type { Terminal } from './terminal.port.js'

/** The command's own words are wrong. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault'
}

const USAGE = `reprieve import FILE --scanner NAME [--asset NAME] [--partial]
    sends a report ("-" reads the standard input) and waits until it is processed
reprieve republish TOPIC
    publishes everything on a topic again, for rebuilding read models

REPRIEVE_URL (http://localhost:8080) and REPRIEVE_TOKEN say where and as whom.`

/** @returns the exit code: 0 done, 1 refused or failed, 2 the command is wrong */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<number> {
  try {
    const { values, positionals } = parse(args)
    if (values.help || positionals.length === 0) {
      terminal.out(USAGE)
      return values.help ? 0 : 2
    }
    const [command, subject, ...rest] = positionals
    if (rest.length > 0) throw new CommandFault(`"${rest[0]}" is one word too many`)
    const client = new GatewayClient(environment['REPRIEVE_URL'] ?? 'http://localhost:8080', tokenOf(environment))
    switch (command) {
      case 'import':
        return await importReport(client, terminal, {
          file: required(subject, 'a file, or - for the standard input'),
          scanner: required(values.scanner, '--scanner NAME'),
          asset: values.asset,
          partial: values.partial,
        })
      case 'republish':
        return await republish(client, terminal, required(subject, 'a topic, such as exceptions.v1'))
      default:
        throw new CommandFault(`there is no command "${command}"`)
    }
  } catch (error) {
    if (error instanceof CommandFault) {
      terminal.error(`${error.message}\n\n${USAGE}`)
      return 2
    }
    if (error instanceof Refusal) {
      terminal.error(error.message)
      return 1
    }
    throw error
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        scanner: { type: 'string' },
        asset: { type: 'string' },
        partial: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new CommandFault((error as Error).message)
  }
}

function required(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new CommandFault(`it needs ${what}`)
  return value
}

function tokenOf(environment: Readonly<Record<string, string | undefined>>): string {
  return required(environment['REPRIEVE_TOKEN'], 'an access token in REPRIEVE_TOKEN (POST /api/v1/tokens makes one)')
}
