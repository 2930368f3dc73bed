import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Box, Skeleton } from '@mantine/core'
import { IconBug } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { SEVERITIES, severityWord } from '../../severity/severity.js'
import { numberText } from '../../table/count-text.js'
import { summaryQuery, totalOf } from './summary.js'

/** Open instances by severity, and how many of them an exception covers or defers. */
export function SummaryChart() {
  const { data, error, isPending, refetch } = useQuery(summaryQuery)
  if (isPending) return <Skeleton height={220} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (totalOf(data.open) === 0)
    return (
      <EmptyState
        small
        icon={IconBug}
        title="No open instances"
        text="They appear when a scanner sends them or a report is imported."
      />
    )
  const rows = SEVERITIES.filter((severity) => data.open[severity] > 0).map((severity) => ({
    severity: severityWord(severity),
    Covered: data.covered[severity],
    Deferred: data.deferred[severity],
    // What is deferred stays uncovered for others; here each instance is counted once.
    Uncovered: data.open[severity] - data.covered[severity] - data.deferred[severity],
  }))
  const words = rows
    .map((row) => `${row.severity}: ${row.Uncovered} uncovered, ${row.Deferred} deferred, ${row.Covered} covered`)
    .join('; ')
  return (
    <Box role="img" aria-label={`Open instances. ${words}.`}>
      <BarChart
        h={220}
        data={rows}
        dataKey="severity"
        type="stacked"
        series={[
          { name: 'Uncovered', color: 'iris.6' },
          { name: 'Deferred', color: 'yellow.5' },
          { name: 'Covered', color: 'teal.6' },
        ]}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 30 }}
        maxBarWidth={56}
        valueFormatter={numberText}
        barProps={{ isAnimationActive: false }}
        tickLine="none"
        gridAxis="x"
        barChartProps={{ accessibilityLayer: false }}
      />
    </Box>
  )
}
