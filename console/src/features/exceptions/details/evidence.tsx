import { Anchor, Button, FileButton, Group, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconPaperclip, IconUpload } from '@tabler/icons-react'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ask, newIdempotencyKey } from '../../../api/client.js'
import type { Exception } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { done, refused } from '../../../feedback/toast.js'
import { sizeText } from '../../../table/count-text.js'
import { Time } from '../../../time/time.js'

const evidenceOf = (id: string) =>
  queryOptions({
    queryKey: ['exceptions', 'evidence', id],
    queryFn: ({ signal }) =>
      ask(api.GET('/exceptions/{id}/evidence', { params: { path: { id }, query: { limit: 200 } }, signal })),
  })

interface EvidenceFilesProps {
  exception: Exception
  mayAdd: boolean
}

/** What was handed in with the request or later; reviewers decide on what was there. */
export function EvidenceFiles({ exception, mayAdd }: EvidenceFilesProps) {
  const client = useQueryClient()
  const { id, evidenceLink } = exception
  const { data, error, isPending, refetch } = useQuery(evidenceOf(id))
  const add = useMutation({
    mutationFn: (file: File) => {
      const body = new FormData()
      body.append('file', file)
      return ask(
        api.POST('/exceptions/{id}/evidence', {
          params: { path: { id }, header: { 'idempotency-key': newIdempotencyKey() } },
          body: body as never,
          bodySerializer: (form) => form as never,
        }),
      )
    },
    onSuccess: ({ name }) => {
      done(`${name} was added.`)
      void client.invalidateQueries({ queryKey: ['exceptions', 'evidence', id] })
    },
    onError: refused,
  })
  if (isPending) return <Skeleton height={80} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  return (
    <Stack gap="sm">
      {evidenceLink !== null && (
        <Anchor href={evidenceLink} target="_blank" rel="noopener noreferrer nofollow" size="sm">
          {evidenceLink}
        </Anchor>
      )}
      {data.items.length === 0 && evidenceLink === null && (
        <EmptyState
          icon={IconPaperclip}
          title="No evidence"
          text={
            mayAdd
              ? 'Add what helps to decide: a plan, a vendor’s statement, a picture of the control.'
              : 'The requester has added none.'
          }
        />
      )}
      {data.items.length > 0 && (
        <Table fz="sm" aria-label="Files">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>File</Table.Th>
              <Table.Th ta="right">Size</Table.Th>
              <Table.Th>Added</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((file) => (
              <Table.Tr key={file.id}>
                <Table.Td>
                  <Anchor href={`/api/v1/exceptions/${id}/evidence/${file.id}`} download={file.name} size="sm">
                    {file.name}
                  </Anchor>
                  <Text size="xs" c="dimmed" ff="monospace" title={`SHA-256 ${file.sha256}`}>
                    {file.sha256.slice(0, 16)}…
                  </Text>
                </Table.Td>
                <Table.Td ta="right">{sizeText(file.size)}</Table.Td>
                <Table.Td>
                  {file.addedBy.name}, <Time at={file.addedAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {mayAdd && (
        <Group>
          <FileButton onChange={(file) => file !== null && add.mutate(file)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                size="xs"
                leftSection={<IconUpload size={14} />}
                loading={add.isPending}
              >
                Add a file
              </Button>
            )}
          </FileButton>
        </Group>
      )}
    </Stack>
  )
}
