import { Alert, Anchor, Box, Code, Group, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Exception } from '../../../api/schemas.js'
import { Impact } from '../../../query-editor/impact.js'
import { useMay } from '../../../session/me.js'
import { countOf } from '../../../table/count-text.js'
import { Time } from '../../../time/time.js'
import { expirationText } from '../expiration-text.js'
import { wordOfUseCase } from '../use-case.js'
import { ApprovalLine } from './approval-line.js'
import classes from './details.module.css'

/** What was asked for and why, where it stands, and what it covers. */
export function General({ exception }: { exception: Exception }) {
  const mayReadInstances = useMay('instances.read')
  const { query, inForce, ended } = exception
  return (
    <Stack gap="lg">
      {inForce !== null && (
        <Alert color="teal" icon={<IconCircleCheck size={18} />} py="xs" title="In force">
          {countOf(inForce.instances, 'instance')} covered, since <Time at={inForce.since} />. As of{' '}
          <Time at={inForce.asOf} as="ago" />.
        </Alert>
      )}
      {ended !== null && (
        <Alert color="gray" py="xs" title={ended.by === null ? 'It has ended' : `Ended by ${ended.by.name}`}>
          <Time at={ended.at} />
          {ended.reason === null ? '' : `: ${ended.reason}`}
        </Alert>
      )}
      <Section title="Approval">
        <ApprovalLine exception={exception} />
      </Section>
      <Section title="Justification">
        <Text size="sm" className={classes.prose ?? ''}>
          {exception.justification}
        </Text>
      </Section>
      <Section title="Details">
        <dl className={classes.facts}>
          <Fact label="Requested by">{exception.requestedBy.name}</Fact>
          <Fact label="Request date">
            <Time at={exception.requestedAt} />
          </Fact>
          <Fact label="Expiration">{expirationText(exception.expiration)}</Fact>
          <Fact label="Expiration date">
            <Time at={exception.expiresAt} />
          </Fact>
          <Fact label="Applied since">
            <Time at={exception.appliedSince} />
          </Fact>
          <Fact label="Effect">
            {exception.effect === 'suppress'
              ? 'Suppress: out of dashboards and workflows'
              : 'Defer: open, but not overdue'}
          </Fact>
          {exception.useCase !== null && <Fact label="Use case">{wordOfUseCase(exception.useCase)}</Fact>}
          <Fact label="Risk">Acknowledged by the requester</Fact>
          {exception.evidenceLink !== null && (
            <Fact label="Evidence link">
              <Anchor href={exception.evidenceLink} target="_blank" rel="noopener noreferrer nofollow" size="sm">
                {exception.evidenceLink}
              </Anchor>
            </Fact>
          )}
        </dl>
      </Section>
      <Section title="Query">
        <Code block className={classes.query ?? ''}>
          {query.expression}
        </Code>
        <Group gap={6} mt={6} wrap="nowrap" c="dimmed">
          <IconLock size={14} aria-hidden />
          <Text size="xs">Kept as it was asked for, in {query.folder}. What it selects changes with the data.</Text>
        </Group>
        {mayReadInstances && (
          <Anchor
            component={Link}
            to="/instances"
            search={{ filter: query.expression } as never}
            size="sm"
            mt={6}
            display="inline-block"
          >
            Open in Vulnerability Instances
          </Anchor>
        )}
      </Section>
      {exception.status === 'pendingApproval' && mayReadInstances && (
        <Section title="What it would cover">
          <Impact expression={query.expression} except={exception.id} />
        </Section>
      )}
    </Stack>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" aria-label={title}>
      <Text component="h3" size="sm" fw={600} mb={8} mt={0}>
        {title}
      </Text>
      {children}
    </Box>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  )
}
