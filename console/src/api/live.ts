import type { Kind } from './keys.js'

/** What the server tells: that something changed, never what it says now. */
export interface LiveEvent {
  type: string
  subject: { kind: string; id: string } | null
  at: string
}

export type LiveState = 'connecting' | 'open' | 'lost'

/** Which kinds of queries show something that an event of this kind of subject makes old. */
const TOUCHED: Readonly<Record<string, readonly Kind[]>> = {
  exception: ['exceptions', 'approvals', 'summary', 'instances', 'tickets', 'audit'],
  ticket: ['tickets', 'summary'],
  query: ['queries'],
  rule: ['rules'],
  user: ['users', 'me'],
  role: ['roles', 'me'],
  group: ['groups'],
  report: ['reports', 'scans'],
  reconciliation: ['reconciliations'],
  accessToken: ['tokens'],
  notice: ['notifications'],
}

/** The kinds of queries to read again after an event; null: all of them. */
export function touchedBy({ type, subject }: LiveEvent): readonly Kind[] | null {
  if (type === 'reset') return null
  const kinds = TOUCHED[subject?.kind ?? ''] ?? []
  // Once a report is taken in, what is covered by what has changed.
  return type === 'report.done' ? [...kinds, 'instances', 'summary', 'exceptions', 'approvals'] : kinds
}

interface Listener {
  event(event: LiveEvent): void
  state(state: LiveState): void
  /** The stream was refused: whether to try again. Told where somebody has to sign in first. */
  refused(): Promise<boolean>
}

type Message = { event: LiveEvent } | { state: LiveState } | { ask: true }

const CHANNEL = 'reprieve-live'
const AGAIN_AFTER_MS = 2_000

/**
 * Listens to the server's live updates. Of all tabs one holds the connection and tells the others, because a browser opens only six to
 * one server over HTTP/1.1.
 * @returns what ends it
 */
export function listenLive(url: string, listener: Listener): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  const ending = new AbortController()
  let state: LiveState = 'connecting'
  let leads = false
  const announce = (next: LiveState) => {
    state = next
    listener.state(next)
    channel.postMessage({ state: next } satisfies Message)
  }
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('event' in data) listener.event(data.event)
    else if ('ask' in data) leads && channel.postMessage({ state } satisfies Message)
    else if (!leads) listener.state(data.state)
  }
  channel.postMessage({ ask: true } satisfies Message)

  const lead = async () => {
    leads = true
    while (!ending.signal.aborted) {
      await stream(url, ending.signal, announce, (event) => {
        listener.event(event)
        channel.postMessage({ event } satisfies Message)
      })
      if (ending.signal.aborted) return
      announce('lost')
      if (!(await listener.refused())) return
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
    }
  }
  // Locks are there over HTTPS and on this machine only; elsewhere every tab listens for itself.
  if (navigator.locks) void navigator.locks.request(CHANNEL, { signal: ending.signal }, lead).catch(() => {})
  else void lead()
  return () => {
    ending.abort()
    channel.close()
  }
}

/** One life of the connection: resolves when the browser has given it up. */
function stream(
  url: string,
  ending: AbortSignal,
  announce: (state: LiveState) => void,
  tell: (event: LiveEvent) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(url)
    let broken = false
    const close = () => {
      source.close()
      resolve()
    }
    ending.addEventListener('abort', close, { once: true })
    source.onopen = () => {
      announce('open')
      broken = false
    }
    const read = ({ data }: MessageEvent<string>) => tell(JSON.parse(data) as LiveEvent)
    source.onmessage = read
    source.addEventListener('reset', read)
    source.onerror = () => {
      if (!broken) announce('lost')
      broken = true
      // Open again by itself, unless the answer was no stream.
      if (source.readyState === EventSource.CLOSED) close()
    }
  })
}
