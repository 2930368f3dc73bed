export { CommandFault, run } from './run.js'
