import { Group, Kbd, Modal, SimpleGrid, Stack, Text } from '@mantine/core'
import { activeKeys, type KeyBinding } from './keys.js'

/** What `?` shows: every key that works here. */
export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const groups = new Map<string, KeyBinding[]>()
  for (const binding of opened ? activeKeys() : [])
    groups.set(binding.group, [...(groups.get(binding.group) ?? []), binding])
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="lg">
        {[...groups].map(([group, bindings]) => (
          <Stack key={group} gap={6}>
            <Text fw={600} size="sm" component="h3">
              {group}
            </Text>
            {bindings.map(({ keys, does }) => (
              <Group key={keys} justify="space-between" wrap="nowrap">
                <Text size="sm">{does}</Text>
                <Group gap={4} wrap="nowrap">
                  {keys.split(' ').map((key) => (
                    <Kbd key={key} size="xs">
                      {key}
                    </Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
        <Stack gap={6}>
          <Text fw={600} size="sm" component="h3">
            Everywhere
          </Text>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm">Find a page or an action</Text>
            <Group gap={4}>
              <Kbd size="xs">Ctrl</Kbd>
              <Kbd size="xs">K</Kbd>
            </Group>
          </Group>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm">Close what is open</Text>
            <Kbd size="xs">Esc</Kbd>
          </Group>
        </Stack>
      </SimpleGrid>
    </Modal>
  )
}
