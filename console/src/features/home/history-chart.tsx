import '@mantine/charts/styles.css'
import { AreaChart } from '@mantine/charts'
import { Box, Group, SegmentedControl, Select, Skeleton, Stack } from '@mantine/core'
import { IconChartAreaLine } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Severity } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { SEVERITIES, severityWord } from '../../severity/severity.js'
import { numberText } from '../../table/count-text.js'
import { axisText } from '../../time/time-text.js'
import { historyQuery, SPANS, type Span, summaryQuery, totalOf } from './summary.js'

const SPAN_WORDS: Readonly<Record<Span, string>> = { '7': '7 days', '30': '30 days', '90': '90 days', '365': 'A year' }
const HEIGHT = 220

type BySeverity = Readonly<Record<Severity, number>>

/** How many instances were open over time, and how many of them an exception covered: of one severity, or of all. */
export function HistoryChart() {
  const [span, setSpan] = useState<Span>('7')
  const [severity, setSeverity] = useState<Severity | null>(null)
  const history = useQuery({ ...historyQuery(span), placeholderData: keepPreviousData })
  const now = useQuery(summaryQuery).data
  const error = history.error
  if (history.data === undefined || now === undefined)
    return error === null ? (
      <Skeleton height={HEIGHT} />
    ) : (
      <ProblemNotice error={error} retry={() => void history.refetch()} />
    )
  const count = (counts: BySeverity) => (severity === null ? totalOf(counts) : counts[severity])
  const point = (at: string, open: BySeverity, covered: BySeverity) => ({
    at: axisText(new Date(at), span === '7' ? 'hour' : 'day'),
    Covered: count(covered),
    Uncovered: count(open) - count(covered),
  })
  // What was noted last is up to an hour old: the newest point is what is true now.
  const newest = point(new Date().toISOString(), now.open, now.covered)
  const noted = history.data.items.map(({ at, open, covered }) => point(at, open, covered))
  const rows = [...noted.filter(({ at }) => at !== newest.at), newest]
  const [first] = rows
  const last = rows.at(-1)
  const words = [first, last].map((row) => row && `${row.at}: ${row.Uncovered} uncovered, ${row.Covered} covered`)
  return (
    <Stack gap="xs">
      <Group gap="xs" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          data={SPANS.map((value) => ({ value, label: SPAN_WORDS[value] }))}
          value={span}
          onChange={setSpan}
        />
        <Select
          size="xs"
          w={150}
          aria-label="Severity"
          placeholder="All severities"
          clearable
          clearButtonProps={{ 'aria-label': 'All severities' }}
          data={SEVERITIES.map((value) => ({ value, label: severityWord(value) }))}
          value={severity}
          onChange={setSeverity}
        />
      </Group>
      {rows.length < 2 ? (
        <EmptyState
          small
          icon={IconChartAreaLine}
          title="Nothing to compare with yet"
          text="The numbers are noted once an hour; the picture grows by itself."
        />
      ) : (
        <Box role="img" aria-label={`Open instances over time. ${words.join('; ')}.`}>
          <AreaChart
            h={HEIGHT}
            data={rows}
            dataKey="at"
            type="stacked"
            series={[
              { name: 'Uncovered', color: 'iris.6' },
              { name: 'Covered', color: 'teal.6' },
            ]}
            curveType="linear"
            withDots={rows.length < 3}
            withLegend
            legendProps={{ verticalAlign: 'bottom', height: 30 }}
            valueFormatter={numberText}
            tickLine="none"
            gridAxis="x"
            xAxisProps={{ minTickGap: 40 }}
            areaProps={{ isAnimationActive: false }}
            areaChartProps={{ accessibilityLayer: false }}
          />
        </Box>
      )}
    </Stack>
  )
}
