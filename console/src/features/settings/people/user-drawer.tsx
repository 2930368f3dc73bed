import { PasswordInput, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, ask, askTagged } from '../../../api/client.js'
import type { User } from '../../../api/schemas.js'
import { TokensList } from '../../account/tokens-list.js'
import { OpenedDrawer } from '../opened-drawer.js'
import { SettingsDrawer } from '../settings-drawer.js'
import { useSave } from '../use-save.js'
import { useRoleNames } from './roles.js'

interface UserDrawerProps {
  /** Null: a new one. */
  id: string | null
  mayWrite: boolean
  onClose: () => void
}

export function UserDrawer({ id, mayWrite, onClose }: UserDrawerProps) {
  return (
    <OpenedDrawer
      kind="users"
      id={id}
      title="User"
      read={(one, signal) => askTagged<User>(api.GET('/users/{id}', { params: { path: { id: one } }, signal }))}
      onClose={onClose}
    >
      {(user, etag) => <UserForm user={user} etag={etag} mayWrite={mayWrite} onClose={onClose} />}
    </OpenedDrawer>
  )
}

const FIELDS = ['name', 'email', 'role', 'password', 'active', 'kind']

interface UserFormProps {
  user: User | null
  etag: string
  mayWrite: boolean
  onClose: () => void
}

function UserForm({ user, etag, mayWrite, onClose }: UserFormProps) {
  const roles = useRoleNames()
  const form = useForm({
    initialValues: {
      name: user?.name ?? '',
      email: user?.email ?? '',
      role: user?.role ?? null,
      kind: user?.kind ?? 'person',
      active: user?.active ?? true,
      password: '',
    },
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name.' : null),
      role: (value) => (value === null ? 'Choose a role.' : null),
      email: (value, { kind }) => (kind === 'person' && value.trim() === '' ? 'Enter an email address.' : null),
      password: (value, { kind }) =>
        user === null && kind === 'person' && value === '' ? 'Enter a first password.' : null,
    },
  })
  const { drawer } = useSave({
    form,
    fields: FIELDS,
    mayWrite,
    send: ({ name, email, role, kind, active, password }, header): Promise<unknown> => {
      const common = {
        name: name.trim(),
        role: role ?? '',
        active,
        ...(kind === 'person' && email.trim() !== (user?.email ?? '') ? { email: email.trim() } : {}),
        ...(password === '' ? {} : { password }),
      }
      return user === null
        ? ask(api.POST('/users', { params: { header }, body: { ...common, kind } as never }))
        : ask(
            api.PATCH('/users/{id}', {
              params: { path: { id: user.id }, header: { ...header, 'if-match': etag } },
              body: common,
            }),
          )
    },
    message: user === null ? 'The user is made.' : 'The user is saved.',
    kind: 'users',
    onSaved: onClose,
  })
  const { kind } = form.values
  return (
    <SettingsDrawer
      title={user === null ? 'Create User' : user.name}
      onClose={onClose}
      submit={user === null ? 'Create User' : 'Save'}
      {...drawer}
      after={
        user?.kind === 'service' &&
        mayWrite && (
          <Stack gap="sm" mt="xl" component="section" aria-label="Access tokens">
            <Text fw={600}>Access tokens</Text>
            <TokensList owner={user} />
          </Stack>
        )
      }
    >
      {user === null && (
        <SegmentedControl
          aria-label="Kind"
          data={[
            { value: 'person', label: 'Person' },
            { value: 'service', label: 'Service' },
          ]}
          {...form.getInputProps('kind')}
        />
      )}
      <TextInput
        label="Name"
        withAsterisk
        data-autofocus
        maxLength={200}
        readOnly={!mayWrite}
        {...form.getInputProps('name')}
      />
      {kind === 'person' && (
        <TextInput
          label="Email address"
          type="email"
          withAsterisk
          autoComplete="off"
          readOnly={!mayWrite}
          {...form.getInputProps('email')}
        />
      )}
      <Select
        label="Role"
        withAsterisk
        searchable
        data={roles}
        readOnly={!mayWrite}
        allowDeselect={false}
        {...form.getInputProps('role')}
      />
      {kind === 'person' && mayWrite && (
        <PasswordInput
          label={user === null ? 'First password' : 'New password'}
          description={
            user === null ? undefined : 'Leave it empty to keep the one they have. A new one ends their sessions.'
          }
          autoComplete="new-password"
          withAsterisk={user === null}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
      )}
      {user !== null && (
        <Switch
          label="Active"
          description="Who is deactivated cannot sign in and approves nothing more."
          disabled={!mayWrite}
          {...form.getInputProps('active', { type: 'checkbox' })}
        />
      )}
    </SettingsDrawer>
  )
}
