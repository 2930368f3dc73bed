export const INTAKE = Symbol('INTAKE')
/** `() => void`: tells the journal's writer that something waits. */
export const TAKEN_IN = Symbol('TAKEN_IN')
export const SETTINGS = Symbol('SETTINGS')
