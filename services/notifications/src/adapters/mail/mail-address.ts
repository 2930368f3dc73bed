import { variable } from '@reprieve/config'

export interface MailAddress {
  /** Empty where there is none. */
  name: string
  address: string
  domain: string
}

// What mail servers take in practice; quoted local parts and address literals have no use as a sender.
const ADDRESS =
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@((?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)$/i

/** `reprieve@example.org` or `Reprieve <reprieve@example.org>`. Null for anything else. */
export function parseMailAddress(given: string): MailAddress | null {
  const [, name = '', inBrackets] = /^([^<>"]{0,100})<([^<>]{1,320})>$/.exec(given.trim()) ?? []
  const address = inBrackets ?? given.trim()
  const domain = ADDRESS.exec(address)?.[1]
  return domain === undefined ? null : { name: name.trim(), address, domain: domain.toLowerCase() }
}

/** A sender in the configuration. */
export const mailAddress = () =>
  variable((given) => parseMailAddress(given) ?? undefined, {
    expects: 'must be an address like reprieve@example.org or Reprieve <reprieve@example.org>',
  })
