/** How one of the ways runs a broker. */
export interface BrokerProcess {
  start(): Promise<void>
  stop(): Promise<void>
  kill(): Promise<void>
  /** Deletes whatever it left. */
  remove(): Promise<void>
}
