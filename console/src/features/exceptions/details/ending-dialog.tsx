import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { Exception } from '../../../api/schemas.js'
import { done } from '../../../feedback/toast.js'
import { countOf } from '../../../table/count-text.js'

interface EndingDialogProps {
  exception: Exception
  act: 'deactivate' | 'withdraw'
  onClose: () => void
}

/** Asks once before what cannot be undone. */
export function EndingDialog({ exception, act, onClose }: EndingDialogProps) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const { id, instanceCount } = exception
  const deactivates = act === 'deactivate'
  const end = useMutation({
    mutationFn: async () => {
      const params = { path: { id }, header: { 'idempotency-key': newIdempotencyKey() } }
      const text = reason.trim()
      if (deactivates) await ask(api.POST('/exceptions/{id}/deactivate', { params, body: { reason: text } }))
      else await ask(api.POST('/exceptions/{id}/withdraw', { params, body: text === '' ? {} : { reason: text } }))
    },
    onSuccess: () => {
      done(deactivates ? 'The exception is deactivated.' : 'The request is withdrawn.')
      void client.invalidateQueries({ queryKey: ['exceptions'] })
      onClose()
    },
  })
  const faults = end.error === null ? null : formFaults(end.error, ['reason'])
  const send = () => {
    if (deactivates && reason.trim() === '') return setMissing(true)
    end.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={deactivates ? 'Deactivate this exception?' : 'Withdraw this request?'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm">
          {deactivates
            ? `This cannot be undone. ${countOf(instanceCount, 'instance')} will be uncovered at once, unless another exception covers them.`
            : 'This cannot be undone. Nobody decides it any more; you can request it again.'}
        </Text>
        <Textarea
          label={deactivates ? 'Reason' : 'Reason (optional)'}
          withAsterisk={deactivates}
          data-autofocus
          autosize
          minRows={2}
          maxLength={4_000}
          value={reason}
          onChange={({ currentTarget }) => {
            setReason(currentTarget.value)
            setMissing(false)
          }}
          error={missing ? 'Say why it ends.' : (faults?.fields['reason'] ?? faults?.rest ?? null)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red.9" onClick={send} loading={end.isPending}>
            {deactivates ? 'Deactivate' : 'Withdraw'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
