import { Alert, Badge, Button, Code, Group, Paper, Stack, Tabs, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconMail } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ask, askTagged } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { MailTemplate } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { done, refused } from '../../../feedback/toast.js'
import { Time } from '../../../time/time.js'
import { OpenedDrawer } from '../opened-drawer.js'
import { SettingsDrawer } from '../settings-drawer.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { useSave } from '../use-save.js'
import { type NoticeKind, noticeWords } from './notice-words.js'

const SIZE = 760

const templatesQuery = {
  queryKey: ['mailTemplates', 'all'],
  queryFn: ({ signal }: { signal: AbortSignal }) => ask(api.GET('/mail-templates', { signal })),
}

/** What the product writes to people. */
export function MailTemplatesSection() {
  const { edit, open, close } = useEditing()
  const { data, error, refetch } = useQuery(templatesQuery)
  return (
    <>
      <SettingsList
        title="Mail templates"
        text="Every notice that is sent by mail, as text and as HTML."
        rows={data?.items}
        rowId={({ kind }) => kind}
        rowName={({ kind }) => noticeWords(kind)}
        onOpen={({ kind }) => open(kind)}
        error={error}
        retry={() => void refetch()}
        columns={[
          { label: 'Notice', cell: ({ kind }) => noticeWords(kind) },
          { label: 'Subject', cell: ({ subject }) => subject },
          {
            label: 'Edited',
            cell: ({ edited }) =>
              edited === null ? (
                <Badge color="gray">As delivered</Badge>
              ) : (
                <>
                  <Time at={edited.at} as="ago" /> by {edited.by.name}
                </>
              ),
          },
        ]}
        empty={<EmptyState icon={IconMail} title="No templates" text="There is nothing to write." />}
      />
      {edit !== undefined && (
        <OpenedDrawer
          key={edit}
          kind="mailTemplates"
          id={edit}
          title="Mail template"
          size={SIZE}
          read={(kind, signal) =>
            askTagged<MailTemplate>(
              api.GET('/mail-templates/{kind}', { params: { path: { kind: kind as NoticeKind } }, signal }),
            )
          }
          onClose={close}
        >
          {(template, etag) =>
            template !== null && (
              <TemplateForm template={template} etag={etag} fields={data?.fields ?? []} onClose={close} />
            )
          }
        </OpenedDrawer>
      )}
    </>
  )
}

const FIELDS = ['subject', 'text', 'html']

interface TemplateFormProps {
  template: MailTemplate
  etag: string
  fields: readonly { name: string; description: string }[]
  onClose: () => void
}

function TemplateForm({ template, etag, fields, onClose }: TemplateFormProps) {
  const client = useQueryClient()
  const { kind } = template
  const form = useForm({
    initialValues: { subject: template.subject, text: template.text, html: template.html },
    validate: {
      subject: (value) => (value.trim() === '' ? 'Enter a subject.' : null),
      text: (value) => (value.trim() === '' ? 'Enter the text.' : null),
      html: (value) => (value.trim() === '' ? 'Enter the HTML.' : null),
    },
  })
  const { drawer } = useSave({
    form,
    fields: FIELDS,
    send: (body, header): Promise<unknown> =>
      ask(
        api.PUT('/mail-templates/{kind}', {
          params: { path: { kind }, header: { ...header, 'if-match': etag } },
          body,
        }),
      ),
    message: 'The template is saved.',
    kind: 'mailTemplates',
    onSaved: onClose,
  })
  const reset = useMutation({
    mutationFn: () =>
      ask(api.DELETE('/mail-templates/{kind}', { params: { path: { kind }, header: { 'if-match': etag } } as never })),
    onSuccess: () => {
      done('The template is as it was delivered.')
      void client.invalidateQueries({ queryKey: ['mailTemplates'] })
      onClose()
    },
    onError: refused,
  })
  const preview = useMutation({
    mutationFn: (body: typeof form.values) =>
      ask(api.POST('/mail-templates/{kind}/preview', { params: { path: { kind } }, body })),
    onError: (error) => form.setErrors(formFaults(error, FIELDS).fields),
  })
  return (
    <SettingsDrawer
      title={noticeWords(kind)}
      onClose={onClose}
      size={SIZE}
      {...drawer}
      tools={
        <>
          <Button variant="default" onClick={() => preview.mutate(form.values)} loading={preview.isPending}>
            Preview
          </Button>
          {template.edited !== null && (
            <Button variant="subtle" color="gray" c="dimmed" onClick={() => reset.mutate()} loading={reset.isPending}>
              As delivered
            </Button>
          )}
        </>
      }
    >
      <TextInput label="Subject" withAsterisk maxLength={300} {...form.getInputProps('subject')} />
      <Tabs defaultValue="text">
        <Tabs.List mb="xs">
          <Tabs.Tab value="text">Text</Tabs.Tab>
          <Tabs.Tab value="html">HTML</Tabs.Tab>
          <Tabs.Tab value="fields">Fields</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="text">
          <Textarea
            aria-label="Text"
            autosize
            minRows={8}
            maxRows={18}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.getInputProps('text')}
          />
        </Tabs.Panel>
        <Tabs.Panel value="html">
          <Textarea
            aria-label="HTML"
            autosize
            minRows={8}
            maxRows={18}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.getInputProps('html')}
          />
        </Tabs.Panel>
        <Tabs.Panel value="fields">
          <Stack gap={6}>
            {fields.map(({ name, description }) => (
              <Group key={name} gap="sm" wrap="nowrap" align="baseline">
                <Code>{`{{${name}}}`}</Code>
                <Text size="sm">{description}</Text>
              </Group>
            ))}
          </Stack>
        </Tabs.Panel>
      </Tabs>
      {preview.data !== undefined && (
        <Paper withBorder p="md" aria-label="Preview" role="region">
          <Text fw={600} size="sm" mb="xs">
            {preview.data.subject}
          </Text>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {preview.data.text}
          </Text>
        </Paper>
      )}
      {preview.error !== null && (
        <Alert color="red" role="alert" py="xs">
          {formFaults(preview.error, FIELDS).rest ?? 'See the fields above.'}
        </Alert>
      )}
    </SettingsDrawer>
  )
}
