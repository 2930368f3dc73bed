import { Box, Button, Group, Pill, SegmentedControl, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { fieldsQuery, type QueryField } from '../../query-editor/fields.js'
import { QueryEditor, queryFaults } from '../../query-editor/query-editor.js'
import type { SearchChange } from '../../table/changed-search.js'
import { AddCondition } from './add-condition.js'
import { type Condition, readConditions, TEST_WORDS, writeConditions } from './conditions.js'
import { instanceCount, instanceTable } from './instance-queries.js'
import { type InstancesSearch, instanceFilterOf } from './instances-search.js'

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
        <WrittenFilter search={search} onApply={apply} />
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

interface WrittenFilterProps {
  search: InstancesSearch
  onApply: (text: string) => void
}

function WrittenFilter({ search, onApply }: WrittenFilterProps) {
  const client = useQueryClient()
  const { filter = '' } = search
  const [text, setText] = useState(filter)
  const [asking, setAsking] = useState(false)
  const [refused, setRefused] = useState<{ text: string; error: unknown } | null>(null)
  // What is in the editor, also where Enter comes before it is drawn.
  const latest = useRef(filter)
  const [settled] = useDebouncedValue(text, CHECK_AFTER_MS)
  const check = useQuery({ ...instanceCount({ filter: settled }), enabled: settled.trim() !== '' })
  const faults =
    text === refused?.text
      ? queryFaults(refused.error, '/filter')
      : text === settled && settled.trim() !== ''
        ? queryFaults(check.error, '/filter')
        : []
  useEffect(() => {
    latest.current = filter
    setText(filter)
  }, [filter])
  const submit = async () => {
    const text = latest.current
    if (text.trim() === '' || text === filter) return onApply(text)
    setAsking(true)
    setRefused(null)
    // The table stays as it is until it is known that the filter is right; then its rows are there already.
    const table = instanceTable(instanceFilterOf({ ...search, filter: text.trim() }))
    const error = await client.fetchInfiniteQuery(table).then(
      () => null,
      (fault: unknown) => fault,
    )
    if (latest.current !== text) return
    setAsking(false)
    if (queryFaults(error, '/filter').length > 0) setRefused({ text, error })
    else onApply(text)
  }
  return (
    <Group gap="xs" align="flex-start" flex={1} wrap="nowrap" miw={260}>
      <Box flex={1} miw={0}>
        <QueryEditor
          label="Filter"
          hideLabel
          value={text}
          onChange={(next) => {
            latest.current = next
            setText(next)
            setAsking(false)
          }}
          faults={faults}
          onSubmit={() => void submit()}
          singleLine
        />
      </Box>
      <Button
        variant="default"
        size="compact-sm"
        mt={4}
        onClick={() => void submit()}
        disabled={text === filter}
        loading={asking}
      >
        Apply
      </Button>
    </Group>
  )
}
