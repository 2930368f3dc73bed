import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import type { Kind } from './keys.js'
import { type LiveState, listenLive, touchedBy } from './live.js'
import { signedInAgain } from './session-gate.js'

const EVENTS = '/api/v1/events'
// A burst of changes is one reading.
const GATHER_MS = 300

const LiveStateContext = createContext<LiveState>('connecting')

/** How the live stream is doing. */
export const useLiveState = (): LiveState => useContext(LiveStateContext)

/** Keeps what is shown as new as what the server tells, for everything inside of it. */
export function LiveUpdates({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')

  useEffect(() => {
    const touched = new Set<Kind>()
    let all = false
    let wasLost = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      const everything = all
      const kinds = new Set(touched)
      all = false
      touched.clear()
      void client.invalidateQueries({
        predicate: ({ queryKey: [first] }) =>
          everything ||
          String(first)
            .split('+')
            .some((kind) => kinds.has(kind as Kind)),
      })
    }
    const gather = () => {
      timer ??= setTimeout(flush, GATHER_MS)
    }
    const end = listenLive(EVENTS, {
      event: (event) => {
        const kinds = touchedBy(event)
        if (kinds === null) all = true
        else for (const kind of kinds) touched.add(kind)
        gather()
      },
      state: (next) => {
        setState(next)
        if (next === 'open' && wasLost) {
          all = true
          gather()
        }
        wasLost = next === 'lost'
      },
      refused: async () => {
        const answer = await fetch('/api/v1/me').catch(() => null)
        return answer?.status === 401 ? signedInAgain() : true
      },
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [client])

  return <LiveStateContext value={state}>{children}</LiveStateContext>
}
