import { Select, Text } from '@mantine/core'
import { useState } from 'react'
import { useMay, useMe } from '../../session/me.js'
import { useCandidates } from '../settings/rules/candidates.js'

interface OwnerSelectProps {
  label: string
  value: string | null
  /** Who it is now, shown although nobody looked for them. */
  current?: { id: string; name: string } | undefined
  onChange: (id: string | null) => void
  error?: React.ReactNode
}

/** Whose it is: one person. Who cannot list people can take it themselves. */
export function OwnerSelect(props: OwnerSelectProps) {
  const me = useMe()
  const mayList = useMay('rules.manage', 'audit.read')
  if (!mayList)
    return (
      <div>
        <Text size="sm" fw={500}>
          {props.label}
        </Text>
        <Text size="sm">{props.value === me.id ? `${me.name} (you)` : props.current?.name}</Text>
        {props.error}
      </div>
    )
  return <PersonSelect {...props} />
}

function PersonSelect({ label, value, current, onChange, error }: OwnerSelectProps) {
  const me = useMe()
  const [text, setText] = useState('')
  const { found, names } = useCandidates(text)
  const people = new Map([
    [me.id, `${me.name} (you)`],
    ...(current === undefined || current.id === me.id ? [] : [[current.id, current.name] as const]),
    ...found.filter(({ type, id }) => type === 'user' && id !== me.id).map(({ id, name }) => [id, name] as const),
  ])
  if (value !== null && !people.has(value)) people.set(value, names.get(value)?.name ?? '…')
  return (
    <Select
      label={label}
      searchable
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage="Nobody is called so."
      data={[...people].map(([id, name]) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      error={error}
    />
  )
}
