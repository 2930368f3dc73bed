import { type Counter, type Gauge, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api'
import { type AttributeName, type Attributes, allowedOnly } from './attributes.js'

interface Metric {
  kind: 'counter' | 'histogram' | 'gauge'
  unit: string
  description: string
  labels: readonly AttributeName[]
  /** Upper bounds of a histogram's buckets. */
  bounds?: readonly number[]
}

const LATENCY_BOUNDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const LONG_BOUNDS = [0.1, 0.5, 1, 2, 5, 15, 60, 300, 900, 3_600, 14_400]

const defineMetrics = <const T extends Record<string, Metric>>(table: T): T => table

/** Every number this product tells of itself, with the labels it has: the one place where this is written. */
export const METRICS = defineMetrics({
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Time to answer a request; its count is the rate, its status codes are the errors',
    labels: ['reprieve.service', 'http.request.method', 'http.route', 'http.response.status_code'],
    bounds: LATENCY_BOUNDS,
  },
  'reprieve.outbox.published': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events that the relay has published',
    labels: ['reprieve.service'],
  },
  'reprieve.outbox.cycles': {
    kind: 'counter',
    unit: '{cycle}',
    description: 'Cycles of the relay by outcome',
    labels: ['reprieve.service', 'reprieve.outcome'],
  },
  'reprieve.outbox.oldest_pending_age': {
    kind: 'gauge',
    unit: 's',
    description: 'How long the oldest event has waited to be published',
    labels: ['reprieve.service'],
  },
  'reprieve.consumer.records': {
    kind: 'counter',
    unit: '{record}',
    description: 'Records by outcome: handled, retried, dead_lettered',
    labels: ['reprieve.service', 'reprieve.handler', 'reprieve.outcome'],
  },
  'reprieve.consumer.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Time to handle one call of a handler',
    labels: ['reprieve.service', 'reprieve.handler', 'messaging.destination.name'],
    bounds: LATENCY_BOUNDS,
  },
  'reprieve.consumer.lag': {
    kind: 'gauge',
    unit: '{record}',
    description: 'Records not yet handled',
    labels: ['reprieve.service', 'reprieve.handler'],
  },
  'reprieve.consumer.lag_time': {
    kind: 'gauge',
    unit: 's',
    description: 'How long ago the record that is next to be handled was published; 0 where none waits',
    labels: ['reprieve.service', 'reprieve.handler'],
  },
  'reprieve.dead_letters.waiting': {
    kind: 'gauge',
    unit: '{record}',
    description:
      'Records whose attempts are exhausted and that nobody has redriven or discarded, by the consumer that failed',
    labels: ['reprieve.service', 'reprieve.handler'],
  },
  'reprieve.ingest.findings': {
    kind: 'counter',
    unit: '{finding}',
    description: 'Findings by what became of them',
    labels: ['reprieve.format', 'reprieve.outcome'],
  },
  'reprieve.coverage.age': {
    kind: 'gauge',
    unit: 's',
    description: 'How long ago scope has heard of exceptions: coverage is known up to then',
    labels: [],
  },
  'reprieve.coverage.freshness': {
    kind: 'histogram',
    unit: 's',
    description: 'Time between an exception coming into force and every instance it covers having been told as covered',
    labels: [],
    bounds: LONG_BOUNDS,
  },
  'reprieve.reconciliation.age': {
    kind: 'gauge',
    unit: 's',
    description: 'How long ago the last reconciliation ended; none is told before the first',
    labels: [],
  },
  'reprieve.reconciliation.differences': {
    kind: 'gauge',
    unit: '{member}',
    description: 'Members that the last reconciliation had to put right',
    labels: [],
  },
  'reprieve.columns.rows': {
    kind: 'gauge',
    unit: '{instance}',
    description: 'Instances that scope keeps in memory for lists; 0 while lists are answered by the database',
    labels: [],
  },
  'reprieve.columns.memory': {
    kind: 'gauge',
    unit: 'By',
    description: 'What the instances in memory take',
    labels: [],
  },
  'reprieve.exceptions.transitions': {
    kind: 'counter',
    unit: '{transition}',
    description: 'Changes of an exception by kind',
    labels: ['reprieve.transition'],
  },
  'reprieve.exceptions.expiry_delay': {
    kind: 'histogram',
    unit: 's',
    description: 'Time between the end of an exception and its expiry',
    labels: [],
    bounds: LATENCY_BOUNDS,
  },
  'reprieve.notices.deliveries': {
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts to deliver a notice by outcome: sent, failed, refused, given_up',
    labels: ['reprieve.kind', 'reprieve.outcome'],
  },
  'reprieve.webhooks.deliveries': {
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts to send an event to a webhook.',
    labels: ['reprieve.outcome'],
  },
  'reprieve.notices.delay': {
    kind: 'histogram',
    unit: 's',
    description: 'Time between what happened and the mail server having the notice of it',
    labels: ['reprieve.kind'],
    bounds: LONG_BOUNDS,
  },
  'reprieve.notices.oldest_pending_age': {
    kind: 'gauge',
    unit: 's',
    description: 'How long the oldest notice has waited to be delivered',
    labels: [],
  },
})

