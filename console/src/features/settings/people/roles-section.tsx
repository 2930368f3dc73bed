import { Badge, Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconUserShield } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { api, ask, askTagged } from '../../../api/client.js'
import type { Permission, Role } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { useMay } from '../../../session/me.js'
import { OpenedDrawer } from '../opened-drawer.js'
import { SettingsDrawer } from '../settings-drawer.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { useSave } from '../use-save.js'
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
        <OpenedDrawer
          key={edit}
          kind="roles"
          id={edit === 'new' ? null : edit}
          title="Role"
          read={(name, signal) => askTagged<Role>(api.GET('/roles/{name}', { params: { path: { name } }, signal }))}
          onClose={close}
        >
          {(role, etag) => (
            <RoleForm role={role} etag={etag} mayWrite={mayWrite && role?.builtIn !== true} onClose={close} />
          )}
        </OpenedDrawer>
      )}
    </>
  )
}

const FIELDS = ['name', 'permissions']

interface RoleFormProps {
  role: Role | null
  etag: string
  mayWrite: boolean
  onClose: () => void
}

function RoleForm({ role, etag, mayWrite, onClose }: RoleFormProps) {
  const form = useForm({
    initialValues: { name: role?.name ?? '', permissions: [...(role?.permissions ?? [])] as string[] },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name.' : null) },
  })
  const { drawer } = useSave({
    form,
    fields: FIELDS,
    mayWrite,
    send: ({ name, permissions }, header): Promise<unknown> => {
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
    message: role === null ? 'The role is made.' : 'The role is saved.',
    kind: 'roles',
    onSaved: onClose,
  })
  return (
    <SettingsDrawer
      title={role === null ? 'Create Role' : role.name}
      onClose={onClose}
      submit={role === null ? 'Create Role' : 'Save'}
      {...drawer}
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
