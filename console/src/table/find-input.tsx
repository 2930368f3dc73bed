import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

// As long as somebody hardly pauses between two keys.
const LOOK_AFTER_MS = 250

interface FindInputProps {
  /** What is looked for now, as the address has it. */
  text: string | undefined
  onLook: (text: string | undefined) => void
  /** What is looked in, for those who do not see it. */
  label: string
  placeholder?: string
  w?: number
}

/** Looks for what is typed as soon as somebody pauses. */
export function FindInput({ text, onLook, label, placeholder = 'Find …', w = 220 }: FindInputProps) {
  const [typed, setTyped] = useState(text ?? '')
  // The address may change otherwise; while it says what is typed, a blank at its end is somebody on the way to the next word.
  useEffect(() => setTyped((before) => (before.trim() === (text ?? '') ? before : (text ?? ''))), [text])
  const look = useDebouncedCallback(
    (value: string) => onLook(value.trim() === '' ? undefined : value.trim()),
    LOOK_AFTER_MS,
  )
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={15} stroke={1.7} />}
      value={typed}
      w={w}
      size="xs"
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value)
        look(currentTarget.value)
      }}
    />
  )
}
