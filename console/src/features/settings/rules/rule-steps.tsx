import { MultiSelect, SegmentedControl } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useState } from 'react'
import { OrderedList } from '../ordered-list.js'
import { AssignedStep } from './assigned-step.js'
import { useCandidates } from './candidates.js'
import { newStep, type RuleValues } from './rule-values.js'

const MOST_STEPS = 10
const MOST_CANDIDATES = 50

interface RuleStepsProps {
  form: UseFormReturnType<RuleValues>
  mayWrite: boolean
  /** What saving was refused with, for the places within conditions. */
  error: unknown
}

/** The steps in their order: who can be chosen for each. */
export function RuleSteps({ form, mayWrite, error }: RuleStepsProps) {
  return (
    <OrderedList
      word="step"
      items={form.values.steps}
      onChange={(steps) => form.setFieldValue('steps', steps)}
      make={newStep}
      least={1}
      most={MOST_STEPS}
      mayWrite={mayWrite}
    >
      {({ way }, index) => (
        <>
          <SegmentedControl
            size="xs"
            mb="xs"
            aria-label={`Approver of step ${index + 1}`}
            data={[
              { value: 'chosen', label: 'The requester chooses' },
              { value: 'assigned', label: 'Conditions assign' },
            ]}
            disabled={!mayWrite}
            {...form.getInputProps(`steps.${index}.way`)}
          />
          {way === 'chosen' ? (
            <Candidates form={form} index={index} mayWrite={mayWrite} />
          ) : (
            <AssignedStep form={form} index={index} mayWrite={mayWrite} error={error} />
          )}
        </>
      )}
    </OrderedList>
  )
}

function Candidates({ form, index, mayWrite }: Omit<RuleStepsProps, 'error'> & { index: number }) {
  const [text, setText] = useState('')
  const { found, names, nameOf } = useCandidates(text)
  const chosen = form.values.steps[index]?.candidates ?? []
  // Those who are chosen stay in the list whatever is looked for.
  const options = new Map([...found, ...chosen.flatMap((id) => names.get(id) ?? [])].map((one) => [one.id, one]))
  const named = (type: 'user' | 'group') =>
    [...options.values()]
      .filter((candidate) => candidate.type === type)
      .map(({ id, name, people }) => ({ value: id, label: type === 'group' ? `${name} (${people})` : name }))
  const gone = chosen.filter((id) => !options.has(id)).map((id) => ({ value: id, label: nameOf(id) }))
  return (
    <MultiSelect
      aria-label={`Candidates of step ${index + 1}`}
      placeholder={chosen.length === 0 ? 'People or groups' : ''}
      searchable
      searchValue={text}
      onSearchChange={setText}
      clearable
      hidePickedOptions
      maxValues={MOST_CANDIDATES}
      readOnly={!mayWrite}
      nothingFoundMessage="Nobody is called so."
      data={[
        { group: 'Groups', items: named('group') },
        { group: 'People', items: named('user') },
        ...(gone.length === 0 ? [] : [{ group: 'No candidates any more', items: gone }]),
      ]}
      clearButtonProps={{ 'aria-label': 'Clear' }}
      {...form.getInputProps(`steps.${index}.candidates`)}
    />
  )
}
