import { Badge, Button, Group, Modal, Paper, Stack, Table, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '../../api/problem.js'
import type { Exception } from '../../api/schemas.js'
import { useMe } from '../../session/me.js'
import { countOf } from '../../table/count-text.js'
import { rightsTo } from './exception-actions.js'
import { decide } from './use-decide.js'

interface BulkBarProps {
  selected: readonly Exception[]
  onDone: () => void
}

interface Outcome {
  exception: Exception
  /** Null: it was done. */
  fault: string | null
}

/** Decides many requests at once, each for itself, and tells of each what came of it. */
export function BulkBar({ selected, onDone }: BulkBarProps) {
  const me = useMe()
  const [asked, setAsked] = useState<'approve' | 'deny' | null>(null)
  const mine = selected.filter((exception) => rightsTo(exception, me).decide)
  return (
    <>
      <Paper
        withBorder
        shadow="md"
        px="md"
        py="xs"
        pos="fixed"
        bottom={44}
        left="50%"
        style={{ transform: 'translateX(-50%)', zIndex: 90 }}
        role="region"
        aria-label="Selected requests"
      >
        <Group gap="sm" wrap="nowrap">
          <Text size="sm">
            {selected.length} selected{mine.length === selected.length ? '' : `, ${mine.length} wait for you`}
          </Text>
          <Button size="compact-sm" color="teal.9" disabled={mine.length === 0} onClick={() => setAsked('approve')}>
            Approve
          </Button>
          <Button
            size="compact-sm"
            variant="light"
            color="red"
            disabled={mine.length === 0}
            onClick={() => setAsked('deny')}
          >
            Deny
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={onDone}>
            Clear
          </Button>
        </Group>
      </Paper>
      {asked !== null && (
        <BulkDecision
          decision={asked}
          exceptions={mine}
          onClose={(done) => {
            setAsked(null)
            if (done) onDone()
          }}
        />
      )}
    </>
  )
}

interface BulkDecisionProps {
  decision: 'approve' | 'deny'
  exceptions: readonly Exception[]
  onClose: (done: boolean) => void
}

function BulkDecision({ decision, exceptions, onClose }: BulkDecisionProps) {
  const client = useQueryClient()
  const [comment, setComment] = useState('')
  const [outcomes, setOutcomes] = useState<Outcome[]>([])
  // As they were when somebody asked: the list under it goes on.
  const [those] = useState(exceptions)
  const run = useMutation({
    mutationFn: async () => {
      for (const exception of those) {
        const fault = await decide({
          exceptionId: exception.id,
          decision,
          comment,
          step: exception.approval.currentStep,
        }).then(
          () => null,
          (error: unknown) => messageOf(error),
        )
        setOutcomes((before) => [...before, { exception, fault }])
      }
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['exceptions'] })
      void client.invalidateQueries({ queryKey: ['approvals'] })
    },
  })
  const word = decision === 'approve' ? 'Approve' : 'Deny'
  const begun = run.isPending || run.isSuccess
  const missing = decision === 'deny' && comment.trim() === ''
  return (
    <Modal
      opened
      onClose={() => onClose(begun)}
      title={`${word} ${countOf(those.length, 'request')}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        {!begun && (
          <>
            <Text size="sm">
              A decision cannot be changed.
              {decision === 'approve' ? ' An approved exception can still be deactivated.' : ''}
            </Text>
            <Textarea
              label={decision === 'deny' ? 'Why' : 'Comment (optional)'}
              description={decision === 'deny' ? 'Every requester reads it.' : undefined}
              withAsterisk={decision === 'deny'}
              data-autofocus
              autosize
              minRows={2}
              maxLength={4_000}
              value={comment}
              onChange={({ currentTarget }) => setComment(currentTarget.value)}
            />
          </>
        )}
        <Table withRowBorders={false} aria-label="Requests">
          <Table.Tbody>
            {those.map((exception) => {
              const outcome = outcomes.find(({ exception: { id } }) => id === exception.id)
              return (
                <Table.Tr key={exception.id}>
                  <Table.Td>{exception.name}</Table.Td>
                  <Table.Td ta="right">
                    {outcome === undefined ? (
                      begun ? (
                        <Text size="xs" c="dimmed">
                          waiting …
                        </Text>
                      ) : null
                    ) : outcome.fault === null ? (
                      <Badge color={decision === 'approve' ? 'teal' : 'red'}>
                        {decision === 'approve' ? 'Approved' : 'Denied'}
                      </Badge>
                    ) : (
                      <Text size="xs" c="var(--mantine-color-error)">
                        {outcome.fault}
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
        <Group justify="flex-end">
          {begun ? (
            <Button onClick={() => onClose(true)} loading={run.isPending}>
              Close
            </Button>
          ) : (
            <>
              <Button variant="default" onClick={() => onClose(false)}>
                Cancel
              </Button>
              <Button
                color={decision === 'approve' ? 'teal.9' : 'red.9'}
                disabled={missing}
                onClick={() => run.mutate()}
              >
                {word}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
