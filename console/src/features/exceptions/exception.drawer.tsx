import { ActionIcon, Box, Group, Tabs, Text, Tooltip } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { Exception, Page, WaitingRequest } from '../../api/schemas.js'
import { AwaitedDrawer } from '../../drawer/awaited-drawer.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { NeighbourButtons, neighbourKeys } from '../../drawer/neighbours.js'
import { done } from '../../feedback/toast.js'
import { useMe } from '../../session/me.js'
import { useKeys } from '../../shell/keys.js'
import { numberText } from '../../table/count-text.js'
import { Comments } from './details/comments.js'
import { EvidenceFiles } from './details/evidence.js'
import { ExceptionFooter } from './details/exception-footer.js'
import { General } from './details/general.js'
import { History } from './details/history.js'
import { ExceptionInstances } from './details/instances.js'
import { rightsTo } from './exception-actions.js'
import { exceptionById, waitingForMe } from './exception-queries.js'
import type { ExceptionTab } from './exceptions-search.js'
import { StatusBadge } from './status-badge.js'
import { useNeighbours } from './use-neighbours.js'

/** An exception's details, with an address of their own. */
export function ExceptionDrawer() {
  const { id } = useParams({ from: '/exceptions/$id' })
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(exceptionById(id))
  const close = () =>
    void navigate({ to: '/exceptions', search: (({ tab: _, ...rest }: { tab?: unknown }) => rest) as never })

  if (data === undefined)
    return <AwaitedDrawer title="Exception" error={error} retry={() => void refetch()} onClose={close} />
  // One person's half-written comment is not for the next request.
  return <Details key={id} exception={data} onClose={close} />
}

function Details({ exception, onClose }: { exception: Exception; onClose: () => void }) {
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { tab = 'general' } = useSearch({ from: '/exceptions' })
  const neighbours = useNeighbours(exception.id)
  const rights = rightsTo(exception, me)
  const open = (id: string) =>
    void navigate({
      to: '/exceptions/$id',
      params: { id },
      search: (({ tab: _, ...rest }: { tab?: unknown }) => rest) as never,
    })
  const show = (next: ExceptionTab) =>
    void navigate({ to: '.', search: ((before: object) => ({ ...before, tab: next })) as never, replace: true })
  const afterDecision = (word: string) => {
    const waiting = client.getQueryData<Page<WaitingRequest>>(waitingForMe.queryKey)
    const next = waiting?.items.find(({ exceptionId }) => exceptionId !== exception.id)
    done(next === undefined ? `${word}. Nothing else waits for you.` : `${word}. This is the next one.`)
    if (next !== undefined) open(next.exceptionId)
  }
  useKeys([
    ...neighbourKeys(neighbours, open, 'Exception'),
    ...(['general', 'instances', 'evidence', 'comments', 'history'] as const).map((name, index) => ({
      keys: String(index + 1),
      does: name.charAt(0).toUpperCase() + name.slice(1),
      group: 'Exception',
      run: () => show(name),
    })),
  ])

  return (
    <DetailsDrawer
      title={exception.name}
      onClose={onClose}
      tools={
        <>
          <NeighbourButtons neighbours={neighbours} open={open} />
          <Tooltip label="Copy the link">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Copy the link"
              onClick={() =>
                void navigator.clipboard
                  ?.writeText(`${location.origin}/exceptions/${exception.id}`)
                  .then(() => done('The link is copied.'))
              }
            >
              <IconLink size={17} />
            </ActionIcon>
          </Tooltip>
        </>
      }
      head={
        <Group gap="sm" mt={6}>
          <StatusBadge status={exception.status} />
          <Text size="sm" c="dimmed">
            {exception.waitingFor === null ? (
              <>Requested by {exception.requestedBy.name}</>
            ) : (
              <>
                Waiting for {exception.waitingFor.id === me.id ? 'you' : exception.waitingFor.name} · requested by{' '}
                {exception.requestedBy.name}
              </>
            )}
          </Text>
        </Group>
      }
      footer={<ExceptionFooter exception={exception} rights={rights} onDecided={afterDecision} />}
    >
      <Tabs value={tab} onChange={(value) => show((value ?? 'general') as ExceptionTab)} keepMounted={false} mt={-8}>
        <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          <Tabs.Tab value="general">General</Tabs.Tab>
          <Tabs.Tab
            value="instances"
            rightSection={
              <Text span size="xs" c="dimmed" className="figures">
                {numberText(exception.instanceCount)}
              </Text>
            }
          >
            Instances
          </Tabs.Tab>
          <Tabs.Tab value="evidence">Evidence</Tabs.Tab>
          <Tabs.Tab value="comments">Comments</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <Box>
          <Tabs.Panel value="general">
            <General exception={exception} />
          </Tabs.Panel>
          <Tabs.Panel value="instances">
            <ExceptionInstances exception={exception} />
          </Tabs.Panel>
          <Tabs.Panel value="evidence">
            <EvidenceFiles exception={exception} mayAdd={rights.addEvidence} />
          </Tabs.Panel>
          <Tabs.Panel value="comments">
            <Comments exceptionId={exception.id} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <History exceptionId={exception.id} />
          </Tabs.Panel>
        </Box>
      </Tabs>
    </DetailsDrawer>
  )
}
