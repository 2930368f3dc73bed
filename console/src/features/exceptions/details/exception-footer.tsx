import { Button, Group, Kbd, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { formFaults } from '../../../api/problem.js'
import type { Exception } from '../../../api/schemas.js'
import { useKeys } from '../../../shell/keys.js'
import type { ExceptionRights } from '../exception-actions.js'
import { useDecide } from '../use-decide.js'
import { EndingDialog } from './ending-dialog.js'
import { HandOverDialog } from './hand-over-dialog.js'

interface ExceptionFooterProps {
  exception: Exception
  rights: ExceptionRights
  onDecided: (word: string) => void
}

/** What this person can do to it now, and nothing else. */
export function ExceptionFooter({ exception, rights, onDecided }: ExceptionFooterProps) {
  const [dialog, setDialog] = useState<'deactivate' | 'withdraw' | 'handOver' | null>(null)
  const [deciding, setDeciding] = useState<'approve' | 'deny' | null>(null)
  useKeys(
    rights.decide
      ? [
          { keys: 'a', does: 'Approve …', group: 'Decision', run: () => setDeciding('approve') },
          { keys: 'd', does: 'Deny …', group: 'Decision', run: () => setDeciding('deny') },
        ]
      : [],
  )
  const others = (
    <>
      {rights.withdraw && (
        <Button variant="default" onClick={() => setDialog('withdraw')}>
          Withdraw
        </Button>
      )}
      {rights.deactivate && (
        <Button variant="light" color="red" onClick={() => setDialog('deactivate')}>
          Deactivate
        </Button>
      )}
      {rights.handOver && (
        <Button variant="default" onClick={() => setDialog('handOver')}>
          Hand over
        </Button>
      )}
    </>
  )
  if (!rights.decide && !rights.withdraw && !rights.deactivate && !rights.handOver) return null
  return (
    <>
      {rights.decide && deciding !== null ? (
        <DecisionForm
          key={deciding}
          exception={exception}
          decision={deciding}
          onCancel={() => setDeciding(null)}
          onDecided={onDecided}
        />
      ) : (
        <Group justify="space-between">
          <Group gap="xs">{others}</Group>
          {rights.decide && (
            <Group gap="xs">
              <Button
                variant="light"
                color="red"
                onClick={() => setDeciding('deny')}
                rightSection={<Kbd size="xs">d</Kbd>}
              >
                Deny
              </Button>
              <Button color="teal.9" onClick={() => setDeciding('approve')} rightSection={<Kbd size="xs">a</Kbd>}>
                Approve
              </Button>
            </Group>
          )}
        </Group>
      )}
      {(dialog === 'deactivate' || dialog === 'withdraw') && (
        <EndingDialog exception={exception} act={dialog} onClose={() => setDialog(null)} />
      )}
      {dialog === 'handOver' && <HandOverDialog exception={exception} onClose={() => setDialog(null)} />}
    </>
  )
}

interface DecisionFormProps {
  exception: Exception
  decision: 'approve' | 'deny'
  onCancel: () => void
  onDecided: (word: string) => void
}

function DecisionForm({ exception, decision, onCancel, onDecided }: DecisionFormProps) {
  const [comment, setComment] = useState('')
  const [missing, setMissing] = useState(false)
  const decide = useDecide()
  const faults = decide.error === null ? null : formFaults(decide.error, ['comment'])
  const approves = decision === 'approve'
  const send = () => {
    if (decide.isPending) return
    if (!approves && comment.trim() === '') return setMissing(true)
    decide.mutate(
      { exceptionId: exception.id, decision, comment, step: exception.approval.currentStep },
      { onSuccess: () => onDecided(approves ? 'Approved' : 'Denied') },
    )
  }
  return (
    <Stack gap="xs">
      <Textarea
        label={approves ? 'Comment (optional)' : 'Why is it denied?'}
        description={
          approves
            ? 'A decision cannot be changed. An approved exception can still be deactivated.'
            : 'The requester reads it. A decision cannot be changed.'
        }
        autoFocus
        autosize
        minRows={1}
        maxRows={6}
        maxLength={4_000}
        value={comment}
        onChange={({ currentTarget }) => {
          setComment(currentTarget.value)
          setMissing(false)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send()
          if (event.key === 'Escape') {
            event.stopPropagation()
            onCancel()
          }
        }}
        error={missing ? 'A denial needs a comment.' : (faults?.fields['comment'] ?? faults?.rest ?? null)}
      />
      <Group justify="flex-end" gap="xs">
        <Text size="xs" c="dimmed" visibleFrom="sm">
          <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>
        </Text>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button color={approves ? 'teal.9' : 'red.9'} onClick={send} loading={decide.isPending}>
          {approves ? 'Approve' : 'Deny'}
        </Button>
      </Group>
    </Stack>
  )
}
