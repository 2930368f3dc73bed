export * from './binary-array.js'
export * from './database.js'
export * from './faults.js'
export * from './migrations.js'
