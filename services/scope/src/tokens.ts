/** Injection tokens of scope's own. */

/** `ScopeConfig`. */
export const SCOPE_CONFIG = Symbol('SCOPE_CONFIG')
/** `Jobs`: work that goes on beside requests. */
export const JOBS = Symbol('JOBS')
/** `ReportBlob`: where the bytes of reports are kept. */
export const REPORT_BLOB = Symbol('REPORT_BLOB')
