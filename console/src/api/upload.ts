import { newIdempotencyKey, problemIn } from './client.js'
import { ApiProblem } from './problem.js'
import { signedInAgain } from './session-gate.js'

interface Upload {
  /** Below `/api/v1`, with its parameters. */
  path: string
  body: Blob
  headers: Readonly<Record<string, string>>
  /** How much of it was sent, 0 to 1. */
  onProgress: (share: number) => void
  signal: AbortSignal
}

/**
 * Sends a file and tells how far it is, which `fetch` cannot. After a 401 it waits until somebody has signed in again, as every request does.
 * @throws {ApiProblem} what the API refused with, or of status 0 if the server cannot be reached
 */
export async function upload<Answer>(options: Upload): Promise<Answer> {
  const key = newIdempotencyKey()
  for (;;) {
    const { status, body } = await send(options, key)
    if (status >= 200 && status < 300) return body as Answer
    if (status === 401 && (await signedInAgain())) continue
    throw problemIn(status, body)
  }
}

const send = ({ path, body, headers, onProgress, signal }: Upload, key: string) =>
  new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const away = () =>
      reject(
        new ApiProblem({
          status: 0,
          title: 'No connection',
          detail: 'The file was not sent: the connection was cut. Try again.',
        }),
      )
    request.open('POST', `/api/v1${path}`)
    for (const [name, value] of Object.entries({ ...headers, 'idempotency-key': key }))
      request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) onProgress(loaded / total)
    }
    request.onload = () => resolve({ status: request.status, body: parsed(request.responseText) })
    request.onerror = away
    request.ontimeout = away
    request.onabort = () => reject(new DOMException('It was called off.', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
