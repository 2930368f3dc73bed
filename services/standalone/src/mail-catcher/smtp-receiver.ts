import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import type { MailBox } from './mail-box.js'

export interface SmtpReceiverOptions {
  port: number
  box: MailBox
  onLog: (line: string) => void
}

const LOOPBACK = '127.0.0.1'
const MOST_BYTES = 10 * 1024 * 1024
const MOST_CLIENTS = 50

/** Takes mail from anyone on this machine, for anyone, without a password. */
export async function startSmtpReceiver({ port, box, onLog }: SmtpReceiverOptions) {
  const server = new SMTPServer({
    authOptional: true,
    // No certificate that anybody would trust: senders that see the offer would refuse it.
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MOST_BYTES,
    maxClients: MOST_CLIENTS,
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onData: (stream, { envelope }, answer) => {
      read(stream)
        .then((raw) =>
          box.add(
            envelope.rcptTo.map(({ address }) => address),
            raw,
          ),
        )
        .then(
          ({ subject }) => {
            onLog(`caught: ${subject}`)
            answer(null)
          },
          (error: Error) => answer(error),
        )
    },
  })
  server.on('error', (error) => onLog(`SMTP: ${error.message}`))
  const listening = server.listen(port, LOOPBACK)
  // Only `listening` or the first error settles this; later errors go to the log.
  await once(listening, 'listening')
  return {
    port: (listening.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
      }),
  }
}

async function read(stream: SMTPServerDataStream): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length
    // Read to its end all the same: the client listens for an answer only then.
    if (bytes <= MOST_BYTES) parts.push(part)
  }
  if (bytes > MOST_BYTES) {
    throw Object.assign(new Error(`The mail has ${bytes} bytes; at most ${MOST_BYTES} are taken`), {
      responseCode: 552,
    })
  }
  return Buffer.concat(parts)
}
