import { Autocomplete, CloseButton, Group, Input, Loader, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import type { UseFormReturnType } from '@mantine/form'
import { IconPaperclip, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { messageOf } from '../../api/problem.js'
import { sizeText } from '../../table/count-text.js'
import { USE_CASES, wordOfUseCase } from '../exceptions/use-case.js'
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
      <EvidenceFilesInput form={form} />
    </FormSection>
  )
}

function EvidenceFilesInput({ form }: { form: UseFormReturnType<RequestValues> }) {
  const [busy, setBusy] = useState<string[]>([])
  const [faults, setFaults] = useState<string[]>([])
  const upload = async (files: File[]) => {
    setFaults([])
    for (const file of files) {
      setBusy((before) => [...before, file.name])
      const body = new FormData()
      body.append('file', file)
      try {
        const { id, name, size } = await ask(
          api.POST('/evidence', {
            params: { header: { 'idempotency-key': newIdempotencyKey() } },
            body: body as never,
            bodySerializer: (content) => content as never,
          }),
        )
        form.setFieldValue('evidence', (before) => [...before, { id, name, size }])
      } catch (error) {
        setFaults((before) => [...before, `${file.name}: ${messageOf(error)}`])
      }
      setBusy((before) => before.filter((name) => name !== file.name))
    }
  }
  return (
    <div>
      <Input.Label component="div">Evidence files</Input.Label>
      <Dropzone
        onDrop={(files) => void upload(files)}
        onReject={() => setFaults(['This cannot be uploaded.'])}
        py="sm"
        aria-label="Upload evidence files"
      >
        <Group justify="center" gap="xs" wrap="nowrap" style={{ pointerEvents: 'none' }}>
          <IconUpload size={16} stroke={1.7} aria-hidden />
          <Text size="sm" c="dimmed">
            Drop files here, or choose them. Reviewers see them from the submission on.
          </Text>
        </Group>
      </Dropzone>
      <Stack gap={4} mt={form.values.evidence.length + busy.length > 0 ? 8 : 0}>
        {form.values.evidence.map(({ id, name, size }, index) => (
          <Group key={id} gap="xs" wrap="nowrap">
            <IconPaperclip size={15} stroke={1.7} aria-hidden />
            <Text size="sm" truncate>
              {name}
            </Text>
            <Text size="xs" c="dimmed" className="figures">
              {sizeText(size)}
            </Text>
            <CloseButton
              size="sm"
              aria-label={`Take ${name} away`}
              onClick={() => form.removeListItem('evidence', index)}
            />
          </Group>
        ))}
        {busy.map((name) => (
          <Group key={name} gap="xs">
            <Loader size={14} aria-hidden />
            <Text size="sm" c="dimmed">
              Uploading {name} …
            </Text>
          </Group>
        ))}
      </Stack>
      <div role="status">
        {[...faults, ...(form.errors['evidence'] === undefined ? [] : [String(form.errors['evidence'])])].map(
          (fault) => (
            <Input.Error key={fault} mt={4}>
              {fault}
            </Input.Error>
          ),
        )}
      </div>
    </div>
  )
}
