import { hash } from 'node:crypto'

export interface InstanceParts {
  /** {@link assetId} of the asset. */
  readonly asset: string
  /** The canonical id of the class of aliases the vulnerability belongs to. */
  readonly vulnerability: string
  /** {@link componentIdentity} of the component. */
  readonly component: string
  /** {@link locationIdentity} of the place. */
  readonly location?: string | undefined
  /** Only where one scan finds two versions of the component at one place: then each is an instance of its own. */
  readonly version?: string | undefined
}

/** What makes two findings one instance, as 64 hexadecimal digits: SHA-256 over the parts, unambiguously joined. */
export function instanceKey(parts: InstanceParts): string {
  const { asset, vulnerability, component, location, version } = parts
  return hash('sha256', JSON.stringify([asset, vulnerability, component, location ?? null, version ?? null]), 'hex')
}
