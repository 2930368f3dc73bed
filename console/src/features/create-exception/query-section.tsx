import { Code, Input, SegmentedControl, Select, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ask } from '../../api/client.js'
import type { Query } from '../../api/schemas.js'
import type { QueryFault } from '../../query-editor/codemirror.js'
import { Impact } from '../../query-editor/impact.js'
import { previewOf } from '../../query-editor/preview.js'
import { QueryEditor, queryFaults } from '../../query-editor/query-editor.js'
import { useMay } from '../../session/me.js'
import { FormSection } from './form-section.js'
import type { RequestValues } from './request-values.js'

const PREVIEW_AFTER_MS = 350

interface QuerySectionProps {
  form: UseFormReturnType<RequestValues>
  /** What was wrong with the query as it was submitted. */
  faults: readonly QueryFault[]
}

/** Which instances: a saved query or one that is written here, with what it covers beside it as one types. */
export function QuerySection({ form, faults: submitted }: QuerySectionProps) {
  const mayPreview = useMay('instances.read')
  const { querySource, expression } = form.values
  const [settled] = useDebouncedValue(expression, PREVIEW_AFTER_MS)
  const preview = useQuery({ ...previewOf(settled), enabled: mayPreview && settled.trim() !== '' })
  const live = queryFaults(preview.error)
  const faults = expression === settled ? (live.length > 0 ? live : submitted) : []

  return (
    <FormSection title="Query">
      {mayPreview && (
        <SegmentedControl
          aria-label="Where the query comes from"
          data={[
            { value: 'written', label: 'Write a query' },
            { value: 'saved', label: 'Choose a saved query' },
          ]}
          value={querySource}
          onChange={(source) => form.setFieldValue('querySource', source as RequestValues['querySource'])}
        />
      )}
      {querySource === 'saved' && mayPreview ? (
        <SavedQuery form={form} />
      ) : (
        <div>
          <QueryEditor
            label="Query"
            description="Fields and values are proposed as you type; Ctrl+Space asks for them."
            value={expression}
            onChange={(text) => form.setFieldValue('expression', text)}
            faults={faults}
          />
          {form.errors['expression'] !== undefined && faults.length === 0 && (
            <Input.Error mt={4} data-error>
              {form.errors['expression']}
            </Input.Error>
          )}
        </div>
      )}
      {mayPreview && expression.trim() !== '' && <Impact expression={settled} />}
    </FormSection>
  )
}

function SavedQuery({ form }: { form: UseFormReturnType<RequestValues> }) {
  const [text, setText] = useState('')
  const [looked] = useDebouncedValue(text.trim(), 200)
  const { queryId } = form.values
  const chosen = useQuery({
    queryKey: ['queries', 'one', queryId],
    queryFn: ({ signal }) => ask(api.GET('/queries/{id}', { params: { path: { id: queryId ?? '' } }, signal })),
    enabled: queryId !== null,
  }).data
  const found = useQuery({
    queryKey: ['queries', 'choice', looked],
    queryFn: async ({ signal }) =>
      (
        await ask(
          api.GET('/queries', {
            params: {
              query: {
                managed: 'false',
                limit: 50,
                ...(looked === '' || looked === chosen?.name ? {} : { text: looked }),
              } as never,
            },
            signal,
          }),
        )
      ).items as Query[],
  }).data
  const { setFieldValue } = form
  // A request is for the text that was looked at: what the query says when it is chosen.
  useEffect(() => {
    if (chosen !== undefined && form.values.expression === '') setFieldValue('expression', chosen.expression)
  }, [chosen, form.values.expression, setFieldValue])
  const choices = [...(found ?? []), ...(chosen === undefined ? [] : [chosen])]
  const unique = [...new Map(choices.map((query) => [query.id, query])).values()]
  const folders = [...new Set(unique.map(({ folder }) => folder))].sort()

  return (
    <div>
      <Select
        label="Saved query"
        placeholder="Find a query"
        searchable
        searchValue={text}
        onSearchChange={setText}
        nothingFoundMessage="No query is called so."
        data={folders.map((folder) => ({
          group: folder === '' ? 'No folder' : folder,
          items: unique.filter((query) => query.folder === folder).map(({ id, name }) => ({ value: id, label: name })),
        }))}
        value={queryId}
        onChange={(id) => {
          setFieldValue('queryId', id)
          setFieldValue('expression', unique.find((query) => query.id === id)?.expression ?? '')
        }}
        error={form.errors['queryId']}
      />
      {form.values.expression !== '' && (
        <>
          <Code block mt="xs" style={{ whiteSpace: 'pre-wrap' }}>
            {form.values.expression}
          </Code>
          <Text size="xs" c="dimmed" mt={4}>
            It is copied; the saved query stays free.
          </Text>
        </>
      )}
    </div>
  )
}
