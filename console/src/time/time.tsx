import { Text, Tooltip } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { useState } from 'react'
import { agoText, localDayText, localText, utcText } from './time-text.js'

interface TimeProps {
  /** RFC 3339; null shows a dash. */
  at: string | null
  /** `ago`: how far from now, which goes on by itself; `day` and `full`: in the reader's zone. */
  as?: 'ago' | 'day' | 'full'
}

/** A time in the reader's zone; in UTC on hover. */
export function Time({ at, as = 'full' }: TimeProps) {
  const [now, setNow] = useState(() => new Date())
  useInterval(() => setNow(new Date()), 30_000, { autoInvoke: as === 'ago' })
  if (at === null)
    return (
      <Text span inherit c="dimmed" aria-label="none">
        –
      </Text>
    )
  const time = new Date(at)
  const shown = as === 'ago' ? agoText(time, now) : as === 'day' ? localDayText(time) : localText(time)
  return (
    <Tooltip label={as === 'full' ? utcText(time) : `${localText(time)} · ${utcText(time)}`}>
      <time dateTime={at}>{shown}</time>
    </Tooltip>
  )
}
