import { Badge } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, ask } from '../../../api/client.js'
import type { Page, User } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { useMay } from '../../../session/me.js'
import { FindInput } from '../../../table/find-input.js'
import { Time } from '../../../time/time.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { usePages } from '../use-pages.js'
import { UserDrawer } from './user-drawer.js'

/** Who can sign in, and as what. */
export function UsersSection() {
  const { edit, open, close } = useEditing()
  const mayWrite = useMay('users.manage')
  const navigate = useNavigate()
  const { text } = useSearch({ from: '/settings/$section' })
  const look = (next: string | undefined) =>
    void navigate({
      to: '.',
      search: (({ text: _, ...rest }: { text?: string }) =>
        next === undefined ? rest : { ...rest, text: next }) as never,
      replace: true,
    })
  const list = usePages<User>(
    ['users', 'list', text],
    (cursor, signal) =>
      ask(
        api.GET('/users', {
          params: {
            query: { limit: 100, sort: 'name', ...(text === undefined ? {} : { text: [text] }), ...cursor } as never,
          },
          signal,
        }),
      ) as Promise<Page<User>>,
  )
  return (
    <>
      <SettingsList
        title="Users"
        text="Users are never deleted, only deactivated: what they did keeps their name."
        create={mayWrite ? 'Create User' : undefined}
        onCreate={() => open('new')}
        tools={<FindInput label="Find a user" text={text} onLook={look} />}
        rows={list.rows}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        onOpen={({ id }) => open(id)}
        error={list.error}
        retry={list.retry}
        more={list.more}
        columns={[
          { label: 'Name', cell: ({ name }) => name },
          { label: 'Email address', cell: ({ email }) => email ?? '–' },
          { label: 'Role', cell: ({ role }) => role },
          { label: 'Kind', cell: ({ kind }) => (kind === 'person' ? 'Person' : 'Service') },
          {
            label: 'State',
            cell: ({ active }) => <Badge color={active ? 'teal' : 'gray'}>{active ? 'Active' : 'Deactivated'}</Badge>,
          },
          { label: 'Made', cell: ({ createdAt }) => <Time at={createdAt} as="day" /> },
        ]}
        empty={<EmptyState icon={IconUsers} title="Nobody is called so" text="Look for another name or address." />}
      />
      {edit !== undefined && (
        <UserDrawer key={edit} id={edit === 'new' ? null : edit} mayWrite={mayWrite} onClose={close} />
      )}
    </>
  )
}
