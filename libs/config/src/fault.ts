/** One variable that is missing or wrong, and what would be right. */
export interface Fault {
  name: string
  /** Never holds the value that was given. */
  detail: string
}

/** Everything that is wrong with the configuration, reported at once. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault'
  readonly code = 'CONFIG_INVALID'
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    const heading =
      faults.length === 1 ? 'The configuration has a fault:' : `The configuration has ${faults.length} faults:`
    super([heading, ...faults.map(({ name, detail }) => `  ${name} ${detail}`)].join('\n'))
    this.faults = faults
  }
}
