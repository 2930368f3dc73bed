import { Alert, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ask, askTagged, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { Role, Rule } from '../../../api/schemas.js'
import { done } from '../../../feedback/toast.js'
import { LoadingDrawer, SettingsDrawer } from '../settings-drawer.js'
import { RuleSteps } from './rule-steps.js'
import { type RuleValues, ruleFaults, ruleFields, valuesOf, workflowOf } from './rule-values.js'

interface RuleDrawerProps {
  /** Null: a new one. */
  id: string | null
  mayWrite: boolean
  onClose: () => void
}

/** One rule: made, looked at, edited; never deleted. */
export function RuleDrawer({ id, mayWrite, onClose }: RuleDrawerProps) {
  const rule = useQuery({
    queryKey: ['rules', 'one', id],
    queryFn: ({ signal }) => askTagged(api.GET('/rules/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== null,
    // While it is edited it does not change under the hand; saving tells if somebody else was quicker.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (id !== null && rule.data === undefined)
    return <LoadingDrawer title="Rule" error={rule.error} retry={() => void rule.refetch()} onClose={onClose} />
  return (
    <RuleForm
      key={rule.data?.etag ?? 'new'}
      rule={(rule.data?.data as Rule | undefined) ?? null}
      etag={rule.data?.etag ?? ''}
      mayWrite={mayWrite}
      onClose={onClose}
    />
  )
}

interface RuleFormProps {
  rule: Rule | null
  etag: string
  mayWrite: boolean
  onClose: () => void
}

function RuleForm({ rule, etag, mayWrite, onClose }: RuleFormProps) {
  const client = useQueryClient()
  const roles = useQuery({
    queryKey: ['roles', 'choice'],
    queryFn: async ({ signal }) =>
      (await ask(api.GET('/roles', { params: { query: { limit: 200 } }, signal }))).items as Role[],
    enabled: rule === null,
    retry: false,
  })
  const form = useForm<RuleValues>({ initialValues: valuesOf(rule), validate: ruleFaults })
  const { fields, aliases } = ruleFields(form.values.steps)
  const save = useMutation({
    mutationFn: (values: RuleValues) => {
      const body = {
        role: values.role ?? '',
        instructions: values.instructions,
        workflow: workflowOf(values),
      }
      const key = newIdempotencyKey()
      return rule === null
        ? ask(api.POST('/rules', { params: { header: { 'idempotency-key': key } }, body: body as never }))
        : ask(
            api.PUT('/rules/{id}', {
              params: { path: { id: rule.id }, header: { 'if-match': etag, 'idempotency-key': key } },
              body: body as never,
            }),
          )
    },
    onSuccess: () => {
      done(rule === null ? 'The rule is made.' : 'The rule is saved. It applies to requests from now on.')
      void client.invalidateQueries({ queryKey: ['rules'] })
      onClose()
    },
    onError: (error) => form.setErrors(formFaults(error, fields, aliases).fields),
  })
  const fault = save.error === null ? null : formFaults(save.error, fields, aliases).rest

  return (
    <SettingsDrawer
      title={rule === null ? 'Create Rule' : mayWrite ? `Edit the rule of ${rule.role}` : `The rule of ${rule.role}`}
      onClose={onClose}
      onSubmit={mayWrite ? form.onSubmit((values) => save.mutate(values)) : undefined}
      submit={rule === null ? 'Create Rule' : 'Save'}
      saving={save.isPending}
      fault={fault}
      size={640}
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
      {form.values.type === 'approvers' && <RuleSteps form={form} mayWrite={mayWrite} error={save.error} />}
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
