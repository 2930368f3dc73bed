export { describe, type Variable, variables } from './describe.js'
export { ConfigFault, type Fault } from './fault.js'
export { type Environment, readConfig } from './read.js'
export { Secret } from './secret.js'
export {
  bytes,
  days,
  flag,
  hours,
  integer,
  list,
  mebibytes,
  milliseconds,
  minutes,
  number,
  oneOf,
  seconds,
  secret,
  secretUrl,
  text,
  url,
  variable,
} from './variables.js'
