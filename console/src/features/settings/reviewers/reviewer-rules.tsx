import { Button, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import type { QueryField } from '../../../query-editor/fields.js'
import { QueryEditor, queryFaults } from '../../../query-editor/query-editor.js'
import { OrderButtons } from '../order-buttons.js'
import { CandidateSelect } from './candidate-select.js'
import { newReviewerRule, type ReviewerRuleValues } from './reviewer-rule-values.js'

const MOST_RULES = 20

export const CHOICES = [
  { value: 'leastLoaded', label: 'Whoever has the fewest waiting' },
  { value: 'roundRobin', label: 'Each in turn' },
]

interface ReviewerRulesProps {
  title: string
  text: string
  rules: ReviewerRuleValues[]
  onChange: (rules: ReviewerRuleValues[]) => void
  /** Of a field of a rule: `0.name`. */
  inputProps: (path: string) => ReturnType<UseFormReturnType<object>['getInputProps']>
  /** What a condition can ask about. */
  fields: readonly QueryField[]
  placeholder: string
  mayWrite: boolean
  /** What saving was refused with, for the places within conditions. */
  error: unknown
  /** Where the rules are in what is saved: `/reviewerRules`. */
  pointer: string
}

/** Rules in their order: the first that holds assigns the reviewer. */
export function ReviewerRules(props: ReviewerRulesProps) {
  const { rules, onChange, inputProps, mayWrite } = props
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={500}>
          {props.title}
        </Text>
        <Text size="xs" c="dimmed">
          {props.text}
        </Text>
      </div>
      {rules.map((rule, index) => (
        <Paper key={rule.key} withBorder p="sm" component="section" aria-label={`Rule ${index + 1}`}>
          <Group justify="space-between" mb={6} wrap="nowrap">
            <Text size="sm" fw={600}>
              {index + 1}
            </Text>
            {mayWrite && <OrderButtons word="rule" items={rules} index={index} onChange={onChange} />}
          </Group>
          <Stack gap="xs">
            <TextInput label="Name" maxLength={200} readOnly={!mayWrite} {...inputProps(`${index}.name`)} />
            <Condition {...props} index={index} />
            <Group align="flex-start">
              <CandidateSelect
                label="Reviewer"
                readOnly={!mayWrite}
                w={{ base: '100%', xs: 260 }}
                {...inputProps(`${index}.reviewerId`)}
              />
              <Select
                label="Who of a group"
                allowDeselect={false}
                data={CHOICES}
                readOnly={!mayWrite}
                w={{ base: '100%', xs: 260 }}
                {...inputProps(`${index}.choice`)}
              />
            </Group>
          </Stack>
        </Paper>
      ))}
      {mayWrite && (
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            disabled={rules.length >= MOST_RULES}
            onClick={() => onChange([...rules, newReviewerRule()])}
          >
            Add a rule
          </Button>
        </Group>
      )}
    </Stack>
  )
}

/** When it holds, in the query language over fields of its own. */
function Condition({
  index,
  inputProps,
  fields,
  placeholder,
  mayWrite,
  error,
  pointer,
}: ReviewerRulesProps & { index: number }) {
  const { value, onChange, error: fault } = inputProps(`${index}.when`)
  if (!mayWrite) return <TextInput label="When" ff="monospace" readOnly value={value} />
  const places = queryFaults(error, `${pointer}/${index}/when`)
  return (
    <QueryEditor
      label="When"
      singleLine
      value={value}
      onChange={onChange}
      fields={fields}
      placeholder={placeholder}
      faults={fault == null ? [] : places.length > 0 ? places : [{ detail: String(fault) }]}
    />
  )
}
