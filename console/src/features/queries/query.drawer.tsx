import { Alert, Anchor, Autocomplete, Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { modals } from '@mantine/modals'
import { IconLock } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { formFaults } from '../../api/problem.js'
import type { Query } from '../../api/schemas.js'
import { AwaitedDrawer } from '../../drawer/awaited-drawer.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { done, refused } from '../../feedback/toast.js'
import { Impact } from '../../query-editor/impact.js'
import { previewOf } from '../../query-editor/preview.js'
import { QueryEditor, queryFaults } from '../../query-editor/query-editor.js'
import { useMay, useMe } from '../../session/me.js'
import { withoutForm } from './queries-search.js'
import { foldersQuery, queryById } from './saved-queries.js'

const PREVIEW_AFTER_MS = 350
const FIELDS = ['name', 'folder', 'expression']

const useClose = () => {
  const navigate = useNavigate()
  const search = useSearch({ from: '/queries' })
  return () => void navigate({ to: '/queries', search: withoutForm(search) as never })
}

/** A query with an address of its own. */
export function QueryDrawer() {
  const { id } = useParams({ from: '/queries/$id' })
  const close = useClose()
  const query = useQuery(queryById(id))
  if (query.data === undefined)
    return <AwaitedDrawer title="Query" error={query.error} retry={() => void query.refetch()} onClose={close} />
  const { data, etag } = query.data
  return data.managed ? (
    <ManagedQuery query={data} onClose={close} />
  ) : (
    <QueryForm
      key={`${data.id}:${etag}`}
      query={data}
      etag={etag}
      onSaved={() => void query.refetch()}
      onClose={close}
    />
  )
}

/** A new query: empty, from a filter, or as the copy of another one. */
export function NewQueryDrawer() {
  const { from } = useSearch({ from: '/queries' })
  const close = useClose()
  const original = useQuery({ ...queryById(from ?? ''), enabled: from !== undefined })
  if (from !== undefined && original.data === undefined)
    return (
      <AwaitedDrawer
        title="Create Query"
        error={original.error}
        retry={() => void original.refetch()}
        onClose={close}
      />
    )
  return <QueryForm key={from ?? 'new'} query={null} copyOf={original.data?.data ?? null} etag="" onClose={close} />
}

/** The copy that an exception was granted for: it can be read and copied. */
function ManagedQuery({ query, onClose }: { query: Query; onClose: () => void }) {
  const mayWrite = useMay('queries.write')
  return (
    <DetailsDrawer
      title={query.name}
      onClose={onClose}
      head={
        <Text size="sm" c="dimmed" mt={4}>
          {query.folder} · {query.owner.name}
        </Text>
      }
      footer={
        <Group justify="space-between">
          <OpenInInstances expression={query.expression} />
          {mayWrite && (
            <Button component={Link} to="/queries/new" search={{ from: query.id } as never} variant="default">
              Duplicate
            </Button>
          )}
        </Group>
      }
    >
      <Stack gap="md">
        <Alert color="gray" icon={<IconLock size={18} />} py="xs" title="Nobody can change this query">
          It is the copy that an exception was asked for, and stays as it was then. What it selects changes with the
          data.
          {query.exceptionId !== undefined && (
            <>
              {' '}
              <Anchor component={Link} to={`/exceptions/${query.exceptionId}`} size="sm" underline="always">
                Open its exception
              </Anchor>
            </>
          )}
        </Alert>
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {query.expression}
        </Code>
        <Impact
          expression={query.expression}
          {...(query.exceptionId === undefined ? {} : { except: query.exceptionId })}
        />
      </Stack>
    </DetailsDrawer>
  )
}

interface QueryFormProps {
  /** Null: a new one. */
  query: Query | null
  copyOf?: Query | null
  etag: string
  /** The one that was open is saved, and has another ETag. */
  onSaved?: () => void
  onClose: () => void
}

function QueryForm({ query, copyOf = null, etag, onSaved, onClose }: QueryFormProps) {
  const me = useMe()
  const mayRequest = useMay('exceptions.request')
  const client = useQueryClient()
  const navigate = useNavigate()
  const search = useSearch({ from: '/queries' })
  const mayWrite = useMay('queries.write') && (query === null || query.owner.id === me.id || me.role === 'admin')
  const maySave = useMay('queries.write')
  const folders = (useQuery(foldersQuery).data ?? []).map(({ name }) => name).filter((name) => name !== '')
  const form = useForm({
    initialValues: {
      name: query?.name ?? (copyOf === null ? '' : `Copy of ${copyOf.name}`.slice(0, 200)),
      folder: query?.folder ?? (copyOf === null ? (search.folder ?? '') : copyOf.managed ? '' : copyOf.folder),
      expression: query?.expression ?? copyOf?.expression ?? search.expression ?? '',
    },
    validate: {
      name: (value) => (value.trim() === '' ? 'Give it a name that others find it by.' : null),
      expression: (value) => (value.trim() === '' ? 'Say which instances it selects.' : null),
    },
  })
  const { expression } = form.values
  const [settled] = useDebouncedValue(expression, PREVIEW_AFTER_MS)
  const preview = useQuery(previewOf(settled))
  const save = useMutation({
    mutationFn: ({ name, folder, expression: text }: typeof form.values) => {
      const body = { name: name.trim(), folder: folder.trim(), expression: text }
      const header = { 'idempotency-key': newIdempotencyKey() }
      return query === null
        ? ask(api.POST('/queries', { params: { header }, body }))
        : ask(
            api.PATCH('/queries/{id}', {
              params: { path: { id: query.id }, header: { ...header, 'if-match': etag } },
              body,
            }),
          )
    },
    onSuccess: (saved) => {
      done(query === null ? 'The query is saved.' : 'The query is saved. Exceptions keep the copies they have.')
      void client.invalidateQueries({ queryKey: ['queries'] })
      if (query !== null) onSaved?.()
      else void navigate({ to: '/queries/$id', params: { id: saved.id }, search: withoutForm(search) as never })
    },
    onError: (error) => form.setErrors(formFaults(error, FIELDS).fields),
  })
  const remove = useMutation({
    mutationFn: (id: string) =>
      ask(
        api.DELETE('/queries/{id}', {
          params: { path: { id }, header: { 'idempotency-key': newIdempotencyKey() } },
        }),
      ),
    onSuccess: () => {
      done('The query is deleted.')
      onClose()
      void client.invalidateQueries({ queryKey: ['queries'] })
    },
    onError: refused,
  })
  const fault = save.error === null ? null : formFaults(save.error, FIELDS).rest
  const live = queryFaults(preview.error)
  const faults = expression === settled ? (live.length > 0 ? live : queryFaults(save.error)) : []
  const askDelete = (one: Query) =>
    modals.openConfirmModal({
      title: `Delete ${one.name}?`,
      children: <Text size="sm">This cannot be undone. Exceptions that were granted for it keep their copies.</Text>,
      labels: { confirm: 'Delete', cancel: 'Cancel' },
      confirmProps: { color: 'red.9' },
      onConfirm: () => remove.mutate(one.id),
    })

  return (
    <DetailsDrawer
      title={query === null ? 'Create Query' : query.name}
      onClose={onClose}
      head={
        query === null ? undefined : (
          <Text size="sm" c="dimmed" mt={4}>
            {query.folder === '' ? 'In no folder' : query.folder} · {query.owner.name}
          </Text>
        )
      }
      footer={
        <Group justify="space-between">
          <Group gap="xs">
            {query !== null && mayWrite && (
              <Button variant="subtle" color="red" onClick={() => askDelete(query)} loading={remove.isPending}>
                Delete
              </Button>
            )}
            {query !== null && maySave && (
              <Button component={Link} to="/queries/new" search={{ from: query.id } as never} variant="default">
                Duplicate
              </Button>
            )}
          </Group>
          <Group gap="xs">
            {query === null && (
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
            )}
            {query !== null && mayRequest && (
              <Button
                component={Link}
                to="/exceptions/new"
                search={{ queryId: query.id, expression: query.expression } as never}
                variant="default"
              >
                Create Exception
              </Button>
            )}
            {mayWrite && (
              <Button
                type="submit"
                form="query-form"
                loading={save.isPending}
                disabled={query !== null && !form.isDirty()}
              >
                {query === null ? 'Save Query' : 'Save'}
              </Button>
            )}
          </Group>
        </Group>
      }
    >
      <form id="query-form" onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack gap="md">
          {fault !== null && (
            <Alert color="red" role="alert" py="xs">
              {fault}
            </Alert>
          )}
          {query !== null && !mayWrite && (
            <Alert color="gray" py="xs">
              Only {query.owner.name} and administrators change it.{maySave ? ' A copy of it is yours.' : ''}
            </Alert>
          )}
          <TextInput
            label="Name"
            withAsterisk={mayWrite}
            data-autofocus={query === null || undefined}
            maxLength={200}
            readOnly={!mayWrite}
            {...form.getInputProps('name')}
          />
          <Autocomplete
            label="Folder"
            placeholder="In no folder"
            data={folders}
            maxLength={200}
            readOnly={!mayWrite}
            {...form.getInputProps('folder')}
          />
          {mayWrite ? (
            <div>
              <QueryEditor
                label="Query"
                description="Fields and values are proposed as you type; Ctrl+Space asks for them."
                value={expression}
                onChange={(text) => form.setFieldValue('expression', text)}
                faults={faults}
              />
              {form.errors['expression'] !== undefined && faults.length === 0 && (
                <Text size="xs" c="var(--mantine-color-error)" mt={4}>
                  {form.errors['expression']}
                </Text>
              )}
            </div>
          ) : (
            <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {expression}
            </Code>
          )}
          {expression.trim() !== '' && <Impact expression={settled} />}
          {expression.trim() !== '' && faults.length === 0 && <OpenInInstances expression={expression} />}
        </Stack>
      </form>
    </DetailsDrawer>
  )
}

function OpenInInstances({ expression }: { expression: string }) {
  return (
    <Anchor component={Link} to="/instances" search={{ filter: expression } as never} size="sm">
      Open in Vulnerability Instances
    </Anchor>
  )
}
