export { CommandFault, run, USAGE } from './run.js'
