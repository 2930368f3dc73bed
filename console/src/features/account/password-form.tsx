import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { formFaults } from '../../api/problem.js'
import { done } from '../../feedback/toast.js'

const FIELDS = ['currentPassword', 'newPassword']

/** Changes the reader's own password. */
export function PasswordForm() {
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (value) => (value === '' ? 'Enter the password you have.' : null),
      newPassword: (value) => (value === '' ? 'Enter a new password.' : null),
    },
  })
  const save = useMutation({
    mutationFn: (body: typeof form.values) =>
      ask(api.PUT('/me/password', { params: { header: { 'idempotency-key': newIdempotencyKey() } }, body })),
    onSuccess: () => {
      done('The password is changed. Your other sessions have ended.')
      form.reset()
    },
    onError: (error) => form.setErrors(formFaults(error, FIELDS).fields),
  })
  const rest = save.error === null ? null : formFaults(save.error, FIELDS).rest
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack maw={380}>
        {rest !== null && (
          <Alert color="red" role="alert" py="xs">
            {rest}
          </Alert>
        )}
        <PasswordInput
          label="Password you have"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password you have' }}
          {...form.getInputProps('currentPassword')}
        />
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
          {...form.getInputProps('newPassword')}
        />
        <Text size="xs" c="dimmed">
          Your sessions elsewhere end.
        </Text>
        <Group>
          <Button type="submit" loading={save.isPending}>
            Change the password
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
