import { Stack, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { QueryField } from '../../../query-editor/fields.js'
import { QueryEditor, queryFaults } from '../../../query-editor/query-editor.js'
import { OrderedList } from '../ordered-list.js'
import { ReviewerChoice } from './reviewer-choice.js'
import { newReviewerRule, type ReviewerRuleValues } from './reviewer-rule-values.js'

const MOST_RULES = 20

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
      <OrderedList
        word="rule"
        items={rules}
        onChange={onChange}
        make={newReviewerRule}
        most={MOST_RULES}
        mayWrite={mayWrite}
      >
        {(_, index) => (
          <Stack gap="xs">
            <TextInput label="Name" maxLength={200} readOnly={!mayWrite} {...inputProps(`${index}.name`)} />
            <Condition {...props} index={index} />
            <ReviewerChoice
              label="Reviewer"
              mayWrite={mayWrite}
              reviewer={inputProps(`${index}.reviewerId`)}
              choice={inputProps(`${index}.choice`)}
            />
          </Stack>
        )}
      </OrderedList>
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
