import { Badge, Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconUserShield } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ask, askTagged, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { Permission, Role } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { done } from '../../../feedback/toast.js'
import { useMay } from '../../../session/me.js'
import { LoadingDrawer, SettingsDrawer } from '../settings-drawer.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { PERMISSION_WORDS, PERMISSIONS } from './permission-words.js'
import { rolesQuery } from './roles.js'

/** What each role lets one do. */
export function RolesSection() {
  const { edit, open, close } = useEditing()
  const mayWrite = useMay('users.manage')
  const { data, error, refetch } = useQuery(rolesQuery)
  return (
    <>
      <SettingsList
        title="Roles"
        text="A user has one role. Built-in roles cannot be changed. To request exceptions a role also needs a rule."
        create={mayWrite ? 'Create Role' : undefined}
        onCreate={() => open('new')}
        rows={data}
        rowId={({ name }) => name}
        rowName={({ name }) => name}
        onOpen={({ name }) => open(name)}
        error={error}
        retry={() => void refetch()}
        columns={[
          { label: 'Name', cell: ({ name }) => name },
          {
            label: 'Permissions',
            cell: ({ permissions }) => (
              <Text size="sm" lineClamp={2}>
                {permissions.length === PERMISSIONS.length ? 'Everything' : permissions.join(', ')}
              </Text>
            ),
          },
          {
            label: 'Kind',
            cell: ({ builtIn }) => (builtIn ? <Badge color="gray">Built in</Badge> : 'Own'),
          },
        ]}
        empty={<EmptyState icon={IconUserShield} title="No roles" text="Make one for each kind of work." />}
      />
      {edit !== undefined && (
        <RoleDrawer key={edit} name={edit === 'new' ? null : edit} mayWrite={mayWrite} onClose={close} />
      )}
    </>
  )
}

interface RoleDrawerProps {
  name: string | null
  mayWrite: boolean
  onClose: () => void
}

function RoleDrawer({ name, mayWrite, onClose }: RoleDrawerProps) {
  const role = useQuery({
    queryKey: ['roles', 'one', name],
    queryFn: ({ signal }) => askTagged(api.GET('/roles/{name}', { params: { path: { name: name ?? '' } }, signal })),
    enabled: name !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (name !== null && role.data === undefined)
    return <LoadingDrawer title="Role" error={role.error} retry={() => void role.refetch()} onClose={onClose} />
  const found = (role.data?.data as Role | undefined) ?? null
  return (
    <RoleForm
      key={role.data?.etag ?? 'new'}
      role={found}
      etag={role.data?.etag ?? ''}
      mayWrite={mayWrite && found?.builtIn !== true}
      onClose={onClose}
    />
  )
}

const FIELDS = ['name', 'permissions']

function RoleForm({
  role,
  etag,
  mayWrite,
  onClose,
}: Omit<RoleDrawerProps, 'name'> & { role: Role | null; etag: string }) {
  const client = useQueryClient()
  const form = useForm({
    initialValues: { name: role?.name ?? '', permissions: [...(role?.permissions ?? [])] as string[] },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name.' : null) },
  })
  const save = useMutation({
    mutationFn: ({ name, permissions }: typeof form.values) => {
      const header = { 'idempotency-key': newIdempotencyKey() }
      const granted = permissions as Permission[]
      return role === null
        ? ask(api.POST('/roles', { params: { header }, body: { name: name.trim(), permissions: granted } }))
        : ask(
            api.PATCH('/roles/{name}', {
              params: { path: { name: role.name }, header: { ...header, 'if-match': etag } },
              body: { permissions: granted },
            }),
          )
    },
    onSuccess: () => {
      done(role === null ? 'The role is made.' : 'The role is saved.')
      void client.invalidateQueries({ queryKey: ['roles'] })
      onClose()
    },
    onError: (error) => form.setErrors(formFaults(error, FIELDS).fields),
  })
  return (
    <SettingsDrawer
      title={role === null ? 'Create Role' : role.name}
      onClose={onClose}
      onSubmit={mayWrite ? form.onSubmit((values) => save.mutate(values)) : undefined}
      submit={role === null ? 'Create Role' : 'Save'}
      saving={save.isPending}
      fault={save.error === null ? null : formFaults(save.error, FIELDS).rest}
    >
      {role === null && (
        <TextInput label="Name" withAsterisk data-autofocus maxLength={64} {...form.getInputProps('name')} />
      )}
      {role?.builtIn === true && (
        <Text size="sm" c="dimmed">
          A built-in role cannot be changed.
        </Text>
      )}
      <Checkbox.Group label="Permissions" {...form.getInputProps('permissions')}>
        <Stack gap={8} mt={6}>
          {PERMISSIONS.map((permission) => (
            <Checkbox
              key={permission}
              value={permission}
              label={PERMISSION_WORDS[permission]}
              description={permission}
              disabled={!mayWrite}
            />
          ))}
        </Stack>
      </Checkbox.Group>
    </SettingsDrawer>
  )
}
