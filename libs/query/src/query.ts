import type { FieldType } from './fields.js'

/** `<` and its like, over numbers and times. */
export type Order = '<' | '<=' | '>' | '>='

/** How two numbers or times are compared. `!=` is the negation of `==`. */
export type Comparison = Order | '=='

/** A test on one known text. */
export type TextTest =
  | { readonly op: 'oneOf' /** Sorted, distinct. */; readonly values: readonly string[] }
  | { readonly op: 'startsWith' | 'endsWith' | 'contains'; readonly value: string }
  | { readonly op: 'and' | 'or'; readonly tests: readonly TextTest[] }
  | { readonly op: 'not'; readonly test: TextTest }

/** Holds if any text of the fields passes the test; fails if all of them are known and none does; else it is unknown. */
export interface TextLeaf {
  readonly kind: 'text'
  /** The field named in the query. */
  readonly field: string
  /** Whether the field is a list itself. */
  readonly list: boolean
  /** A list field that holds further values of it (`aliases`, of `vulnerability`). */
  readonly alsoIn?: string
  readonly test: TextTest
}

export interface NumberLeaf {
  readonly kind: 'number'
  readonly field: string
  readonly type: 'double' | 'int'
  readonly test:
    | { readonly op: 'oneOf'; readonly values: readonly number[] }
    | { readonly op: Order; readonly value: number }
}

/** The field itself, which is true or false. */
export interface BoolLeaf {
  readonly kind: 'bool'
  readonly field: string
}

/** `field op at`, in milliseconds since the epoch. */
export interface TimeLeaf {
  readonly kind: 'time'
  readonly field: string
  readonly op: Comparison
  readonly at: number
}

/** `now - field op milliseconds`: changes with time alone. */
export interface AgeLeaf {
  readonly kind: 'age'
  readonly field: string
  readonly op: Comparison
  readonly milliseconds: number
}

/** `now op at`: the same for every row, changes with time alone. */
export interface ClockLeaf {
  readonly kind: 'clock'
  readonly field: string
  readonly op: Comparison
  readonly at: number
}

/** `has(field)`: whether the value is known. Never unknown itself. */
export interface HasLeaf {
  readonly kind: 'has'
  readonly field: string
  readonly type: FieldType
}

/** The smallest part of a query: one test, which for one row at one time is true, false or unknown. */
export type Leaf = TextLeaf | NumberLeaf | BoolLeaf | TimeLeaf | AgeLeaf | ClockLeaf | HasLeaf

/** A checked query as it was written. `and` and `or` have two or more parts. */
export type Node =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly Node[] }
  | { readonly kind: 'not'; readonly node: Node }
  | { readonly kind: 'leaf'; readonly leaf: Leaf }

/** A leaf or its negation. Either holds only where its value is known. */
export interface Literal {
  readonly kind: 'literal'
  readonly leaf: Leaf
  readonly negated: boolean
}

/** A query with every `!` pushed down to its leaves: what holds and what does not is all there is left to know. */
export type NormalNode = { readonly kind: 'and' | 'or'; readonly nodes: readonly NormalNode[] } | Literal

/** A compiled query. Immutable; made by `compileQuery` alone. */
export interface Query {
  /** As written. */
  readonly root: Node
  /** With `!` at the leaves; evaluates to true for exactly the same rows. */
  readonly normal: NormalNode
  /** Equal for queries that differ in order, repetition, spelling of values or where `!` stands, and in nothing else. */
  readonly key: string
}

/** What a query or a leaf is for one row: Kleene's three values. At the top, unknown is not matched. */
export type Truth = true | false | 'unknown'
