import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Mark } from '../shell/mark.js'
import { meQuery } from './me.js'
import { SignInForm } from './sign-in-form.js'

/** What everyone sees who is not signed in, at any address; the page of that address follows. */
export function SignInPage() {
  const client = useQueryClient()
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w={360} gap="lg">
        <Group gap="sm" justify="center">
          <Mark size={32} />
          <Title order={1} size="h3">
            Sign in to Reprieve
          </Title>
        </Group>
        <Paper withBorder p="lg" radius="md" shadow="xs">
          <SignInForm onSignedIn={() => client.invalidateQueries({ queryKey: meQuery.queryKey })} />
        </Paper>
        <Text size="sm" c="dimmed" ta="center">
          Exceptions for vulnerabilities: asked for, approved, in force until they end.
        </Text>
      </Stack>
    </Center>
  )
}
