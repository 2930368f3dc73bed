import { Alert, Button, Center, Group, Loader, Stack } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'

interface SettingsDrawerProps {
  title: string
  onClose: () => void
  /** Absent: it can be looked at only. */
  onSubmit?: FormEventHandler<HTMLFormElement> | undefined
  submit?: string
  saving?: boolean
  /** What was refused and belongs to no field. */
  fault?: string | null
  tools?: ReactNode
  size?: number
  children: ReactNode
}

/** One setting in a form. */
export function SettingsDrawer(props: SettingsDrawerProps) {
  const { title, onClose, onSubmit, submit = 'Save', saving = false, fault = null, tools, size = 600, children } = props
  return (
    <DetailsDrawer
      title={title}
      onClose={onClose}
      size={size}
      footer={
        <Group justify="space-between">
          <Group gap="xs">{tools}</Group>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {onSubmit === undefined ? 'Close' : 'Cancel'}
            </Button>
            {onSubmit !== undefined && (
              <Button type="submit" form="settings-form" loading={saving}>
                {submit}
              </Button>
            )}
          </Group>
        </Group>
      }
    >
      <form id="settings-form" onSubmit={onSubmit ?? ((event) => event.preventDefault())} noValidate>
        <Stack gap="md">
          {fault !== null && (
            <Alert color="red" role="alert" py="xs">
              {fault}
            </Alert>
          )}
          {children}
        </Stack>
      </form>
    </DetailsDrawer>
  )
}

interface LoadingDrawerProps {
  title: string
  error: unknown
  retry: () => void
  onClose: () => void
}

/** Stands where a setting is while it is read. */
export function LoadingDrawer({ title, error, retry, onClose }: LoadingDrawerProps) {
  return (
    <DetailsDrawer title={title} onClose={onClose} size={600}>
      {error === null ? (
        <Center py="xl">
          <Loader role="status" aria-label="Loading" />
        </Center>
      ) : (
        <ProblemNotice error={error} retry={retry} />
      )}
    </DetailsDrawer>
  )
}
