import { Button, Checkbox, Group, NumberInput, Select, Skeleton, Stack, Switch, Table, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { AS_OPENED } from '../../api/as-opened.js'
import { api, ask, askTagged, newIdempotencyKey } from '../../api/client.js'
import type { NotificationPreferences } from '../../api/schemas.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { done, refused } from '../../feedback/toast.js'
import { type NoticeKind, noticeWords } from '../settings/mail/notice-words.js'

/** Of what one wants to hear, and how. */
export function PreferencesForm() {
  const { data, error, refetch } = useQuery({
    queryKey: ['preferences', 'mine'],
    queryFn: ({ signal }) => askTagged(api.GET('/me/preferences', { signal })),
    ...AS_OPENED,
  })
  if (data === undefined)
    return error === null ? <Skeleton height={320} /> : <ProblemNotice error={error} retry={() => void refetch()} />
  return (
    <Preferences
      key={data.etag}
      preferences={data.data as NotificationPreferences}
      etag={data.etag}
      onSaved={() => void refetch()}
    />
  )
}

interface PreferencesProps {
  preferences: NotificationPreferences
  etag: string
  onSaved: () => void
}

function Preferences({ preferences, etag, onSaved }: PreferencesProps) {
  const form = useForm({ initialValues: preferences })
  const save = useMutation({
    mutationFn: (body: NotificationPreferences) =>
      ask(
        api.PUT('/me/preferences', {
          params: { header: { 'if-match': etag, 'idempotency-key': newIdempotencyKey() } },
          body: body as never,
        }),
      ),
    onSuccess: () => {
      done('Your preferences are saved.')
      onSaved()
    },
    onError: refused,
  })
  const { kinds, digest, required } = form.values
  const kindNames = Object.keys(kinds)
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <Table fz="sm" aria-label="Notices">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Notice</Table.Th>
              <Table.Th w={90}>Mail</Table.Th>
              <Table.Th w={90}>Here</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {kindNames.map((kind) => {
              const fixed = required.includes(kind as NoticeKind)
              return (
                <Table.Tr key={kind}>
                  <Table.Td>
                    {noticeWords(kind)}
                    {fixed && (
                      <Text span size="xs" c="dimmed">
                        {' '}
                        · always
                      </Text>
                    )}
                  </Table.Td>
                  {(['mail', 'inApp'] as const).map((way) => (
                    <Table.Td key={way}>
                      <Checkbox
                        aria-label={`${noticeWords(kind)}: ${way === 'mail' ? 'by mail' : 'here'}`}
                        disabled={fixed}
                        {...form.getInputProps(`kinds.${kind}.${way}`, { type: 'checkbox' })}
                      />
                    </Table.Td>
                  ))}
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
        <Switch
          label="One mail a day instead of one for each notice"
          {...form.getInputProps('digest.enabled', { type: 'checkbox' })}
        />
        {digest.enabled && (
          <Group align="flex-end">
            <NumberInput label="At (hour)" min={0} max={23} w={110} {...form.getInputProps('digest.hour')} />
            <Select
              label="Time zone"
              searchable
              w={240}
              allowDeselect={false}
              data={[...new Set(['UTC', digest.timeZone, ...Intl.supportedValuesOf('timeZone')])]}
              {...form.getInputProps('digest.timeZone')}
            />
          </Group>
        )}
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
