import { Badge, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconStack2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { api, ask } from '../../../api/client.js'
import type { GroupingRule } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { QueryEditor, queryFaults } from '../../../query-editor/query-editor.js'
import { useMay } from '../../../session/me.js'
import { CandidateSelect } from '../reviewers/candidate-select.js'
import { SettingsDrawer } from '../settings-drawer.js'
import { SettingsList } from '../settings-list.js'
import { useEditing } from '../use-editing.js'
import { useSave } from '../use-save.js'

const GROUPINGS: Readonly<Record<GroupingRule['by'], string>> = {
  ownerAndComponent: 'Owner and component',
  asset: 'Asset',
  vulnerability: 'Vulnerability',
}
const FIELDS = ['name', 'ownerId', 'by']

/** Rules that open tickets by themselves: one for each group of instances. */
export function GroupingRulesSection() {
  const { edit, open, close } = useEditing()
  const mayWrite = useMay('tickets.manage')
  const list = useQuery({
    queryKey: ['tickets', 'grouping-rules'],
    queryFn: async ({ signal }) => (await ask(api.GET('/settings/grouping-rules', { signal }))).items,
  })
  const opened = list.data?.find(({ id }) => id === edit)
  return (
    <>
      <SettingsList
        title="Grouping rules"
        text="A rule opens one ticket for each group of instances, as the first of them is seen. It is done once nothing of its group is left, and opens again when something is found."
        create={mayWrite ? 'Create Grouping Rule' : undefined}
        onCreate={() => open('new')}
        rows={list.data}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        onOpen={({ id }) => open(id)}
        error={list.error}
        retry={() => void list.refetch()}
        columns={[
          { label: 'Name', cell: ({ name }) => name },
          { label: 'One ticket for each', cell: ({ by }) => GROUPINGS[by] },
          { label: 'Only', cell: ({ filter }) => (filter === '' ? 'All instances' : filter) },
          { label: 'Owner otherwise', cell: ({ owner }) => owner.name },
          {
            label: 'State',
            cell: ({ enabled }) => <Badge color={enabled ? 'teal' : 'gray'}>{enabled ? 'On' : 'Off'}</Badge>,
          },
        ]}
        empty={
          <EmptyState
            icon={IconStack2}
            title="No grouping rules"
            text="Without one, tickets are opened by people and by other systems only."
          />
        }
      />
      {(edit === 'new' || opened !== undefined) && (
        <GroupingRuleForm
          key={opened === undefined ? 'new' : `${opened.id}:${opened.version}`}
          rule={opened ?? null}
          mayWrite={mayWrite}
          onClose={close}
        />
      )}
    </>
  )
}

interface GroupingRuleFormProps {
  rule: GroupingRule | null
  mayWrite: boolean
  onClose: () => void
}

function GroupingRuleForm({ rule, mayWrite, onClose }: GroupingRuleFormProps) {
  const form = useForm({
    initialValues: {
      name: rule?.name ?? '',
      by: rule?.by ?? ('ownerAndComponent' as GroupingRule['by']),
      filter: rule?.filter ?? '',
      ownerId: rule?.owner.id ?? (null as string | null),
      enabled: rule?.enabled ?? true,
    },
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name.' : null),
      ownerId: (value) => (value === null ? 'Choose who owns what nobody owns.' : null),
    },
  })
  const { drawer, error } = useSave({
    form,
    fields: FIELDS,
    mayWrite,
    send: ({ name, by, filter, ownerId, enabled }, header): Promise<unknown> => {
      const body = { name: name.trim(), filter: filter.trim(), ownerId: ownerId ?? '', enabled }
      return rule === null
        ? ask(api.POST('/settings/grouping-rules', { params: { header }, body: { ...body, by } }))
        : ask(
            api.PATCH('/settings/grouping-rules/{id}', {
              params: { path: { id: rule.id }, header: { ...header, 'if-match': `"${rule.version}"` } },
              body,
            }),
          )
    },
    message: rule === null ? 'The rule is made. It opens its tickets within seconds.' : 'The rule is saved.',
    kind: 'tickets',
    onSaved: onClose,
  })
  const places = queryFaults(error, '/filter')
  return (
    <SettingsDrawer
      title={rule === null ? 'Create Grouping Rule' : rule.name}
      onClose={onClose}
      submit={rule === null ? 'Create Grouping Rule' : 'Save'}
      {...drawer}
      // The editor shows it at its place.
      fault={places.length > 0 ? null : drawer.fault}
    >
      <TextInput
        label="Name"
        withAsterisk
        data-autofocus
        maxLength={200}
        readOnly={!mayWrite}
        {...form.getInputProps('name')}
      />
      <Select
        label="One ticket for each"
        description={rule === null ? undefined : 'It stays: make another rule for another grouping.'}
        allowDeselect={false}
        readOnly={!mayWrite || rule !== null}
        data={Object.entries(GROUPINGS).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps('by')}
      />
      <Stack gap={4}>
        {mayWrite ? (
          <QueryEditor
            label="Only instances that match"
            description="Empty: all of them."
            value={form.values.filter}
            onChange={(text) => form.setFieldValue('filter', text)}
            faults={places}
          />
        ) : (
          <TextInput label="Only instances that match" ff="monospace" readOnly value={form.values.filter} />
        )}
      </Stack>
      <CandidateSelect
        label="Owner otherwise"
        description="Who owns a ticket whose group’s owner is nobody here."
        people
        withAsterisk
        readOnly={!mayWrite}
        {...form.getInputProps('ownerId')}
      />
      <Switch
        label="On"
        description="Switched off it opens no more tickets; those it opened stay."
        disabled={!mayWrite}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
    </SettingsDrawer>
  )
}
