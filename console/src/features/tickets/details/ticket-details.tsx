import { Alert, Anchor, Code, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Severity, Ticket } from '../../../api/schemas.js'
import { useMay } from '../../../session/me.js'
import { SEVERITIES } from '../../../severity/severity.js'
import { SeverityBar } from '../../../severity/severity-bar.js'
import { countOf } from '../../../table/count-text.js'
import { Time } from '../../../time/time.js'
import { Facts, Section } from '../../instances/details/facts.js'
import { dayText } from '../day-text.js'
import { Due } from '../due.js'

const GROUPS = { ownerAndComponent: 'owner and component', asset: 'asset', vulnerability: 'vulnerability' } as const

/** What is to be resolved, by whom, until when. */
export function TicketDetails({ ticket }: { ticket: Ticket }) {
  const mayOpen = useMay('instances.read')
  const { counts, external, group, originalDueDate, dueDate, deferredBy, waitingRequest } = ticket
  const exact = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, { value: counts.bySeverity[severity], exact: true }]),
  ) as Record<Severity, { value: number; exact: true }>
  return (
    <Stack gap="lg">
      {deferredBy !== null && (
        <Alert color="blue" py="xs" title="Deferred">
          An exception has moved the due date.{' '}
          <Anchor component={Link} to={`/exceptions/${deferredBy}`} size="sm">
            Open it
          </Anchor>
        </Alert>
      )}
      {waitingRequest !== null && (
        <Alert color="yellow" py="xs" title="A request waits for its reviewer">
          Until it is decided nothing else can be asked for.{' '}
          <Anchor component={Link} to={`/exceptions/${waitingRequest}`} size="sm">
            Open it
          </Anchor>
        </Alert>
      )}
      <Section title="Details">
        <Facts
          facts={[
            ['Owner', ticket.owner.name],
            ['Due date', <Due key="due" ticket={ticket} />],
            ['Set by', dueDate === null ? null : ticket.dueDateBy === 'policy' ? 'The policy' : 'A person'],
            [
              'Original due date',
              originalDueDate === null || originalDueDate === dueDate ? null : dayText(originalDueDate),
            ],
            ['Opened', <Time key="opened" at={ticket.createdAt} />],
            ['Done', ticket.doneAt === null ? null : <Time key="done" at={ticket.doneAt} />],
            ['Groups by', group === null ? null : GROUPS[group.by]],
            ['Kept in', external === null ? null : <External key="external" external={external} />],
          ]}
        />
      </Section>
      <Section title="Instances">
        {counts.asOf === null ? (
          <Text size="sm" c="dimmed">
            They are being counted.
          </Text>
        ) : (
          <>
            <Text size="sm" mb={8} className="figures">
              {countOf(ticket.instanceCount, 'open instance')}
              {counts.closed === 0 ? '' : `, ${countOf(counts.closed, 'closed one', 'closed ones')}`}. The list is
              dynamic and changes with the data.
            </Text>
            {ticket.instanceCount > 0 && <SeverityBar counts={exact} label="Its instances by severity" />}
          </>
        )}
        <Code block mt="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {ticket.expression}
        </Code>
        {mayOpen && (
          <Anchor
            component={Link}
            to="/instances"
            search={{ filter: ticket.expression } as never}
            size="sm"
            mt={6}
            display="inline-block"
          >
            Open in Vulnerability Instances
          </Anchor>
        )}
      </Section>
    </Stack>
  )
}

function External({ external: { source, key, url } }: { external: NonNullable<Ticket['external']> }) {
  const name = `${source} ${key}`
  // What another system sent is opened only where it is plainly a web address.
  return url !== null && /^https?:\/\//i.test(url) ? (
    <Anchor href={url} target="_blank" rel="noopener noreferrer nofollow" size="sm">
      {name}
    </Anchor>
  ) : (
    name
  )
}
