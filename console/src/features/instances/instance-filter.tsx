import { Box, Button, Group, Pill, SegmentedControl, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { fieldsQuery, type QueryField } from '../../query-editor/fields.js'
import { QueryEditor, queryFaults } from '../../query-editor/query-editor.js'
import type { SearchChange } from '../../table/changed-search.js'
import { AddCondition } from './add-condition.js'
import { type Condition, readConditions, TEST_WORDS, writeConditions } from './conditions.js'
import { instanceCount } from './instance-queries.js'
import type { InstancesSearch } from './instances-search.js'

const CHECK_AFTER_MS = 350

interface InstanceFilterProps {
  search: InstancesSearch
  onChange: (changes: SearchChange<InstancesSearch>) => void
}

/** Which instances: by conditions that are clicked together, or in the query language. Both are the same filter. */
export function InstanceFilter({ search, onChange }: InstanceFilterProps) {
  const fields = useQuery(fieldsQuery).data
  const { filter = '' } = search
  const conditions = fields === undefined ? null : readConditions(filter, fields)
  const [way, setWay] = useState<'builder' | 'query' | null>(null)
  const shown = way ?? (fields === undefined || conditions !== null ? 'builder' : 'query')
  const apply = (text: string) => onChange({ filter: text.trim() === '' ? undefined : text.trim() })
  return (
    <Group gap="xs" align="flex-start" flex={1} miw={0}>
      <SegmentedControl
        size="xs"
        aria-label="How to filter"
        data={[
          { value: 'builder', label: 'Builder' },
          { value: 'query', label: 'Query' },
        ]}
        value={shown}
        onChange={(next) => setWay(next as 'builder' | 'query')}
      />
      {shown === 'query' ? (
        <WrittenFilter filter={filter} onApply={apply} />
      ) : fields === undefined ? null : conditions === null ? (
        <Text size="sm" c="dimmed" mt={4}>
          This filter says more than the builder can show. Change it as a query, or{' '}
          <Button variant="transparent" size="compact-sm" px={0} onClick={() => apply('')}>
            begin anew
          </Button>
          .
        </Text>
      ) : (
        <BuiltFilter
          conditions={conditions}
          fields={fields}
          onChange={(next) => apply(writeConditions(next, fields))}
        />
      )}
    </Group>
  )
}

interface BuiltFilterProps {
  conditions: readonly Condition[]
  fields: readonly QueryField[]
  onChange: (conditions: readonly Condition[]) => void
}

function BuiltFilter({ conditions, fields, onChange }: BuiltFilterProps) {
  return (
    <Group gap={6} mt={2} flex={1}>
      {[...new Set(conditions.map(wordsOf))].map((said) => (
        <Pill
          key={said}
          withRemoveButton
          onRemove={() => onChange(conditions.filter((one) => wordsOf(one) !== said))}
          removeButtonProps={{ 'aria-label': `Take away: ${said}`, 'aria-hidden': false, tabIndex: 0 }}
        >
          {said}
        </Pill>
      ))}
      <AddCondition fields={fields} onAdd={(condition) => onChange([...conditions, condition])} />
      {conditions.length > 1 && (
        <Button variant="subtle" color="gray" c="dimmed" size="compact-xs" onClick={() => onChange([])}>
          Clear
        </Button>
      )}
    </Group>
  )
}

const wordsOf = ({ field, test, values }: Condition): string =>
  [field, TEST_WORDS[test], values.map((value) => (value === '' ? '""' : value)).join(' or ')].join(' ').trim()

function WrittenFilter({ filter, onApply }: { filter: string; onApply: (text: string) => void }) {
  const [text, setText] = useState(filter)
  const [asked, setAsked] = useState(false)
  const [typed] = useDebouncedValue(text, CHECK_AFTER_MS)
  // Who asks for it does not wait until typing has settled.
  const settled = asked ? text : typed
  const check = useQuery({ ...instanceCount({ filter: settled }), enabled: settled.trim() !== '' })
  const faults = text === settled && settled.trim() !== '' ? queryFaults(check.error, '/filter') : []
  useEffect(() => setText(filter), [filter])
  useEffect(() => {
    if (!asked || text !== settled) return
    if (settled.trim() !== '' && (check.isFetching || check.error !== null)) return
    setAsked(false)
    onApply(settled)
  }, [asked, text, settled, check.isFetching, check.error, onApply])
  const submit = () => {
    // Not before it is known to be right: the table stays as it is until then.
    if (text.trim() === '' || text === filter) onApply(text)
    else setAsked(true)
  }
  return (
    <Group gap="xs" align="flex-start" flex={1} wrap="nowrap" miw={260}>
      <Box flex={1} miw={0}>
        <QueryEditor
          label="Filter"
          hideLabel
          value={text}
          onChange={(next) => {
            setText(next)
            setAsked(false)
          }}
          faults={faults}
          onSubmit={submit}
          singleLine
        />
      </Box>
      <Button
        variant="default"
        size="compact-sm"
        mt={4}
        onClick={submit}
        disabled={text === filter}
        loading={asked && faults.length === 0}
      >
        Apply
      </Button>
    </Group>
  )
}
