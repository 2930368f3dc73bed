import { Alert, Button, Group, Stack } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'
import { DetailsDrawer } from '../../drawer/details-drawer.js'

export const SETTINGS_SIZE = 600

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
  /** Below the form and no part of it. */
  after?: ReactNode
}

/** One setting in a form. */
export function SettingsDrawer(props: SettingsDrawerProps) {
  const { title, onClose, onSubmit, submit = 'Save', saving = false, fault = null } = props
  const { tools, size = SETTINGS_SIZE, children, after } = props
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
      {after}
    </DetailsDrawer>
  )
}
