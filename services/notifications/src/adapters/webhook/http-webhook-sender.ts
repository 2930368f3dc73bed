import type { IncomingMessage } from 'node:http'
import { request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import {
  type WebhookAnswer,
  WebhookNotSentError,
  type WebhookRequest,
  type WebhookSender,
} from '../../application/webhook-sender.port.js'
import { canonicalHost, targetFault } from '../../domain/webhook-target.js'
import { AddressNotAllowedError, guardedLookup, refuseLiteral } from './guarded-lookup.js'

// What Standard Webhooks advises: 15 to 30 s for a receiver to say that it has it.
const PATIENCE_MS = 20_000
const MAX_HEADER_BYTES = 16 * 1_024
// Nothing in an answer's body is of interest; this much is read so that a polite receiver is not cut off.
const MAX_BODY_BYTES = 64 * 1_024

export interface HttpWebhookSenderOptions {
  /** Where a test answers in DNS's place, or cannot wait as long. */
  lookupFor?: (hostAllowed: boolean) => LookupFunction
  patienceMs?: number
}

/** Posts over a connection of its own each time, to an address that was judged for this very connection. */
export class HttpWebhookSender implements WebhookSender {
  readonly #lookupFor: (hostAllowed: boolean) => LookupFunction
  readonly #patienceMs: number

  constructor({ lookupFor = guardedLookup, patienceMs = PATIENCE_MS }: HttpWebhookSenderOptions = {}) {
    this.#lookupFor = lookupFor
    this.#patienceMs = patienceMs
  }

  async send({ url, headers, body, allowedHosts }: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
    const target = new URL(url)
    const late = AbortSignal.timeout(this.#patienceMs)
    try {
      // Stored addresses were looked at, by the rules and the allowed hosts of that day.
      if (targetFault(target, allowedHosts) !== null) {
        throw new AddressNotAllowedError(`${target.host} may not be delivered to: no admin has allowed the host`)
      }
      const hostAllowed = allowedHosts.has(canonicalHost(target.hostname) ?? '')
      refuseLiteral(target.hostname, hostAllowed)
      const bytes = Buffer.from(body)
      return await post(
        target,
        {
          method: 'POST',
          // A kept connection would skip the look at where it goes.
          agent: false,
          lookup: this.#lookupFor(hostAllowed),
          maxHeaderSize: MAX_HEADER_BYTES,
          signal: AbortSignal.any([signal, late]),
          headers: {
            ...headers,
            'content-type': 'application/json',
            'content-length': bytes.length,
            'user-agent': 'Reprieve-Webhooks',
            accept: '*/*',
          },
        },
        bytes,
      )
    } catch (error) {
      throw new WebhookNotSentError(late.aborted ? 'it did not answer in time' : reason(error), { cause: error })
    }
  }
}

function post(target: URL, options: RequestOptions, body: Buffer): Promise<WebhookAnswer> {
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? requestHttps : requestHttp)(target, options, (response) => {
      const { statusCode, headers } = response
      if (statusCode === undefined) return reject(new Error('the answer has no status'))
      drain(response)
      resolve({ status: statusCode, retryAfter: headers['retry-after'] })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** The status is all that counts; the rest is read up to a bound and forgotten. */
function drain(response: IncomingMessage): void {
  let read = 0
  response.on('data', (chunk: Buffer) => {
    read += chunk.length
    if (read > MAX_BODY_BYTES) response.destroy()
  })
  response.on('error', () => {})
}

function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException
  // Where several addresses were tried, the error of each is inside and the outer one says nothing.
  const inner = error instanceof AggregateError ? (error.errors[0] as Error | undefined)?.message : undefined
  return (inner || message || code || 'it could not be reached').slice(0, 500)
}
