import { Alert, Select, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { IconRobot } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, ask } from '../../api/client.js'
import type { ApproversDryRun, Expiration, RequestForm } from '../../api/schemas.js'
import { FormSection } from './form-section.js'
import { chosenBySystem, expirationOf, type RequestValues } from './request-values.js'

const ASK_AFTER_MS = 350

interface ApproversSectionProps {
  form: UseFormReturnType<RequestValues>
  rule: RequestForm
}

/** Who decides, step by step. */
export function ApproversSection({ form, rule }: ApproversSectionProps) {
  if (rule.workflow.type === 'autoPilot')
    return (
      <FormSection title="Approvers">
        <Alert color="teal" icon={<IconRobot size={18} />} py="xs" title="Auto Pilot">
          Nobody is asked. The exception is active as soon as you create it, and you can deactivate it.
        </Alert>
      </FormSection>
    )
  return (
    <FormSection title="Approvers">
      <Text size="sm" c="dimmed" mt={-8}>
        Choose the approver most relevant to you. They are asked one after the other; any denial ends the request.
      </Text>
      <Stack gap="sm">
        {rule.workflow.steps.map((step, index) => {
          const label = `Step ${index + 1}`
          if (chosenBySystem(step))
            return <Assigned key={step.index} label={label} index={step.index} form={form} rule={rule} />
          const [only] = step.candidates
          if (only === undefined)
            return (
              <Alert key={step.index} color="red" py="xs" title={label}>
                Nobody is left who could decide this step. Ask whoever manages the rules.
              </Alert>
            )
          if (step.candidates.length === 1) return <Named key={step.index} label={label} name={only.name} />
          return (
            <Select
              key={step.index}
              label={label}
              placeholder="Choose an approver"
              searchable
              withAsterisk
              data={step.candidates.map(({ id, name }) => ({ value: id, label: name }))}
              {...form.getInputProps(`approvers.${index}`)}
            />
          )
        })}
      </Stack>
    </FormSection>
  )
}

/** Whom the rule's conditions would assign, as soon as the request says enough to tell. */
function Assigned({ label, index, form, rule }: ApproversSectionProps & { label: string; index: number }) {
  const { expression, useCase } = form.values
  const expiration = expirationOf(form.values)
  const [asked] = useDebouncedValue(
    JSON.stringify({ expression, expiration, ...(useCase === null ? {} : { useCase }), ruleVersion: rule.ruleVersion }),
    ASK_AFTER_MS,
  )
  const body = JSON.parse(asked) as ApproversDryRun & { expiration: Expiration | null }
  const { data } = useQuery({
    queryKey: ['rules+users', 'approvers', asked],
    queryFn: ({ signal }) => ask(api.POST('/exceptions/dry-run', { body, signal })),
    enabled: body.expression?.trim() !== '' && body.expiration !== null,
    placeholderData: keepPreviousData,
    // What is wrong with the request is told where it belongs.
    retry: false,
  })
  const approver = data?.approval.steps.find((step) => step.index === index)?.approver
  return (
    <Named
      label={label}
      name={
        approver == null
          ? 'Assigned when you submit, by the rule’s conditions'
          : `${approver.name}, assigned when you submit, by the rule’s conditions`
      }
    />
  )
}

function Named({ label, name }: { label: string; name: string }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Text size="sm">{name}</Text>
    </div>
  )
}
