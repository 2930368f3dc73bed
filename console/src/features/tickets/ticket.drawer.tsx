import { Button, Group, Tabs, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import type { Ticket } from '../../api/schemas.js'
import { AwaitedDrawer } from '../../drawer/awaited-drawer.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { done, refused } from '../../feedback/toast.js'
import { useMe } from '../../session/me.js'
import { changedSearch, type SearchChange } from '../../table/changed-search.js'
import { numberText } from '../../table/count-text.js'
import { TicketDetails } from './details/ticket-details.js'
import { TicketExceptions } from './details/ticket-exceptions.js'
import { TicketUpdates } from './details/ticket-updates.js'
import { EditTicketForm } from './edit-ticket-form.js'
import { RequestForm } from './request-form.js'
import { rightsToTicket } from './ticket-actions.js'
import { ticketById } from './ticket-queries.js'
import { TicketStatus } from './ticket-status.js'
import { listPart, type TicketPart, type TicketsSearch } from './tickets-search.js'

/** A ticket with an address of its own. */
export function TicketDrawer() {
  const { id } = useParams({ from: '/tickets/$id' })
  const search = useSearch({ from: '/tickets' })
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(ticketById(id))
  const close = () => void navigate({ to: '/tickets', search: listPart(search) as never })
  if (data === undefined)
    return <AwaitedDrawer title="Ticket" error={error} retry={() => void refetch()} onClose={close} />
  const back = () => void navigate({ to: '.', search: (({ form: _, ...rest }: TicketsSearch) => rest) as never })
  if (search.form === 'request') return <RequestForm key={id} ticket={data.data} onBack={back} onClose={close} />
  if (search.form === 'edit')
    return <EditTicketForm key={id} ticket={data.data} etag={data.etag} onBack={back} onClose={close} />
  return <Details key={id} ticket={data.data} etag={data.etag} onClose={close} />
}

interface DetailsProps {
  ticket: Ticket
  etag: string
  onClose: () => void
}

function Details({ ticket, etag, onClose }: DetailsProps) {
  const { part = 'details' } = useSearch({ from: '/tickets' })
  const navigate = useNavigate()
  const change = (changes: SearchChange<TicketsSearch>, replace = false) =>
    void navigate({
      to: '.',
      search: ((before: TicketsSearch) => changedSearch(before, changes)) as never,
      replace,
    })
  return (
    <DetailsDrawer
      title={ticket.title}
      onClose={onClose}
      head={
        <Group gap="sm" mt={6}>
          <TicketStatus ticket={ticket} />
          <Text size="sm" c="dimmed">
            {ticket.owner.name}
          </Text>
        </Group>
      }
      footer={<Actions ticket={ticket} etag={etag} onForm={(form) => change({ form })} />}
    >
      <Tabs value={part} onChange={(next) => change({ part: next as TicketPart }, true)} keepMounted={false} mt={-8}>
        <Tabs.List mb="md">
          <Tabs.Tab value="details">Details</Tabs.Tab>
          <Tabs.Tab
            value="exceptions"
            rightSection={
              <Text span size="xs" c="dimmed" className="figures">
                {numberText(ticket.exceptions.length)}
              </Text>
            }
          >
            Exceptions
          </Tabs.Tab>
          <Tabs.Tab value="updates">Updates</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="details">
          <TicketDetails ticket={ticket} />
        </Tabs.Panel>
        <Tabs.Panel value="exceptions">
          <TicketExceptions ticket={ticket} />
        </Tabs.Panel>
        <Tabs.Panel value="updates">
          <TicketUpdates ticketId={ticket.id} />
        </Tabs.Panel>
      </Tabs>
    </DetailsDrawer>
  )
}

interface ActionsProps {
  ticket: Ticket
  etag: string
  onForm: (form: 'request' | 'edit') => void
}

function Actions({ ticket, etag, onForm }: ActionsProps) {
  const me = useMe()
  const client = useQueryClient()
  const rights = rightsToTicket(ticket, me)
  const set = useMutation({
    mutationFn: (status: Ticket['status']) =>
      ask(
        api.PATCH('/tickets/{id}', {
          params: {
            path: { id: ticket.id },
            header: { 'if-match': etag, 'idempotency-key': newIdempotencyKey() },
          },
          body: { status },
        }),
      ),
    onSuccess: ({ status }) => {
      done(status === 'done' ? 'The ticket is done.' : 'The ticket is open again.')
      void client.invalidateQueries({ queryKey: ['tickets'] })
    },
    onError: (error) => {
      refused(error)
      void client.invalidateQueries({ queryKey: ['tickets'] })
    },
  })
  const ends = ticket.waitingRequest !== null || ticket.deferredBy !== null
  const finish = () =>
    ends
      ? modals.openConfirmModal({
          title: 'Is it done?',
          children: <Text size="sm">Its exception ends with it: a request that waits is withdrawn.</Text>,
          labels: { confirm: 'It is done', cancel: 'Cancel' },
          onConfirm: () => set.mutate('done'),
        })
      : set.mutate('done')
  if (!Object.values(rights).some(Boolean)) return null
  return (
    <Group justify="space-between">
      <Group gap="xs">
        {rights.edit && (
          <Button variant="default" onClick={() => onForm('edit')}>
            Edit
          </Button>
        )}
      </Group>
      <Group gap="xs">
        {rights.finish && (
          <Button variant="default" loading={set.isPending} onClick={finish}>
            Mark as done
          </Button>
        )}
        {rights.reopen && (
          <Button variant="default" loading={set.isPending} onClick={() => set.mutate('open')}>
            Open again
          </Button>
        )}
        {rights.requestException && <Button onClick={() => onForm('request')}>Request Exception</Button>}
      </Group>
    </Group>
  )
}
