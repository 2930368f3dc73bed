import { CloseButton, Group, Input, Loader, Stack, Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconPaperclip, IconUpload } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { messageOf } from '../../api/problem.js'
import { sizeText } from '../../table/count-text.js'
import type { UploadedFile } from './request-values.js'

interface EvidenceFilesInputProps {
  files: readonly UploadedFile[]
  onAdd: (file: UploadedFile) => void
  onRemove: (id: string) => void
  error?: ReactNode
}

/** Uploads files as they are dropped; the request only names them. */
export function EvidenceFilesInput({ files: kept, onAdd, onRemove, error: fault }: EvidenceFilesInputProps) {
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
        onAdd({ id, name, size })
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
      <Stack gap={4} mt={kept.length + busy.length > 0 ? 8 : 0}>
        {kept.map(({ id, name, size }) => (
          <Group key={id} gap="xs" wrap="nowrap">
            <IconPaperclip size={15} stroke={1.7} aria-hidden />
            <Text size="sm" truncate>
              {name}
            </Text>
            <Text size="xs" c="dimmed" className="figures">
              {sizeText(size)}
            </Text>
            <CloseButton size="sm" aria-label={`Take ${name} away`} onClick={() => onRemove(id)} />
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
        {[...faults, ...(fault === undefined || fault === null ? [] : [String(fault)])].map((text) => (
          <Input.Error key={text} mt={4}>
            {text}
          </Input.Error>
        ))}
      </div>
    </div>
  )
}
