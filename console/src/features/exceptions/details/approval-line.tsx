import { Text, Timeline } from '@mantine/core'
import { IconCheck, IconClock, IconRobot, IconSend, IconX } from '@tabler/icons-react'
import type { Exception } from '../../../api/schemas.js'
import { useMe } from '../../../session/me.js'
import { countOf } from '../../../table/count-text.js'
import { Time } from '../../../time/time.js'
import { statusWord } from '../status.js'
import classes from './details.module.css'

/** The way from the request through its steps, drawn as a line: who, what, when, and what they said. */
export function ApprovalLine({ exception }: { exception: Exception }) {
  const me = useMe()
  const { approval, status, requestedBy, requestedAt, appliedSince, waitingFor } = exception
  const name = (person: { id: string; name: string }) => (person.id === me.id ? `${person.name} (you)` : person.name)
  const decided = approval.steps.filter(({ decision }) => decision !== null).length
  const ends = status !== 'pendingApproval'

  return (
    <Timeline active={appliedSince !== null ? 99 : decided} bulletSize={22} lineWidth={2} color="teal.8">
      <Timeline.Item bullet={<IconSend size={12} />} title={`Requested by ${name(requestedBy)}`}>
        <Text size="xs" c="dimmed">
          <Time at={requestedAt} />
        </Text>
      </Timeline.Item>
      {approval.type === 'autoPilot' && (
        <Timeline.Item bullet={<IconRobot size={13} />} title="Approved at once by Auto Pilot">
          <Text size="xs" c="dimmed">
            The rule of the requester’s role asks nobody.
          </Text>
        </Timeline.Item>
      )}
      {approval.steps.map((step) => {
        const { index, approver, assigned, decision, decidedAt, decidedBy, comment } = step
        const turn = waitingFor !== null && index === approval.currentStep
        const by = decidedBy !== null && decidedBy.id !== approver.id ? decidedBy : approver
        const title =
          decision === 'approved'
            ? `Approved by ${name(by)}`
            : decision === 'denied'
              ? `Denied by ${name(by)}`
              : turn
                ? `Waiting for ${name(approver)}`
                : name(approver)
        return (
          <Timeline.Item
            key={index}
            title={title}
            {...(decision === 'denied' ? { color: 'red.8' } : {})}
            bullet={
              decision === 'approved' ? (
                <IconCheck size={13} />
              ) : decision === 'denied' ? (
                <IconX size={13} />
              ) : (
                <IconClock size={13} />
              )
            }
            lineVariant={decision === null ? 'dashed' : 'solid'}
          >
            <Text size="xs" c="dimmed">
              Step {index + 1} of {approval.steps.length}
              {decidedAt !== null && (
                <>
                  {' · '}
                  <Time at={decidedAt} />
                </>
              )}
              {decision === null && !turn && (ends ? ' · not asked' : ' · comes later')}
              {assigned !== null && ` · assigned by ${assigned.rule === null ? 'the fallback' : `“${assigned.rule}”`}`}
              {step.evidenceIds.length > 0 && ` · saw ${countOf(step.evidenceIds.length, 'file')}`}
            </Text>
            {comment !== null && (
              <Text size="sm" mt={4} className={classes.prose ?? ''}>
                {comment}
              </Text>
            )}
          </Timeline.Item>
        )
      })}
      {appliedSince !== null && (
        <Timeline.Item
          bullet={<IconCheck size={13} />}
          title={status === 'active' ? 'Active' : `Was active, now ${statusWord(status)}`}
        >
          <Text size="xs" c="dimmed">
            Since <Time at={appliedSince} />
          </Text>
        </Timeline.Item>
      )}
    </Timeline>
  )
}
