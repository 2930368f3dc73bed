import { Button, Group, Modal, Text } from '@mantine/core'
import { useSyncExternalStore } from 'react'
import { onSessionGate, openSessionGate, sessionHasEnded } from '../api/session-gate.js'
import { useMe } from './me.js'
import { SignInForm } from './sign-in-form.js'

/** Stands in front of the page when the session has ended; behind it everything stays as it was left. */
export function SignInAgain() {
  const me = useMe()
  const ended = useSyncExternalStore(onSessionGate, sessionHasEnded)
  const signedIn = (userId: string) => {
    // Somebody else must not find what this person had open.
    if (userId === me.id) openSessionGate(true)
    else location.assign('/')
  }
  return (
    <Modal
      opened={ended}
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your session has ended"
      centered
      zIndex={1000}
    >
      <Text size="sm" mb="md">
        Sign in again to go on. Nothing that you have typed is lost.
      </Text>
      <SignInForm email={me.email ?? ''} onSignedIn={signedIn} />
      <Group justify="center" mt="sm">
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            openSessionGate(false)
            location.assign('/')
          }}
        >
          Sign in as somebody else
        </Button>
      </Group>
    </Modal>
  )
}
