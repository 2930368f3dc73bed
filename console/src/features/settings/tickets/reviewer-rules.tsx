import { Button, Group, Input, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { queryFaults } from '../../../query-editor/query-editor.js'
import { OrderButtons } from '../order-buttons.js'
import { CandidateSelect } from './candidate-select.js'
import { newReviewerRule, type ReviewerRuleValues, type ReviewerValues } from './reviewer-values.js'

const MOST_RULES = 50

export const CHOICES = [
  { value: 'leastLoaded', label: 'Whoever has the fewest waiting' },
  { value: 'roundRobin', label: 'Each in turn' },
]

interface ReviewerRulesProps {
  form: UseFormReturnType<ReviewerValues>
  mayWrite: boolean
  /** What saving was refused with, for the places within conditions. */
  error: unknown
}

/** The rules in their order: the first that holds assigns the reviewer. */
export function ReviewerRules({ form, mayWrite, error }: ReviewerRulesProps) {
  const { rules } = form.values
  const set = (next: ReviewerRuleValues[]) => form.setFieldValue('rules', next)
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={500}>
          Reviewers
        </Text>
        <Text size="xs" c="dimmed">
          The first rule that holds assigns the reviewer, never whoever asks. A condition can use ticket.severity,
          ticket.instanceCount, ticket.overdue, requester.role, requester.id, request.days and request.useCase.
        </Text>
      </div>
      {rules.map((rule, index) => {
        const places = queryFaults(error, `/reviewerRules/${index}/when`)
        return (
          <Paper key={rule.key} withBorder p="sm" component="section" aria-label={`Rule ${index + 1}`}>
            <Group justify="space-between" mb={6} wrap="nowrap">
              <Text size="sm" fw={600}>
                {index + 1}
              </Text>
              {mayWrite && <OrderButtons word="rule" items={rules} index={index} onChange={set} />}
            </Group>
            <Stack gap="xs">
              <TextInput
                label="Name"
                maxLength={200}
                readOnly={!mayWrite}
                {...form.getInputProps(`rules.${index}.name`)}
              />
              <div>
                <TextInput
                  label="When"
                  placeholder='ticket.severity == "critical" && request.days > 30'
                  ff="monospace"
                  readOnly={!mayWrite}
                  {...form.getInputProps(`rules.${index}.when`)}
                />
                {places.map(({ line, column }) => (
                  <Input.Error key={`${line}:${column}`} mt={2}>
                    Line {line}, column {column}.
                  </Input.Error>
                ))}
              </div>
              <Group align="flex-start">
                <CandidateSelect
                  label="Reviewer"
                  readOnly={!mayWrite}
                  w={300}
                  {...form.getInputProps(`rules.${index}.reviewerId`)}
                />
                <Select
                  label="Who of a group"
                  allowDeselect={false}
                  data={CHOICES}
                  readOnly={!mayWrite}
                  w={270}
                  {...form.getInputProps(`rules.${index}.choice`)}
                />
              </Group>
            </Stack>
          </Paper>
        )
      })}
      {mayWrite && (
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            disabled={rules.length >= MOST_RULES}
            onClick={() => set([...rules, newReviewerRule()])}
          >
            Add a rule
          </Button>
        </Group>
      )}
    </Stack>
  )
}
