import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { Instance } from '../../api/schemas.js'
import { AwaitedDrawer } from '../../drawer/awaited-drawer.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { NeighbourButtons, type Neighbours, neighbourKeys, neighboursIn } from '../../drawer/neighbours.js'
import { useMay } from '../../session/me.js'
import { useKeys } from '../../shell/keys.js'
import { Time } from '../../time/time.js'
import { CoverageBadge } from './coverage-badge.js'
import { Coverage } from './details/coverage.js'
import { Facts, Section } from './details/facts.js'
import { Scanners } from './details/scanners.js'
import { Scores } from './details/scores.js'
import { InstanceTickets } from './details/tickets.js'
import { instanceById, instanceTable } from './instance-queries.js'
import { instanceFilterOf } from './instances-search.js'
import { justThese } from './selection.js'
import { ASSET_TYPES } from './words.js'

/** One instance: what, where, who says so, and what covers it and why. */
export function InstanceDrawer() {
  const { id } = useParams({ from: '/instances/$id' })
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(instanceById(id))
  const close = () => void navigate({ to: '/instances', search: true as never })
  if (data === undefined)
    return <AwaitedDrawer title="Instance" error={error} retry={() => void refetch()} onClose={close} />
  return <Details instance={data} onClose={close} />
}

function Details({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const navigate = useNavigate()
  const neighbours = useNeighbours(instance.id)
  const mayReadTickets = useMay('tickets.write', 'tickets.manage', 'audit.read')
  const open = (id: string) => void navigate({ to: '/instances/$id', params: { id }, search: true as never })
  useKeys(neighbourKeys(neighbours, open, 'Instance'))
  const { asset, component } = instance
  return (
    <DetailsDrawer
      title={instance.vulnerability}
      onClose={onClose}
      tools={<NeighbourButtons neighbours={neighbours} open={open} />}
      head={
        <Group gap="sm" mt={6}>
          <Badge color={instance.status === 'open' ? 'orange' : 'gray'}>
            {instance.status === 'open' ? 'Open' : 'Closed'}
          </Badge>
          {(instance.coveredBy.length > 0 || instance.deferredBy.length > 0) && <CoverageBadge instance={instance} />}
          <Text size="sm" c="dimmed">
            on {asset.name}
          </Text>
        </Group>
      }
      footer={<Actions instance={instance} />}
    >
      <Stack gap="lg">
        <Scores instance={instance} />
        <Section title="Coverage">
          <Coverage instanceId={instance.id} />
        </Section>
        {mayReadTickets && (
          <Section title="Tickets">
            <InstanceTickets instanceId={instance.id} />
          </Section>
        )}
        <Section title="What">
          <Facts
            facts={[
              ['Title', instance.title],
              ['Also known as', instance.aliases.filter((alias) => alias !== instance.vulnerability).join(', ')],
              ['Component', component.name === null ? null : `${component.name} ${component.version ?? ''}`],
              ['Package URL', component.purl],
              ['Description', instance.description],
              ['More about it', isWeb(instance.link) ? <OutwardLink key="link" href={instance.link} /> : instance.link],
              ['First seen', <Time key="first" at={instance.firstSeen} />],
              ['Last seen', <Time key="last" at={instance.lastSeen} />],
              ['Closed', instance.closedAt === null ? null : <Time key="closed" at={instance.closedAt} />],
            ]}
          />
        </Section>
        <Section title="Where">
          <Facts
            facts={[
              ['Asset', asset.name],
              ['Type', ASSET_TYPES[asset.type]],
              ['Location', instance.location],
              ['Port', instance.port],
              ['Operating system', asset.os],
              ['Owner', asset.owner],
              ['Business unit', asset.businessUnit],
              ['Environment', asset.environment],
              ['Exposure', asset.exposure],
              ['Criticality', asset.criticality],
              ['Tags', asset.tags?.join(', ')],
            ]}
          />
        </Section>
        <Section title="Scanners">
          <Scanners attributions={instance.attributions} />
        </Section>
      </Stack>
    </DetailsDrawer>
  )
}

function Actions({ instance }: { instance: Instance }) {
  const mayRequest = useMay('exceptions.request')
  const mayTicket = useMay('tickets.write', 'tickets.manage')
  const search = { expression: justThese([instance.id]) } as never
  const onAsset = {
    filter: `asset.id == ${JSON.stringify(instance.asset.id)}`,
  } as never
  return (
    <Group justify="space-between">
      <Anchor component={Link} to="/instances" search={onAsset} size="sm">
        All on this asset
      </Anchor>
      <Group gap="xs">
        {mayTicket && (
          <Button component={Link} to="/tickets/new" search={search} variant="default">
            Create Ticket
          </Button>
        )}
        {mayRequest && (
          <Button component={Link} to="/exceptions/new" search={search}>
            Create Exception
          </Button>
        )}
      </Group>
    </Group>
  )
}

/** What a scanner sent is opened only where it is plainly a web address. */
const isWeb = (link: string | null): link is string => link !== null && /^https?:\/\//i.test(link)

function OutwardLink({ href }: { href: string }) {
  return (
    <Anchor href={href} target="_blank" rel="noopener noreferrer nofollow" size="sm">
      {href}
    </Anchor>
  )
}

/** The instances before and after one, in the table that lies under its details. */
function useNeighbours(id: string): Neighbours {
  const search = useSearch({ from: '/instances' })
  const { data } = useInfiniteQuery(instanceTable(instanceFilterOf(search)))
  return neighboursIn(data?.pages, id)
}
