import { Button, Group, ScrollArea, Skeleton, Stack, Table, Text, Title, UnstyledButton } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import classes from './settings.module.css'

export interface SettingsColumn<Row> {
  label: string
  cell: (row: Row) => ReactNode
  align?: 'right'
}

interface SettingsListProps<Row> {
  title: string
  text: string
  /** What the button says; absent: nothing can be made here. */
  create?: string | undefined
  onCreate?: () => void
  tools?: ReactNode
  columns: readonly [SettingsColumn<Row>, ...SettingsColumn<Row>[]]
  rows: readonly Row[] | undefined
  rowId: (row: Row) => string
  /** The row's name, by which it is opened. */
  rowName: (row: Row) => string
  onOpen: (row: Row) => void
  error: unknown
  retry: () => void
  empty: ReactNode
  more?: { has: boolean; loading: boolean; load: () => void }
}

/** A short list of settings: what there is, and the way to each. */
export function SettingsList<Row>(props: SettingsListProps<Row>) {
  const { columns, rows, rowId, rowName, onOpen } = props
  const [first, ...others] = columns
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>{props.title}</Title>
          <Text size="sm" c="dimmed" maw={640}>
            {props.text}
          </Text>
        </div>
        <Group gap="xs">
          {props.tools}
          {props.create !== undefined && (
            <Button leftSection={<IconPlus size={16} />} onClick={props.onCreate}>
              {props.create}
            </Button>
          )}
        </Group>
      </Group>
      {rows === undefined ? (
        props.error === null ? (
          <Skeleton height={200} />
        ) : (
          <ProblemNotice error={props.error} retry={props.retry} />
        )
      ) : rows.length === 0 ? (
        props.empty
      ) : (
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
          <Table fz="sm" verticalSpacing={8} miw={560} aria-label={props.title}>
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ label, align }) => (
                  <Table.Th key={label} ta={align ?? 'left'} fw={500} fz="xs" c="dimmed">
                    {label}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody className={classes.rows ?? ''}>
              {rows.map((row) => (
                <Table.Tr key={rowId(row)} onClick={() => onOpen(row)}>
                  <Table.Td>
                    <UnstyledButton fw={500} fz="sm" aria-label={`Open ${rowName(row)}`}>
                      {first.cell(row)}
                    </UnstyledButton>
                  </Table.Td>
                  {others.map(({ label, cell, align }) => (
                    <Table.Td key={label} ta={align ?? 'left'}>
                      {cell(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      {props.more?.has === true && (
        <Group>
          <Button variant="default" size="xs" loading={props.more.loading} onClick={props.more.load}>
            Show more
          </Button>
        </Group>
      )}
    </Stack>
  )
}
