import { Alert, Select, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconRobot } from '@tabler/icons-react'
import type { RequestForm } from '../../api/schemas.js'
import { FormSection } from './form-section.js'
import { chosenBySystem, type RequestValues } from './request-values.js'

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
            return <Named key={step.index} label={label} name="Assigned when you submit, by the rule’s conditions" />
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
