import { Button, Group, Kbd } from '@mantine/core'
import { useState } from 'react'
import type { Exception } from '../../../api/schemas.js'
import { useKeys } from '../../../shell/keys.js'
import type { ExceptionRights } from '../exception-actions.js'
import { DecisionForm } from './decision-form.js'
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
  const nothing = !rights.decide && !rights.withdraw && !rights.deactivate && !rights.handOver
  if (nothing && deciding === null) return null
  return (
    <>
      {deciding !== null ? (
        <DecisionForm
          key={deciding}
          exception={exception}
          decision={deciding}
          mayDecide={rights.decide}
          onClose={() => setDeciding(null)}
          onDecided={() => {
            setDeciding(null)
            onDecided(deciding === 'approve' ? 'Approved' : 'Denied')
          }}
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
