/** `EvidenceStores`: where the bytes of evidence are. */
export const EVIDENCE_STORES = Symbol('EVIDENCE_STORES')
/** `ExceptionsConfig`. */
export const EXCEPTIONS_CONFIG = Symbol('EXCEPTIONS_CONFIG')
