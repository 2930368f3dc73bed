import { ConfigFault } from '@reprieve/config'

/** What `read` reads. What is wrong is told as it is, without a stack, for whoever sets the variables; the process then ends with 2. */
export function orExit<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    process.stderr.write(`${name} cannot start. ${error.message}\n`)
    process.exit(2)
  }
}
