export { createDatabase, type TestDatabase } from './postgres.js'
