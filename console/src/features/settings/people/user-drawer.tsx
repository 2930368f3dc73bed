import { PasswordInput, SegmentedControl, Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ask, askTagged, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { User } from '../../../api/schemas.js'
import { done } from '../../../feedback/toast.js'
import { LoadingDrawer, SettingsDrawer } from '../settings-drawer.js'
import { useRoleNames } from './roles.js'

interface UserDrawerProps {
  /** Null: a new one. */
  id: string | null
  mayWrite: boolean
  onClose: () => void
}

export function UserDrawer({ id, mayWrite, onClose }: UserDrawerProps) {
  const user = useQuery({
    queryKey: ['users', 'one', id],
    queryFn: ({ signal }) => askTagged(api.GET('/users/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (id !== null && user.data === undefined)
    return <LoadingDrawer title="User" error={user.error} retry={() => void user.refetch()} onClose={onClose} />
  return (
    <UserForm
      key={user.data?.etag ?? 'new'}
      user={(user.data?.data as User | undefined) ?? null}
      etag={user.data?.etag ?? ''}
      mayWrite={mayWrite}
      onClose={onClose}
    />
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
  const client = useQueryClient()
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
  const save = useMutation({
    mutationFn: ({ name, email, role, kind, active, password }: typeof form.values) => {
      const header = { 'idempotency-key': newIdempotencyKey() }
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
    onSuccess: () => {
      done(user === null ? 'The user is made.' : 'The user is saved.')
      void client.invalidateQueries({ queryKey: ['users'] })
      onClose()
    },
    onError: (error) => form.setErrors(formFaults(error, FIELDS).fields),
  })
  const { kind } = form.values
  return (
    <SettingsDrawer
      title={user === null ? 'Create User' : user.name}
      onClose={onClose}
      onSubmit={mayWrite ? form.onSubmit((values) => save.mutate(values)) : undefined}
      submit={user === null ? 'Create User' : 'Save'}
      saving={save.isPending}
      fault={save.error === null ? null : formFaults(save.error, FIELDS).rest}
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
