import type { ExceptionRecord, Exceptions } from './exceptions.port.js'

/**
 * Reads exceptions in an order that is settled, some at a time, each as it is when its turn comes: between two turns nothing is held, no
 * connection and no transaction, however slowly they are taken.
 * @param asOf reads them as they were at that time instead
 */
export async function* readInTurn(
  exceptions: Exceptions,
  turns: Iterable<readonly string[]>,
  asOf: Date | undefined,
): AsyncGenerator<ExceptionRecord[]> {
  for (const ids of turns) {
    yield asOf === undefined ? await exceptions.findAll(ids) : await exceptions.findAllAsOf(ids, asOf)
  }
}
