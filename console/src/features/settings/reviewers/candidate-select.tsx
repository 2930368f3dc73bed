import { Select, type SelectProps } from '@mantine/core'
import { useState } from 'react'
import { useCandidates } from '../rules/candidates.js'

type CandidateSelectProps = Omit<SelectProps, 'data' | 'searchable' | 'searchValue' | 'onSearchChange'> & {
  /** People only. */
  people?: boolean
}

/** One person or group. */
export function CandidateSelect({ people = false, ...props }: CandidateSelectProps) {
  const [text, setText] = useState('')
  const { found, names, nameOf } = useCandidates(text)
  const { value } = props
  const chosen = value == null ? undefined : names.get(value)
  const options = new Map(
    [...found, ...(chosen === undefined ? [] : [chosen])].map((candidate) => [candidate.id, candidate]),
  )
  const named = (type: 'user' | 'group') =>
    [...options.values()]
      .filter((candidate) => candidate.type === type)
      .map(({ id, name, people: count }) => ({ value: id, label: type === 'group' ? `${name} (${count})` : name }))
  return (
    <Select
      placeholder={people ? 'A person' : 'A person or a group'}
      searchable
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage="Nobody is called so."
      clearButtonProps={{ 'aria-label': 'Clear' }}
      data={[
        ...(people ? [] : [{ group: 'Groups', items: named('group') }]),
        { group: 'People', items: named('user') },
        ...(value == null || chosen !== undefined ? [] : [{ group: 'Now', items: [{ value, label: nameOf(value) }] }]),
      ]}
      {...props}
    />
  )
}
