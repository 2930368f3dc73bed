import { Text, Timeline } from '@mantine/core'
import type { Ticket } from '../../../api/schemas.js'
import { Time } from '../../../time/time.js'
import { dayText } from '../day-text.js'

type Update = Ticket['exceptions'][number]['updates'][number]

/** What happened, by whom and when, along a line. */
export function UpdateLine({ updates }: { updates: readonly Update[] }) {
  return (
    <Timeline bulletSize={12} lineWidth={2} active={updates.length} color="gray.6">
      {updates.map(({ at, actor, text }) => (
        <Timeline.Item key={`${at}:${text}`}>
          <Text size="sm">{withDays(text)}</Text>
          <Text size="xs" c="dimmed">
            {actor === null ? 'By the system' : actor.name} · <Time at={at} />
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  )
}

/** Days in a text as they stand everywhere else. */
const withDays = (text: string): string => text.replace(/\b\d{4}-\d{2}-\d{2}\b/g, dayText)
