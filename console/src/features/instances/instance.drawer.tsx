import { ActionIcon, Anchor, Badge, Button, Center, Group, Loader, Stack, Text, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { Instance } from '../../api/schemas.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { useMay } from '../../session/me.js'
import { useKeys } from '../../shell/keys.js'
import { Time } from '../../time/time.js'
import { CoverageBadge } from './coverage-badge.js'
import { Coverage } from './details/coverage.js'
import { Facts, Section } from './details/facts.js'
import { Scanners } from './details/scanners.js'
import { Scores } from './details/scores.js'
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
    return (
      <DetailsDrawer title="Instance" onClose={close}>
        {error === null ? (
          <Center py="xl">
            <Loader role="status" aria-label="Loading" />
          </Center>
        ) : (
          <ProblemNotice error={error} retry={() => void refetch()} />
        )}
      </DetailsDrawer>
    )
  return <Details instance={data} onClose={close} />
}

function Details({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const navigate = useNavigate()
  const neighbours = useNeighbours(instance.id)
  const open = (id: string | null) =>
    id !== null && void navigate({ to: '/instances/$id', params: { id }, search: true as never })
  useKeys([
    { keys: 'j', does: 'Next', group: 'Instance', run: () => open(neighbours.next) },
    { keys: 'k', does: 'The one before', group: 'Instance', run: () => open(neighbours.previous) },
  ])
  const { asset, component } = instance
  return (
    <DetailsDrawer
      title={instance.vulnerability}
      onClose={onClose}
      tools={
        <>
          <Tooltip label="The one before (k)">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="The one before"
              disabled={neighbours.previous === null}
              onClick={() => open(neighbours.previous)}
            >
              <IconChevronUp size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Next (j)">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Next"
              disabled={neighbours.next === null}
              onClick={() => open(neighbours.next)}
            >
              <IconChevronDown size={18} />
            </ActionIcon>
          </Tooltip>
        </>
      }
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
function useNeighbours(id: string): { previous: string | null; next: string | null } {
  const search = useSearch({ from: '/instances' })
  const { data } = useInfiniteQuery(instanceTable(instanceFilterOf(search)))
  const ids = data?.pages.flatMap(({ items }) => items.map((item) => item.id)) ?? []
  const at = ids.indexOf(id)
  if (at < 0) return { previous: null, next: null }
  return { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null }
}
