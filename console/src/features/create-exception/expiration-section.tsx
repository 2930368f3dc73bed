import { Group, NumberInput, SegmentedControl, Text } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import type { UseFormReturnType } from '@mantine/form'
import { endSentence } from '../exceptions/expiration-text.js'
import { FormSection } from './form-section.js'
import { expirationOf, type RequestValues } from './request-values.js'

interface ExpirationSectionProps {
  form: UseFormReturnType<RequestValues>
  autoPilot: boolean
}

/** Until when, with the date that results. */
export function ExpirationSection({ form, autoPilot }: ExpirationSectionProps) {
  const { ends } = form.values
  const expiration = expirationOf(form.values)
  return (
    <FormSection title="Expiration">
      <Group align="flex-start" gap="md">
        <SegmentedControl
          aria-label="When it ends"
          data={[
            { value: 'days', label: 'After days' },
            { value: 'date', label: 'On a date' },
            { value: 'never', label: 'Never' },
          ]}
          value={ends}
          onChange={(next) => form.setFieldValue('ends', next as RequestValues['ends'])}
        />
        {ends === 'days' && (
          <NumberInput
            aria-label="Days"
            min={1}
            max={36_500}
            allowDecimal={false}
            allowNegative={false}
            suffix=" days"
            w={140}
            {...form.getInputProps('days')}
          />
        )}
        {ends === 'date' && (
          <DateInput
            aria-label="Date"
            placeholder="Choose a date"
            valueFormat="D MMM YYYY"
            minDate={new Date().toISOString().slice(0, 10)}
            w={180}
            {...form.getInputProps('date')}
          />
        )}
      </Group>
      <Text size="sm" c="dimmed" mt={-6} aria-live="polite">
        {expiration === null ? '' : endSentence(expiration, new Date(), autoPilot)}
      </Text>
    </FormSection>
  )
}
