import { Tooltip } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { Dash } from '../table/dash.js'
import { agoText, localDayText, localText, utcText } from './time-text.js'

const HOVER_MS = 300

interface TimeProps {
  /** RFC 3339; null shows a dash. */
  at: string | null
  /** `ago`: how far from now, which goes on by itself; `day` and `full`: in the reader's zone. */
  as?: 'ago' | 'day' | 'full'
}

/** A time in the reader's zone; in UTC on hover. */
export function Time({ at, as = 'full' }: TimeProps) {
  const [now, setNow] = useState(() => new Date())
  const [hovered, setHovered] = useState(false)
  const delay = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(delay.current), [])
  useInterval(() => setNow(new Date()), 30_000, { autoInvoke: as === 'ago' })
  if (at === null) return <Dash means="none" />
  const time = new Date(at)
  const shown = as === 'ago' ? agoText(time, now) : as === 'day' ? localDayText(time) : localText(time)
  const element = (
    <time
      dateTime={at}
      onMouseEnter={() => {
        delay.current = setTimeout(() => setHovered(true), HOVER_MS)
      }}
      onMouseLeave={() => {
        clearTimeout(delay.current)
        setHovered(false)
      }}
    >
      {shown}
    </time>
  )
  // A tooltip costs more than all else in a row of a table; there are two in most rows, and nearly none is ever looked at.
  if (!hovered) return element
  return (
    <Tooltip opened label={as === 'full' ? utcText(time) : `${localText(time)} · ${utcText(time)}`}>
      {element}
    </Tooltip>
  )
}
