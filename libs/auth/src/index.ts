export * from './permissions.js'
export * from './principal.js'
export * from './principal-source.port.js'
export * from './token-fault.js'