export type MetricName = keyof typeof METRICS
type Labels<N extends MetricName> = Pick<Attributes, (typeof METRICS)[N]['labels'][number]>

type Instrument = Counter | Histogram | Gauge
let provider: MeterProvider | null = null
let instruments = new Map<MetricName, Instrument>()

/** Adds `value` to a counter, or notes it in a histogram or gauge. Costs next to nothing where nobody collects. */
export function measure<N extends MetricName>(name: N, value: number, labels: Labels<N>): void {
  const instrument = find(name)
  const attributes = allowedOnly(labels)
  if ('add' in instrument) instrument.add(value, attributes)
  else instrument.record(value, attributes)
}

/**
 * Asks `read` for a gauge's value whenever the numbers are collected; null where there is none to tell.
 * @returns stops asking
 */
export function observe<N extends MetricName>(
  name: N,
  labels: Labels<N>,
  read: () => number | null | Promise<number | null>,
): () => void {
  return observeEach(name, async () => {
    const value = await read()
    return value === null ? [] : [{ value, labels }]
  })
}

/**
 * The same for what has a value for each of several labels. Of a counter the values are what it has come to since the process began.
 * @returns stops asking
 */
export function observeEach<N extends MetricName>(
  name: N,
  read: () => Iterable<{ value: number; labels: Labels<N> }> | Promise<Iterable<{ value: number; labels: Labels<N> }>>,
): () => void {
  const { kind, unit, description } = METRICS[name]
  const meter = metrics.getMeter('reprieve')
  const instrument =
    kind === 'counter'
      ? meter.createObservableCounter(name, { unit, description })
      : meter.createObservableGauge(name, { unit, description })
  const callback: Parameters<typeof instrument.addCallback>[0] = async (result) => {
    for (const { value, labels } of await read()) result.observe(value, allowedOnly(labels))
  }
  instrument.addCallback(callback)
  return () => instrument.removeCallback(callback)
}

function find(name: MetricName): Instrument {
  // Instruments made before a provider was there would stay silent for ever.
  const current = metrics.getMeterProvider()
  if (current !== provider) {
    provider = current
    instruments = new Map()
  }
  let instrument = instruments.get(name)
  if (instrument === undefined) {
    instrument = make(name, METRICS[name])
    instruments.set(name, instrument)
  }
  return instrument
}

function make(name: MetricName, { kind, unit, description, bounds }: Metric): Instrument {
  const meter = metrics.getMeter('reprieve')
  const about = { unit, description }
  if (kind === 'counter') return meter.createCounter(name, about)
  if (kind === 'gauge') return meter.createGauge(name, about)
  return meter.createHistogram(name, {
    ...about,
    ...(bounds === undefined ? {} : { advice: { explicitBucketBoundaries: [...bounds] } }),
  })
}
