import { Alert, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { api, ask, askTagged } from '../../../api/client.js'
import type { Role, Rule } from '../../../api/schemas.js'
import { OpenedDrawer } from '../opened-drawer.js'
import { SettingsDrawer } from '../settings-drawer.js'
import { useSave } from '../use-save.js'
import { RuleSteps } from './rule-steps.js'
import { type RuleValues, ruleFaults, ruleFields, valuesOf, workflowOf } from './rule-values.js'

const SIZE = 640

interface RuleDrawerProps {
  /** Null: a new one. */
  id: string | null
  mayWrite: boolean
  onClose: () => void
}

/** One rule: made, looked at, edited; never deleted. */
export function RuleDrawer({ id, mayWrite, onClose }: RuleDrawerProps) {
  return (
    <OpenedDrawer
      kind="rules"
      id={id}
      title="Rule"
      size={SIZE}
      read={(one, signal) => askTagged<Rule>(api.GET('/rules/{id}', { params: { path: { id: one } }, signal }))}
      onClose={onClose}
    >
      {(rule, etag) => <RuleForm rule={rule} etag={etag} mayWrite={mayWrite} onClose={onClose} />}
    </OpenedDrawer>
  )
}

interface RuleFormProps {
  rule: Rule | null
  etag: string
  mayWrite: boolean
  onClose: () => void
}

function RuleForm({ rule, etag, mayWrite, onClose }: RuleFormProps) {
  const roles = useQuery({
    queryKey: ['roles', 'choice'],
    queryFn: async ({ signal }) =>
      (await ask(api.GET('/roles', { params: { query: { limit: 200 } }, signal }))).items as Role[],
    enabled: rule === null,
    retry: false,
  })
  const form = useForm<RuleValues>({ initialValues: valuesOf(rule), validate: ruleFaults })
  const { fields, aliases } = ruleFields(form.values.steps)
  const { drawer, error } = useSave({
    form,
    fields,
    aliases,
    mayWrite,
    send: (values, header): Promise<unknown> => {
      const body = {
        role: values.role ?? '',
        instructions: values.instructions,
        workflow: workflowOf(values),
      }
      return rule === null
        ? ask(api.POST('/rules', { params: { header }, body: body as never }))
        : ask(
            api.PUT('/rules/{id}', {
              params: { path: { id: rule.id }, header: { ...header, 'if-match': etag } },
              body: body as never,
            }),
          )
    },
    message: rule === null ? 'The rule is made.' : 'The rule is saved. It applies to requests from now on.',
    kind: 'rules',
    onSaved: onClose,
  })

  return (
    <SettingsDrawer
      title={rule === null ? 'Create Rule' : mayWrite ? `Edit the rule of ${rule.role}` : `The rule of ${rule.role}`}
      onClose={onClose}
      submit={rule === null ? 'Create Rule' : 'Save'}
      size={SIZE}
      {...drawer}
    >
      {rule !== null && mayWrite && (
        <Alert color="iris" py="xs">
          An edit applies only to future exceptions. Requests that were made keep the rule that they were made with.
        </Alert>
      )}
      {rule === null ? (
        roles.error === null ? (
          <Select
            label="Role"
            description="Whose requests it is for. Each role has one rule at most."
            placeholder="Choose a role"
            searchable
            withAsterisk
            data-autofocus
            openOnFocus={false}
            data={(roles.data ?? []).map(({ name }) => name)}
            {...form.getInputProps('role')}
          />
        ) : (
          // Who writes rules need not be one who may list roles.
          <Textarea
            label="Role"
            description="The name of the role whose requests it is for. Each role has one rule at most."
            withAsterisk
            autosize
            minRows={1}
            maxRows={1}
            maxLength={64}
            {...form.getInputProps('role')}
            value={form.values.role ?? ''}
          />
        )
      ) : (
        <div>
          <Text size="sm" fw={500}>
            Role
          </Text>
          <Text size="sm">{rule.role}</Text>
        </div>
      )}
      <Stack gap={6}>
        <Text size="sm" fw={500} id="rule-way">
          Approval
        </Text>
        <SegmentedControl
          aria-labelledby="rule-way"
          data={[
            { value: 'approvers', label: 'Approvers' },
            { value: 'autoPilot', label: 'Auto Pilot' },
          ]}
          disabled={!mayWrite}
          {...form.getInputProps('type')}
        />
        <Text size="xs" c="dimmed">
          {form.values.type === 'autoPilot'
            ? 'Every request is approved at once. The requester can deactivate it.'
            : 'The steps decide one after the other. Any denial ends the request.'}
        </Text>
      </Stack>
      {form.values.type === 'approvers' && <RuleSteps form={form} mayWrite={mayWrite} error={error} />}
      <Textarea
        label="Instructions"
        description="Shown on the request form."
        autosize
        minRows={3}
        maxRows={10}
        maxLength={4_000}
        readOnly={!mayWrite}
        {...form.getInputProps('instructions')}
      />
    </SettingsDrawer>
  )
}
