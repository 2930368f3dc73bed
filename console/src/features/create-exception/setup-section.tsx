import { Autocomplete, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { USE_CASES, wordOfUseCase } from '../exceptions/use-case.js'
import { EvidenceFilesInput } from './evidence-files-input.js'
import { FormSection } from './form-section.js'
import type { RequestValues } from './request-values.js'

/** Name, justification and evidence. */
export function SetupSection({ form }: { form: UseFormReturnType<RequestValues> }) {
  return (
    <FormSection title="Setup">
      <TextInput label="Name" withAsterisk data-autofocus maxLength={200} {...form.getInputProps('name')} />
      <Textarea
        label="Justification"
        description="What keeps you from resolving it now, what protects it meanwhile, and what comes next."
        withAsterisk
        autosize
        minRows={3}
        maxRows={12}
        maxLength={10_000}
        {...form.getInputProps('justification')}
      />
      <Autocomplete
        label="Use case"
        placeholder="Optional"
        data={USE_CASES.map(wordOfUseCase)}
        value={form.values.useCase === null ? '' : wordOfUseCase(form.values.useCase)}
        onChange={(text) =>
          form.setFieldValue(
            'useCase',
            text.trim() === '' ? null : (USE_CASES.find((one) => wordOfUseCase(one) === text) ?? text),
          )
        }
        error={form.errors['useCase']}
        maxLength={200}
      />
      <TextInput
        label="Evidence link"
        placeholder="https://…"
        type="url"
        maxLength={2_000}
        {...form.getInputProps('evidenceLink')}
      />
      <EvidenceFilesInput
        files={form.values.evidence}
        onAdd={(file) => form.setFieldValue('evidence', (before) => [...before, file])}
        onRemove={(id) => form.setFieldValue('evidence', (before) => before.filter((file) => file.id !== id))}
        error={form.errors['evidence']}
      />
    </FormSection>
  )
}
