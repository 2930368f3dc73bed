// What holds requests back while somebody signs in again: they go on afterwards, and nothing that was typed is lost.
type Waiter = (signedIn: boolean) => void

let waiting: Waiter[] = []
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

/** Whether the session has ended under a page that needs it. */
export const sessionHasEnded = (): boolean => waiting.length > 0

export function onSessionGate(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Resolves with true once somebody has signed in again, with false if they would rather leave. */
export function signedInAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    tell()
  })
}

export function openSessionGate(signedIn: boolean): void {
  const released = waiting
  waiting = []
  for (const waiter of released) waiter(signedIn)
  tell()
}
