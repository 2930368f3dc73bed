import { useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconMoon, IconPlus, IconSearch, IconShieldCheck, IconSun, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ask } from '../api/client.js'
import type { Exception, Page } from '../api/schemas.js'
import { statusWord } from '../features/exceptions/status.js'
import { useMay, useMe } from '../session/me.js'
import { placesFor } from './navigation.js'

/** Ctrl+K: pages, actions, and exceptions by their names. */
export function Palette() {
  const me = useMe()
  const navigate = useNavigate()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const mayRequest = useMay('exceptions.request')
  const mayRead = useMay('exceptions.read')
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed.trim(), 200)
  const found = useQuery({
    queryKey: ['exceptions', 'palette', text],
    queryFn: async ({ signal }) =>
      (await ask(
        api.GET('/exceptions', { params: { query: { text: [text], limit: 6 } }, signal }),
      )) as unknown as Page<Exception>,
    enabled: mayRead && text.length >= 2,
  })

  const pages: SpotlightActionData[] = placesFor(me.permissions).map(({ to, label, icon: Icon, words }) => ({
    id: to,
    label,
    keywords: words ?? '',
    leftSection: <Icon size={18} stroke={1.6} />,
    onClick: () => navigate({ to }),
  }))
  const actions: SpotlightActionData[] = [
    ...(mayRequest
      ? [
          {
            id: 'create',
            label: 'Create Exception',
            keywords: 'new request',
            leftSection: <IconPlus size={18} stroke={1.6} />,
            onClick: () => navigate({ to: '/exceptions/new' }),
          },
        ]
      : []),
    {
      id: 'scheme',
      label: colorScheme === 'dark' ? 'Use the light theme' : 'Use the dark theme',
      keywords: 'color scheme mode night day',
      leftSection: colorScheme === 'dark' ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />,
      onClick: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
    },
    {
      id: 'account',
      label: 'My account',
      keywords: 'notifications password access tokens preferences',
      leftSection: <IconUser size={18} stroke={1.6} />,
      onClick: () => navigate({ to: '/account' }),
    },
  ]
  const exceptions: SpotlightActionData[] = (text.length >= 2 ? (found.data?.items ?? []) : []).map((exception) => ({
    id: exception.id,
    label: exception.name,
    description: `${statusWord(exception.status)} · requested by ${exception.requestedBy.name}`,
    // Found by the server, which looks at more than the name.
    keywords: text,
    leftSection: <IconShieldCheck size={18} stroke={1.6} />,
    onClick: () => navigate({ to: '/exceptions/$id', params: { id: exception.id } }),
  }))
  const groups: SpotlightActionGroupData[] = [
    ...(exceptions.length > 0 ? [{ group: 'Exceptions', actions: exceptions }] : []),
    { group: 'Pages', actions: pages },
    { group: 'Actions', actions },
  ]

  return (
    <Spotlight
      attributes={{ content: { 'aria-label': 'Find' } }}
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={['mod + K']}
      nothingFound="Nothing is called so."
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.6} />,
        placeholder: 'Find a page, an action or an exception',
        'aria-label': 'Find a page, an action or an exception',
      }}
      highlightQuery
      limit={12}
      scrollable
      maxHeight={420}
    />
  )
}
