import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { discardDeadLetters, listDeadLetters, redriveDeadLetters, showDeadLetter } from './dlq.js'
import { doctor } from './doctor.js'
import { GatewayClient, Refusal } from './gateway-client.js'
import { importReport } from './import-report.js'
import { republish } from './republish.js'
import { roundTrip } from './round-trip.js'
import type { Terminal } from './terminal.port.js'

/** The command's own words are wrong. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault'
}

export const USAGE = `reprieve import FILE --scanner NAME [--asset NAME] [--partial]
    sends a report ("-" reads the standard input) and waits until it is processed
reprieve republish TOPIC
    publishes everything on a topic again, for rebuilding read models
reprieve dlq list [--topic NAME]… [--service NAME]… [--state dead|redriven|discarded|all] [--json]
    records that a consumer could not handle, newest first; those that wait for somebody without --state
reprieve dlq show ID [--json]
    one of them, with its record
reprieve dlq redrive ID…
    hands records to the consumer that failed, once more
reprieve dlq discard ID… --reason TEXT
    says that records need not be handled any more
reprieve doctor [--json]
    looks at every service, its database, schema, topics, clock, outbox, consumers and mail; ends with 0 when all is well,
    1 with warnings, 2 when something fails
reprieve round-trip
    proves an installation by what it is for: reports a finding, asks for an exception, sees it covered, takes it back; as the
    administrator whom REPRIEVE_EMAIL and REPRIEVE_PASSWORD (or REPRIEVE_PASSWORD_FILE) name

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
    if (rest.length > 0 && command !== 'dlq') throw new CommandFault(`"${rest[0]}" is one word too many`)
    const url = environment['REPRIEVE_URL'] ?? 'http://localhost:8080'
    if (command === 'round-trip') {
      if (subject !== undefined) throw new CommandFault(`"${subject}" is one word too many`)
      const email = required(environment['REPRIEVE_EMAIL'], 'an administrator’s address in REPRIEVE_EMAIL')
      return await roundTrip(terminal, { url, email, password: passwordOf(environment) })
    }
    const client = new GatewayClient(url, tokenOf(environment))
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
      case 'dlq':
        return await dlq(client, terminal, subject, rest, values)
      case 'doctor':
        if (subject !== undefined) throw new CommandFault(`"${subject}" is one word too many`)
        return await doctor(client, terminal, values.json)
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

async function dlq(
  client: GatewayClient,
  terminal: Terminal,
  what: string | undefined,
  ids: readonly string[],
  values: ReturnType<typeof parse>['values'],
): Promise<number> {
  const [id] = ids
  switch (what) {
    case 'list':
      if (id !== undefined) throw new CommandFault(`"${id}" is one word too many`)
      return await listDeadLetters(client, terminal, {
        topics: values.topic,
        services: values.service,
        states: values.state.includes('all') ? [] : values.state,
        json: values.json,
      })
    case 'show':
      if (ids.length > 1) throw new CommandFault(`"${ids[1]}" is one word too many`)
      return await showDeadLetter(client, terminal, required(id, 'the id of a dead letter'), values.json)
    case 'redrive':
      required(id, 'ids of dead letters')
      return await redriveDeadLetters(client, terminal, ids)
    case 'discard':
      required(id, 'ids of dead letters')
      return await discardDeadLetters(client, terminal, ids, required(values.reason, '--reason TEXT'))
    default:
      throw new CommandFault('dlq is followed by list, show, redrive or discard')
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
        topic: { type: 'string', multiple: true, default: [] },
        service: { type: 'string', multiple: true, default: [] },
        state: { type: 'string', multiple: true, default: ['dead'] },
        reason: { type: 'string' },
        json: { type: 'boolean', default: false },
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

function passwordOf(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment['REPRIEVE_PASSWORD']
  const path = environment['REPRIEVE_PASSWORD_FILE']
  if (given || !path) return required(given, 'a password in REPRIEVE_PASSWORD or REPRIEVE_PASSWORD_FILE')
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new CommandFault(`REPRIEVE_PASSWORD_FILE cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
