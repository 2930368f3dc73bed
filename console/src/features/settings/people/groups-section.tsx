import { MultiSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { IconUsersGroup } from '@tabler/icons-react'
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask, askTagged } from '../../../api/client.js'
import type { Group, Page, User } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { useMay } from '../../../session/me.js'
import { Time } from '../../../time/time.js'
import { OpenedDrawer } from '../opened-drawer.js'
import { SettingsDrawer } from '../settings-drawer.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { usePages } from '../use-pages.js'
import { useSave } from '../use-save.js'

/** People who can be named together, as candidates of a step. */
export function GroupsSection() {
  const { edit, open, close } = useEditing()
  const mayWrite = useMay('users.manage')
  const list = usePages<Group>(
    ['groups', 'list'],
    (cursor, signal) =>
      ask(api.GET('/groups', { params: { query: { limit: 100, ...cursor } }, signal })) as Promise<Page<Group>>,
  )
  return (
    <>
      <SettingsList
        title="Groups"
        text="A group can be a candidate of a step: whoever asks then chooses one of its people."
        create={mayWrite ? 'Create Group' : undefined}
        onCreate={() => open('new')}
        rows={list.rows}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        onOpen={({ id }) => open(id)}
        error={list.error}
        retry={list.retry}
        more={list.more}
        columns={[
          { label: 'Name', cell: ({ name }) => name },
          { label: 'Members', align: 'right', cell: ({ members }) => members.length },
          { label: 'Made', cell: ({ createdAt }) => <Time at={createdAt} as="day" /> },
        ]}
        empty={
          <EmptyState
            icon={IconUsersGroup}
            title="No groups yet"
            text="Groups spare you to name the same people in every rule."
          />
        }
      />
      {edit !== undefined && (
        <OpenedDrawer
          key={edit}
          kind="groups"
          id={edit === 'new' ? null : edit}
          title="Group"
          read={(id, signal) => askTagged<Group>(api.GET('/groups/{id}', { params: { path: { id } }, signal }))}
          onClose={close}
        >
          {(group, etag) => <GroupForm group={group} etag={etag} mayWrite={mayWrite} onClose={close} />}
        </OpenedDrawer>
      )}
    </>
  )
}

const FIELDS = ['name', 'members']

interface GroupFormProps {
  group: Group | null
  etag: string
  mayWrite: boolean
  onClose: () => void
}

function GroupForm({ group, etag, mayWrite, onClose }: GroupFormProps) {
  const [text, setText] = useState('')
  const [looked] = useDebouncedValue(text.trim(), 200)
  const form = useForm({
    initialValues: { name: group?.name ?? '', members: [...(group?.members ?? [])] },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name.' : null) },
  })
  const found = useQuery({
    queryKey: ['users', 'choice', looked],
    queryFn: async ({ signal }) =>
      (
        await ask(
          api.GET('/users', {
            params: { query: { limit: 50, sort: 'name', ...(looked === '' ? {} : { text: [looked] }) } as never },
            signal,
          }),
        )
      ).items as User[],
    placeholderData: keepPreviousData,
  }).data
  const members = useQueries({
    queries: form.values.members.slice(0, 200).map((id) => ({
      queryKey: ['users', 'name', id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask(api.GET('/users/{id}', { params: { path: { id } }, signal })),
      staleTime: 10 * 60_000,
    })),
  })
  const known = new Map(
    [...(found ?? []), ...members.flatMap(({ data }) => data ?? [])].map(({ id, name }) => [id, name]),
  )
  const { drawer } = useSave({
    form,
    fields: FIELDS,
    mayWrite,
    send: ({ name, members: ids }, header) => {
      const body = { name: name.trim(), members: ids }
      return group === null
        ? ask(api.POST('/groups', { params: { header }, body }))
        : ask(
            api.PATCH('/groups/{id}', {
              params: { path: { id: group.id }, header: { ...header, 'if-match': etag } },
              body,
            }),
          )
    },
    message: group === null ? 'The group is made.' : 'The group is saved.',
    kind: 'groups',
    onSaved: onClose,
  })
  return (
    <SettingsDrawer
      title={group === null ? 'Create Group' : group.name}
      onClose={onClose}
      submit={group === null ? 'Create Group' : 'Save'}
      {...drawer}
    >
      <TextInput
        label="Name"
        withAsterisk
        data-autofocus
        maxLength={200}
        readOnly={!mayWrite}
        {...form.getInputProps('name')}
      />
      <MultiSelect
        label="Members"
        searchable
        searchValue={text}
        onSearchChange={setText}
        hidePickedOptions
        readOnly={!mayWrite}
        nothingFoundMessage="Nobody is called so."
        data={[
          ...new Map(
            [...(found ?? []).map(({ id }) => id), ...form.values.members].map((id) => [
              id,
              { value: id, label: known.get(id) ?? '…' },
            ]),
          ).values(),
        ]}
        {...form.getInputProps('members')}
      />
    </SettingsDrawer>
  )
}
