import { ActionIcon, Checkbox, Menu, Tooltip } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import type { Column } from './column.js'
import type { useColumnChoice } from './use-columns.js'

interface ColumnMenuProps<Row> {
  columns: readonly Column<Row>[]
  choice: ReturnType<typeof useColumnChoice>
}

/** Chooses which columns are shown. */
export function ColumnMenu<Row>({ columns, choice }: ColumnMenuProps<Row>) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end" width={220}>
      <Menu.Target>
        <Tooltip label="Columns">
          <ActionIcon variant="default" size="md" aria-label="Choose columns">
            <IconColumns3 size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {columns
          .filter(({ always }) => always !== true)
          .map(({ id, label }) => (
            <Menu.Item
              key={id}
              role="menuitemcheckbox"
              aria-checked={choice.visible[id] === true}
              onClick={() => choice.toggle(id)}
              leftSection={
                <Checkbox.Indicator size="xs" checked={choice.visible[id] === true} aria-hidden component="span" />
              }
            >
              {label}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item onClick={choice.reset}>As at first</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
