import { Input, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { ApiProblem } from '../api/problem.js'
import type { createEditor, QueryFault } from './codemirror.js'
import { fieldsQuery, type QueryField } from './fields.js'

interface QueryEditorProps {
  value: string
  onChange: (text: string) => void
  /** For those who do not see it; also above it, unless `hideLabel`. */
  label: string
  hideLabel?: boolean
  description?: string
  placeholder?: string
  faults?: readonly QueryFault[]
  onSubmit?: () => void
  /** Enter submits. */
  singleLine?: boolean
  /** What can be asked about; absent: instances. */
  fields?: readonly QueryField[]
}

type Editor = ReturnType<typeof createEditor>

/** Where a query is written: fields and values are proposed, faults are marked where they are. CodeMirror is fetched with the first one. */
export function QueryEditor(props: QueryEditorProps) {
  const id = useId()
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  const ofInstances = useQuery({ ...fieldsQuery, enabled: props.fields === undefined }).data
  const fields = props.fields ?? ofInstances
  const known = useRef(fields)
  known.current = fields
  const [editor, setEditor] = useState<{ view: Editor; module: typeof import('./codemirror.js') } | null>(null)

  useEffect(() => {
    let view: Editor | null = null
    let gone = false
    void import('./codemirror.js').then((module) => {
      if (gone || place.current === null) return
      const { label, placeholder, singleLine, onSubmit, value } = latest.current
      view = module.createEditor({
        parent: place.current,
        text: value,
        label,
        placeholder: placeholder ?? 'severity == "critical" && asset.environment == "production"',
        fields: () => known.current ?? [],
        onChange: (text) => latest.current.onChange(text),
        onSubmit: onSubmit === undefined ? undefined : () => latest.current.onSubmit?.(),
        singleLine: singleLine === true,
        describedBy: `${id}-faults`,
      })
      setEditor({ view, module })
    })
    return () => {
      gone = true
      view?.destroy()
      setEditor(null)
    }
  }, [id])

  useEffect(() => {
    if (editor !== null) editor.module.setText(editor.view, props.value)
  }, [editor, props.value])
  const { faults } = props
  useEffect(() => {
    if (editor !== null) editor.module.showFaults(editor.view, faults ?? [])
  }, [editor, faults])

  return (
    <div>
      {props.hideLabel !== true && (
        <Input.Label component="div" onClick={() => editor?.view.focus()}>
          {props.label}
        </Input.Label>
      )}
      {props.description !== undefined && <Input.Description mb={4}>{props.description}</Input.Description>}
      {editor === null && <Skeleton height={36} />}
      <div ref={place} />
      <div id={`${id}-faults`} role="status">
        {(faults ?? []).map(({ detail, line, column }) => (
          <Text key={`${line}:${column}:${detail}`} size="xs" c="var(--mantine-color-error)" mt={4}>
            {line === undefined ? '' : `Line ${line}, column ${column}: `}
            {detail}
          </Text>
        ))}
      </div>
    </div>
  )
}

const NONE: readonly QueryFault[] = []

/** The faults of the query in what the API refused with. @param pointer where the query is in the request */
export function queryFaults(error: unknown, pointer = '/expression'): readonly QueryFault[] {
  if (!(error instanceof ApiProblem) || error.status !== 422) return NONE
  return error.errors
    .filter((fault) => fault.pointer === pointer)
    .map(({ detail, line, column }) => ({
      detail,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    }))
}
