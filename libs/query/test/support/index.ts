// What other packages' tests reuse: rows and queries at random, and another CEL implementation to hold against ours.
export { type GeneratedQuery, generatedQuery } from './queries.js'
export { IDS, instanceRow, NOW, rowOf } from './rows.js'
export { witness } from './witness.js'
