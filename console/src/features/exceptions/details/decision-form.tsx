import { Alert, Button, Group, Kbd, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { formFaults } from '../../../api/problem.js'
import type { Exception } from '../../../api/schemas.js'
import { standingText } from '../standing-text.js'
import { useDecide } from '../use-decide.js'

interface DecisionFormProps {
  exception: Exception
  decision: 'approve' | 'deny'
  /** Whether it is still this person's to decide: somebody may be quicker, or it ends meanwhile. */
  mayDecide: boolean
  onClose: () => void
  onDecided: () => void
}

/** Approve or deny, with what there is to say about it. */
export function DecisionForm({ exception, decision, mayDecide, onClose, onDecided }: DecisionFormProps) {
  const [comment, setComment] = useState('')
  const [missing, setMissing] = useState(false)
  const decide = useDecide()
  const approves = decision === 'approve'
  if (!mayDecide && (decide.isIdle || decide.isError))
    return <Overtaken exception={exception} comment={comment} onClose={onClose} />

  const faults = decide.error === null ? null : formFaults(decide.error, ['comment'])
  const send = () => {
    if (decide.isPending) return
    if (!approves && comment.trim() === '') return setMissing(true)
    decide.mutate(
      { exceptionId: exception.id, decision, comment, step: exception.approval.currentStep },
      { onSuccess: onDecided },
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
            onClose()
          }
        }}
        error={missing ? 'A denial needs a comment.' : (faults?.fields['comment'] ?? faults?.rest ?? null)}
      />
      <Group justify="flex-end" gap="xs">
        <Text size="xs" c="dimmed" visibleFrom="sm">
          <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd>
        </Text>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color={approves ? 'teal.9' : 'red.9'} onClick={send} loading={decide.isPending}>
          {approves ? 'Approve' : 'Deny'}
        </Button>
      </Group>
    </Stack>
  )
}

/** In the form's place when there is nothing to decide any more. What was written stays, to be copied. */
function Overtaken({ exception, comment, onClose }: { exception: Exception; comment: string; onClose: () => void }) {
  return (
    <Stack gap="xs">
      <Alert color="orange" role="alert" py="xs" title="It does not wait for you any more">
        {standingText(exception)} Your decision was not taken.
      </Alert>
      {comment !== '' && <Textarea label="What you wrote" autosize maxRows={6} readOnly value={comment} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  )
}
