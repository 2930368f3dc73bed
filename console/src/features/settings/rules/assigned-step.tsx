import { Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { api, ask } from '../../../api/client.js'
import type { QueryField } from '../../../query-editor/fields.js'
import { ReviewerChoice } from '../reviewers/reviewer-choice.js'
import { ReviewerRules } from '../reviewers/reviewer-rules.js'
import type { RuleValues } from './rule-values.js'

const NONE: readonly QueryField[] = []

/** What a condition can ask about; it changes with a release only. */
const assignmentFields = {
  queryKey: ['fields', 'assignment'],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    (await ask(api.GET('/assignment-fields', { signal }))).items as QueryField[],
  staleTime: Number.POSITIVE_INFINITY,
}

interface AssignedStepProps {
  form: UseFormReturnType<RuleValues>
  index: number
  mayWrite: boolean
  error: unknown
}

/** A step whose approver is found by conditions on the request. */
export function AssignedStep({ form, index, mayWrite, error }: AssignedStepProps) {
  const fields = useQuery(assignmentFields).data ?? NONE
  const path = `steps.${index}.assigned`
  const { assigned } = form.values.steps[index] ?? {}
  if (assigned === undefined) return null
  return (
    <Stack gap="sm">
      <ReviewerRules
        title="Conditions"
        text="The first that holds, and has somebody left, assigns the approver, never whoever asks."
        rules={assigned.rules}
        onChange={(rules) => form.setFieldValue(`${path}.rules`, rules)}
        inputProps={(field) => form.getInputProps(`${path}.rules.${field}`)}
        fields={fields}
        placeholder='request.days > 90 && requester.role == "developer"'
        mayWrite={mayWrite}
        error={error}
        pointer={`/workflow/steps/${index}/assigned/reviewerRules`}
      />
      <ReviewerChoice
        label="Otherwise"
        description="Without one, such a request is refused."
        clearable
        mayWrite={mayWrite}
        reviewer={form.getInputProps(`${path}.fallbackReviewerId`)}
        choice={form.getInputProps(`${path}.fallbackChoice`)}
      />
    </Stack>
  )
}
