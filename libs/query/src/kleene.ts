import type { Truth } from './query.js'

// Kleene's strong logic of three values: unknown may be either, and the result is known where both would give the same.

export function not(value: Truth): Truth {
  return value === 'unknown' ? value : !value
}

/** False if any is false, else unknown if any is unknown. */
export function and(values: Iterable<Truth>): Truth {
  let result: Truth = true
  for (const value of values) {
    if (value === false) return false
    if (value === 'unknown') result = value
  }
  return result
}

/** True if any is true, else unknown if any is unknown. */
export function or(values: Iterable<Truth>): Truth {
  let result: Truth = false
  for (const value of values) {
    if (value === true) return true
    if (value === 'unknown') result = value
  }
  return result
}
