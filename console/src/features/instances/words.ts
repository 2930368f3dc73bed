import type { Instance } from '../../api/schemas.js'

/** What an asset is, as people read it. */
export const ASSET_TYPES: Readonly<Record<Instance['asset']['type'], string>> = {
  host: 'Host',
  container: 'Container',
  image: 'Image',
  repository: 'Repository',
  cloudResource: 'Cloud resource',
  application: 'Application',
  unknown: 'Unknown',
}

/** Whether it is so: nobody may know. */
export const yesNo = (value: boolean | null): string => (value === null ? 'Unknown' : value ? 'Yes' : 'No')
