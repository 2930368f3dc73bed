import type { ExceptionResource } from '@reprieve/auth'
import type { LiveEvent } from '../domain/live-event.js'

export interface LivePosition {
  /** Unix milliseconds: which life of this service's database the positions count in. */
  incarnation: number
  /** Of the newest event. */
  newest: number
  /** Events up to here are kept no longer. */
  forgotten: number
}

export interface LiveStore {
  position(): Promise<LivePosition>
  /** In order. Positions are committed in their order, so whoever has these has all before them. */
  after(position: number, most: number): Promise<LiveEvent[]>
  /** Who is what to these exceptions, as they were last told of. */
  exceptions(ids: readonly string[]): Promise<Map<string, ExceptionResource>>
}
