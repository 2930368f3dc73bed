import { Avatar, Box, Button, Group, Skeleton, Stack, Text, Textarea } from '@mantine/core'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import { useDraft } from '../../../drafts/use-draft.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { Time } from '../../../time/time.js'
import classes from './details.module.css'

const commentsOf = (id: string) =>
  queryOptions({
    queryKey: ['exceptions', 'comments', id],
    queryFn: ({ signal }) =>
      ask(api.GET('/exceptions/{id}/comments', { params: { path: { id }, query: { limit: 200 } }, signal })),
  })

/** What people say about it, oldest first. */
export function Comments({ exceptionId }: { exceptionId: string }) {
  const client = useQueryClient()
  const { data, error, isPending, refetch } = useQuery(commentsOf(exceptionId))
  const { read, keep, drop } = useDraft<string>(`comment:${exceptionId}`)
  const [text, setText] = useState(() => read() ?? '')
  useEffect(() => (text === '' ? drop() : keep(text)), [text, keep, drop])
  const add = useMutation({
    mutationFn: (comment: string) =>
      ask(
        api.POST('/exceptions/{id}/comments', {
          params: { path: { id: exceptionId }, header: { 'idempotency-key': newIdempotencyKey() } },
          body: { text: comment },
        }),
      ),
    onSuccess: () => {
      setText('')
      void client.invalidateQueries({ queryKey: commentsOf(exceptionId).queryKey })
    },
  })
  const faults = add.error === null ? null : formFaults(add.error, ['text'])
  const send = () => text.trim() !== '' && !add.isPending && add.mutate(text.trim())

  if (isPending) return <Skeleton height={80} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  return (
    <Stack gap="md">
      {data.items.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody has said anything yet. Everyone who can read the request reads what is said here.
        </Text>
      )}
      {data.items.map(({ id, author, at, text: said }) => (
        <Group key={id} align="flex-start" wrap="nowrap" gap="sm">
          <Avatar size={28} radius="xl" name={author.name} color="iris" aria-hidden />
          <Box miw={0}>
            <Text size="sm">
              <Text span inherit fw={600}>
                {author.name}
              </Text>{' '}
              <Text span size="xs" c="dimmed">
                <Time at={at} as="ago" />
              </Text>
            </Text>
            <Text size="sm" className={classes.prose ?? ''}>
              {said}
            </Text>
          </Box>
        </Group>
      ))}
      <Box>
        <Textarea
          label="Comment"
          autosize
          minRows={2}
          maxLength={4_000}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send()
          }}
          error={faults === null ? null : (faults.fields['text'] ?? faults.rest)}
        />
        <Group justify="flex-end" mt="xs">
          <Button size="xs" onClick={send} loading={add.isPending} disabled={text.trim() === ''}>
            Comment
          </Button>
        </Group>
      </Box>
    </Stack>
  )
}
