import { Group, Select } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { CandidateSelect } from './candidate-select.js'

type InputProps = ReturnType<UseFormReturnType<object>['getInputProps']>

const CHOICES = [
  { value: 'leastLoaded', label: 'Whoever has the fewest waiting' },
  { value: 'roundRobin', label: 'Each in turn' },
]

interface ReviewerChoiceProps {
  label: string
  description?: string
  /** Nobody need be chosen. */
  clearable?: boolean
  mayWrite: boolean
  reviewer: InputProps
  choice: InputProps
}

/** Who reviews, and, where that is a group, who of it. */
export function ReviewerChoice({ label, description, clearable, mayWrite, reviewer, choice }: ReviewerChoiceProps) {
  return (
    <Group align="flex-start">
      <CandidateSelect
        label={label}
        description={description}
        clearable={clearable ?? false}
        readOnly={!mayWrite}
        w={{ base: '100%', xs: 260 }}
        // Both boxes stay on one line, whichever of them has more to say.
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        {...reviewer}
      />
      <Select
        label="Who of a group"
        allowDeselect={false}
        data={CHOICES}
        readOnly={!mayWrite}
        w={{ base: '100%', xs: 260 }}
        {...choice}
      />
    </Group>
  )
}
