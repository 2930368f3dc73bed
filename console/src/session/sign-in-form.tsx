import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { api, ask } from '../api/client.js'
import { formFaults } from '../api/problem.js'

interface Credentials {
  email: string
  password: string
}

/** Asks for address and password, and signs in. */
export function SignInForm({ email = '', onSignedIn }: { email?: string; onSignedIn: (userId: string) => void }) {
  const form = useForm<Credentials>({
    initialValues: { email, password: '' },
    validate: {
      email: (value) => (value.trim() === '' ? 'Enter your email address.' : null),
      password: (value) => (value === '' ? 'Enter your password.' : null),
    },
  })
  const signIn = useMutation({
    mutationFn: (body: Credentials) => ask(api.POST('/session', { body })),
    onSuccess: ({ user }) => onSignedIn(user.id),
    onError: (error) => form.setErrors(formFaults(error, ['email', 'password']).fields),
  })
  const refused = signIn.error === null ? null : formFaults(signIn.error, ['email', 'password']).rest

  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
      <Stack>
        {refused !== null && (
          <Alert color="red" role="alert" py="xs">
            {refused}
          </Alert>
        )}
        <TextInput
          label="Email address"
          type="email"
          autoComplete="username"
          data-autofocus={email === '' || undefined}
          autoFocus={email === ''}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          data-autofocus={email !== '' || undefined}
          autoFocus={email !== ''}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={signIn.isPending} mt="xs">
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
