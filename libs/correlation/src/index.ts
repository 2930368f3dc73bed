export { BatchEngine } from './batch-engine.js'
