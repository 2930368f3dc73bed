import type { Tx } from '../adapters/postgres/tables.js'
import type { Person } from '../domain/exception.js'

export interface Comment {
  id: string
  author: Person
  at: Date
  text: string
}

export interface Comments {
  add(tx: Tx, exceptionId: string, comment: Comment): Promise<void>
}
