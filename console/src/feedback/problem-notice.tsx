import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { ApiProblem, messageOf } from '../api/problem.js'

/** Stands where something could not be read: what went wrong, and what to do. */
export function ProblemNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : null
  return (
    <Alert
      color={problem?.status === 403 || problem?.status === 404 ? 'gray' : 'red'}
      icon={<IconAlertCircle size={18} />}
      title={problem?.title ?? 'Something went wrong'}
      role="alert"
      maw={560}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{messageOf(error)}</Text>
        {problem?.traceId != null && problem.status >= 500 && (
          <Text size="xs" c="dimmed">
            Trace {problem.traceId}
          </Text>
        )}
        {retry !== undefined && problem?.status !== 403 && problem?.status !== 404 && (
          <Button variant="default" size="xs" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
