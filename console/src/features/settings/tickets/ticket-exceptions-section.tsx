import { Alert, Button, Group, MultiSelect, NumberInput, Skeleton, Stack, TagsInput, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { AS_OPENED } from '../../../api/as-opened.js'
import { api, ask, askTagged, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { TicketExceptionSettings } from '../../../api/schemas.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { done } from '../../../feedback/toast.js'
import { useMay } from '../../../session/me.js'
import { rolesQuery } from '../people/roles.js'
import { ReviewerChoice } from '../reviewers/reviewer-choice.js'
import { REVIEWER_RULE_FIELDS } from '../reviewers/reviewer-rule-values.js'
import { ReviewerRules } from '../reviewers/reviewer-rules.js'
import { TICKET_FIELDS } from './condition-fields.js'
import { DryRun } from './dry-run.js'
import { type ReviewerValues, reviewerBody, reviewerFaults, reviewerValues } from './reviewer-values.js'

const settingsQuery = {
  queryKey: ['tickets', 'exception-settings'],
  queryFn: ({ signal }: { signal: AbortSignal }) => askTagged(api.GET('/settings/exceptions', { signal })),
  ...AS_OPENED,
}

/** Who may ask for a later due date, who reviews it, and how far it may be moved. */
export function TicketExceptionsSection() {
  const mayWrite = useMay('tickets.manage')
  const settings = useQuery(settingsQuery)
  return (
    <Stack gap="lg" maw={820}>
      <div>
        <Title order={2}>Ticket exceptions</Title>
        <Text size="sm" c="dimmed" maw={640}>
          Who may ask for a later due date, who reviews it, and how far it may be moved. It applies to later requests.
        </Text>
      </div>
      {settings.data !== undefined ? (
        <SettingsForm
          key={settings.data.etag}
          settings={settings.data.data}
          etag={settings.data.etag}
          mayWrite={mayWrite}
          onSaved={() => void settings.refetch()}
        />
      ) : settings.error === null ? (
        <Skeleton height={240} />
      ) : (
        <ProblemNotice error={settings.error} retry={() => void settings.refetch()} />
      )}
      {mayWrite && <DryRun />}
    </Stack>
  )
}

interface SettingsFormProps {
  settings: TicketExceptionSettings
  etag: string
  mayWrite: boolean
  onSaved: () => void
}

function SettingsForm({ settings, etag, mayWrite, onSaved }: SettingsFormProps) {
  const form = useForm<ReviewerValues>({ initialValues: reviewerValues(settings), validate: reviewerFaults })
  const fields = [
    'requesterRoles',
    'fallbackReviewerId',
    'maxDeferralDays',
    'maxDeferralsInARow',
    ...form.values.rules.flatMap((_, index) => REVIEWER_RULE_FIELDS.map((name) => `rules.${index}.${name}`)),
  ]
  const aliases = Object.fromEntries(
    form.values.rules.flatMap((_, index) =>
      REVIEWER_RULE_FIELDS.map((name) => [`/reviewerRules/${index}/${name}`, `rules.${index}.${name}`]),
    ),
  )
  const save = useMutation({
    mutationFn: (values: ReviewerValues) =>
      ask(
        api.PUT('/settings/exceptions', {
          params: { header: { 'if-match': etag, 'idempotency-key': newIdempotencyKey() } },
          body: reviewerBody(values),
        }),
      ),
    onSuccess: () => {
      done('The settings are saved. They apply to requests from now on.')
      onSaved()
    },
    onError: (error) => form.setErrors(formFaults(error, fields, aliases).fields),
  })
  const fault = save.error === null ? null : formFaults(save.error, fields, aliases).rest
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack gap="md">
        {fault !== null && (
          <Alert color="red" role="alert" py="xs">
            {fault}
          </Alert>
        )}
        <RequesterRoles
          value={form.values.requesterRoles}
          onChange={(roles) => form.setFieldValue('requesterRoles', roles)}
          readOnly={!mayWrite}
          error={form.errors['requesterRoles']}
        />
        <ReviewerRules
          title="Reviewers"
          text="The first rule that holds assigns the reviewer, never whoever asks."
          rules={form.values.rules}
          onChange={(rules) => form.setFieldValue('rules', rules)}
          inputProps={(path) => form.getInputProps(`rules.${path}`)}
          fields={TICKET_FIELDS}
          placeholder='ticket.severity == "critical" && request.days > 30'
          mayWrite={mayWrite}
          error={save.error}
          pointer="/reviewerRules"
        />
        <ReviewerChoice
          label="Otherwise"
          description="Who reviews where no rule holds. Without one, such a request is refused."
          clearable
          mayWrite={mayWrite}
          reviewer={form.getInputProps('fallbackReviewerId')}
          choice={form.getInputProps('fallbackChoice')}
        />
        <Group align="flex-start">
          <NumberInput
            label="Longest deferral"
            description="Days after the request; empty: any."
            suffix=" days"
            min={1}
            allowDecimal={false}
            allowNegative={false}
            readOnly={!mayWrite}
            w={260}
            {...form.getInputProps('maxDeferralDays')}
          />
          <NumberInput
            label="Deferrals in a row"
            description="As many may follow one another; empty: any."
            min={1}
            allowDecimal={false}
            allowNegative={false}
            readOnly={!mayWrite}
            w={290}
            {...form.getInputProps('maxDeferralsInARow')}
          />
        </Group>
        {mayWrite && (
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
            <Button variant="default" disabled={!form.isDirty()} onClick={form.reset}>
              Undo
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

interface RequesterRolesProps {
  value: string[]
  onChange: (roles: string[]) => void
  readOnly: boolean
  error: React.ReactNode
}

/** Who manages tickets need not be one who may list roles. */
function RequesterRoles(props: RequesterRolesProps) {
  const mayList = useMay('users.manage', 'audit.read')
  const roles = useQuery({ ...rolesQuery, enabled: mayList }).data ?? []
  const said = {
    label: 'Roles that may ask',
    description: 'Only for tickets of their own.',
    ...props,
  }
  if (!mayList) return <TagsInput placeholder="The name of a role, then Enter" maw={560} {...said} />
  return (
    <MultiSelect
      data={[...new Set([...roles.map(({ name }) => name), ...props.value])]}
      searchable
      hidePickedOptions
      maw={560}
      {...said}
    />
  )
}
