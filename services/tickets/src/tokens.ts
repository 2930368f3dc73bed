/** `RepeatedWork`: holds tickets against the newest policy, and can be woken. */
export const POLICY_SWEEP = Symbol('POLICY_SWEEP')
