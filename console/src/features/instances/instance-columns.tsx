import { Badge } from '@mantine/core'
import type { Instance } from '../../api/schemas.js'
import { SeverityBadge } from '../../severity/severity-badge.js'
import type { Column } from '../../table/column.js'
import { Dash } from '../../table/dash.js'
import { RowLink } from '../../table/row-link.js'
import { Time } from '../../time/time.js'
import { CoverageBadge } from './coverage-badge.js'
import { ASSET_TYPES } from './words.js'

// Made once: what is the same in the next row is not drawn again.
const NONE = <Dash means="unknown" />
const KEV = (
  <Badge color="red" size="sm">
    KEV
  </Badge>
)

const text = (value: string | null) => (value === null ? NONE : <span title={value}>{value}</span>)

/** The columns of Vulnerability Instances. */
export const INSTANCE_COLUMNS: readonly Column<Instance>[] = [
  {
    id: 'vulnerability',
    label: 'Vulnerability',
    width: 162,
    always: true,
    sort: 'vulnerability',
    cell: ({ id, vulnerability }) => <RowLink to={`/instances/${id}`}>{vulnerability}</RowLink>,
  },
  {
    id: 'severity',
    label: 'Severity',
    width: 92,
    sort: 'severity',
    cell: ({ severity }) => <SeverityBadge severity={severity} />,
  },
  { id: 'cvss', label: 'CVSS', width: 68, align: 'right', sort: 'cvss', cell: ({ cvss }) => cvss?.toFixed(1) ?? NONE },
  {
    id: 'epss',
    label: 'EPSS',
    width: 76,
    align: 'right',
    sort: 'epss',
    cell: ({ epss }) => (epss === null ? NONE : `${(epss * 100).toFixed(1)} %`),
  },
  {
    id: 'kev',
    label: 'KEV',
    width: 64,
    cell: ({ kev }) => (kev === true ? KEV : NONE),
  },
  { id: 'asset', label: 'Asset', width: 190, grows: true, sort: 'asset.name', cell: ({ asset }) => text(asset.name) },
  {
    id: 'assetType',
    label: 'Asset type',
    width: 116,
    hidden: true,
    cell: ({ asset }) => ASSET_TYPES[asset.type],
  },
  { id: 'environment', label: 'Environment', width: 110, hidden: true, cell: ({ asset }) => text(asset.environment) },
  { id: 'owner', label: 'Owner', width: 122, cell: ({ asset }) => text(asset.owner) },
  { id: 'unit', label: 'Business unit', width: 124, hidden: true, cell: ({ asset }) => text(asset.businessUnit) },
  {
    id: 'component',
    label: 'Component',
    width: 172,
    cell: ({ component: { name, version } }) =>
      name === null ? (
        NONE
      ) : (
        <span title={`${name} ${version ?? ''}`}>
          {name} <small className="dimmed">{version}</small>
        </span>
      ),
  },
  { id: 'location', label: 'Location', width: 180, hidden: true, cell: ({ location }) => text(location) },
  { id: 'title', label: 'Title', width: 240, hidden: true, cell: ({ title }) => text(title) },
  {
    id: 'scanners',
    label: 'Scanners',
    width: 130,
    hidden: true,
    cell: ({ attributions }) => text(scannersOf(attributions)),
  },
  {
    id: 'coverage',
    label: 'Coverage',
    width: 94,
    cell: (instance) => <CoverageBadge instance={instance} />,
  },
  {
    id: 'status',
    label: 'Status',
    width: 84,
    hidden: true,
    cell: ({ status }) => (status === 'open' ? 'Open' : 'Closed'),
  },
  {
    id: 'firstSeen',
    label: 'First seen',
    width: 124,
    sort: 'firstSeen',
    cell: ({ firstSeen }) => <Time at={firstSeen} as="day" />,
  },
  {
    id: 'lastSeen',
    label: 'Last seen',
    width: 124,
    hidden: true,
    cell: ({ lastSeen }) => <Time at={lastSeen} as="day" />,
  },
]

const scannersOf = (attributions: Instance['attributions']): string | null => {
  const names = [...new Set(attributions.filter(({ status }) => status === 'open').map(({ scanner }) => scanner))]
  return names.length === 0 ? null : names.join(', ')
}
