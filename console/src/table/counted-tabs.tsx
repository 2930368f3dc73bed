import { Tabs, Text } from '@mantine/core'

interface CountedTabsProps<Name extends string> {
  label: string
  /** `count` as text, empty while it is not known. */
  tabs: ReadonlyArray<{ readonly name: Name; readonly word: string; readonly count: string }>
  value: Name
  onChange: (name: Name) => void
}

/** One list in parts, and how many are in each. */
export function CountedTabs<Name extends string>({ label, tabs, value, onChange }: CountedTabsProps<Name>) {
  return (
    <Tabs value={value} onChange={(name) => onChange(name as Name)} px="var(--page-padding)">
      <Tabs.List aria-label={label} style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
        {tabs.map(({ name, word, count }) => (
          <Tabs.Tab
            key={name}
            value={name}
            rightSection={
              <Text span size="xs" c="dimmed" className="figures">
                {count}
              </Text>
            }
          >
            {word}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  )
}
