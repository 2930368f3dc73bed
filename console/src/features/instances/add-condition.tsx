import { Button, NumberInput, Popover, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { QueryField } from '../../query-editor/fields.js'
import { argumentOf, type Condition, TEST_WORDS, type Test, testsFor } from './conditions.js'

interface AddConditionProps {
  fields: readonly QueryField[]
  onAdd: (condition: Condition) => void
}

/** Clicks one condition together: a field, a test, and what it is against. */
export function AddCondition({ fields, onAdd }: AddConditionProps) {
  const [opened, popover] = useDisclosure()
  return (
    <Popover opened={opened} onChange={popover.toggle} position="bottom-start" width={300} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} stroke={1.7} />}
          onClick={popover.toggle}
        >
          Add filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ConditionForm
          fields={fields}
          onAdd={(condition) => {
            onAdd(condition)
            popover.close()
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function ConditionForm({ fields, onAdd }: AddConditionProps) {
  const [name, setName] = useState<string | null>(null)
  const [test, setTest] = useState<Test | null>(null)
  const [values, setValues] = useState<readonly string[]>([])
  const field = fields.find((one) => one.name === name)
  const tests = field === undefined ? [] : testsFor(field.type)
  const against = test === null ? 'none' : argumentOf(test)
  const ready = field !== undefined && test !== null && (against === 'none' || (values[0] ?? '') !== '')
  const choose = (next: string | null) => {
    setName(next)
    const [first] = testsFor(fields.find((one) => one.name === next)?.type ?? '')
    setTest(first ?? null)
    setValues([])
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) onAdd({ field: field.name, test, values: against === 'none' ? [] : values })
  }
  const inside = { comboboxProps: { withinPortal: false } } as const
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Select
          label="Field"
          placeholder="Choose a field"
          searchable
          data-autofocus
          description={field?.description}
          data={fields.filter(({ type }) => testsFor(type).length > 0).map((one) => one.name)}
          value={name}
          onChange={choose}
          {...inside}
        />
        {field !== undefined && (
          <Select
            label="Test"
            allowDeselect={false}
            data={tests.map((one) => ({ value: one, label: TEST_WORDS[one] }))}
            value={test}
            onChange={(next) => {
              setTest(next as Test | null)
              setValues([])
            }}
            {...inside}
          />
        )}
        {against === 'texts' && field?.type === 'string' && (
          <TagsInput
            label="Values"
            description="Any of them; Enter after each."
            data={field.values ?? []}
            value={[...values]}
            onChange={setValues}
            acceptValueOnBlur
            {...inside}
          />
        )}
        {against === 'text' && (
          <TextInput
            label="Text"
            value={values[0] ?? ''}
            onChange={({ currentTarget }) => setValues([currentTarget.value])}
          />
        )}
        {(against === 'number' || against === 'days' || (against === 'texts' && field?.type !== 'string')) && (
          <NumberInput
            label={against === 'days' ? 'Days' : 'Number'}
            min={0}
            allowDecimal={field?.type === 'double'}
            value={values[0] ?? ''}
            onChange={(value) => setValues(value === '' ? [] : [String(value)])}
          />
        )}
        <Button type="submit" size="xs" disabled={!ready}>
          Add
        </Button>
      </Stack>
    </form>
  )
}
