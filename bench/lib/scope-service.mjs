// The scope service as it runs, with real Kafka and PostgreSQL; whoever owns exceptions is played.
import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { systemClock } from '@reprieve/clock'
import { exceptions, scanner, TOPICS } from '@reprieve/contracts'
import { KafkaCarrier } from '@reprieve/messaging'
import { scopeService } from '@reprieve/scope-service'
import { startService } from '@reprieve/service-host'
import { columnsLogger } from './columns-logger.mjs'

export const INSTANCES = 'scanner.instances.v1'
const PUBLISHED_AT_ONCE = 2_000

/** @returns once it works; `inMemory` resolves once it has read as large an inventory as it keeps in memory */
export async function startScope(databaseUrl, brokers) {
  const { logger, inMemory } = columnsLogger('warn')
  const service = await startService(scopeService, {
    databaseUrl,
    carrier: new KafkaCarrier({ brokers, clientId: `bench-${randomUUID()}` }),
    clock: systemClock,
    logger,
    environment: {},
  })
  return { close: () => service.close(), inMemory }
}

/** Declares the topics as the owner of each would. */
export const declareTopics = (carrier, names) =>
  carrier.ensureTopics(names.map((name) => ({ name, partitions: TOPICS[name].partitions, retentionMs: 86_400_000 })))

export async function publishAll(carrier, messages) {
  for (let start = 0; start < messages.length; start += PUBLISHED_AT_ONCE)
    await carrier.publish(messages.slice(start, start + PUBLISHED_AT_ONCE))
}

const STATUS = exceptions.Status

/** One that its owner tells of. */
export function toldException(
  expression,
  { id = randomUUID(), version = 1, status = 'ACTIVE', since = new Date(), expiresAt } = {},
) {
  const value = toBinary(
    exceptions.ExceptionsEventSchema,
    create(exceptions.ExceptionsEventSchema, {
      meta: {
        eventId: randomUUID(),
        subjectId: id,
        occurredAt: timestampFromDate(since),
        version: { incarnation: 1n, n: BigInt(version) },
      },
      body: {
        case: 'change',
        value: {
          exception: {
            id,
            name: 'bench',
            status: STATUS[status],
            effect: exceptions.Effect.SUPPRESS,
            query: { id: randomUUID(), name: 'bench', expression, folder: 'Vulnerability Exception Queries' },
            requestedBy: { id: randomUUID(), name: 'Rita Requester' },
            requestedAt: timestampFromDate(since),
            ...(status === 'ACTIVE' ? { appliedSince: timestampFromDate(since) } : {}),
            ...(expiresAt === undefined ? {} : { expiresAt: timestampFromDate(expiresAt) }),
          },
        },
      },
    }),
  )
  return { topic: 'exceptions.v1', key: id, value }
}

const ASSET_TYPES = {
  host: scanner.AssetType.HOST,
  container: scanner.AssetType.CONTAINER,
  image: scanner.AssetType.IMAGE,
  repository: scanner.AssetType.REPOSITORY,
  cloudResource: scanner.AssetType.CLOUD_RESOURCE,
  application: scanner.AssetType.APPLICATION,
}
const known = (value) => value ?? undefined

const assetOf = (row) => ({
  id: row['asset.id'],
  name: row['asset.name'],
  type: ASSET_TYPES[row['asset.type']],
  os: known(row['asset.os']),
  owner: known(row['asset.owner']),
  businessUnit: known(row['asset.businessUnit']),
  environment: known(row['asset.environment']),
  exposure: known(row['asset.exposure']),
  criticality: known(row['asset.criticality']),
  ...(row['asset.tags'] === null ? {} : { tags: { values: row['asset.tags'] } }),
})

const event = (key, body) => ({
  topic: INSTANCES,
  key,
  value: toBinary(scanner.InstanceEventSchema, create(scanner.InstanceEventSchema, { event: body })),
})

/** A scan of one asset: what was found, and that it is complete. */
export function scanMessages(rows, { scanId, at }) {
  const [first] = rows
  const about = { scanner: 'trivy', scanId, asset: assetOf(first) }
  const observedAt = timestampFromDate(at)
  return [
    ...rows.map((row, index) =>
      event(row['asset.id'], {
        case: 'observed',
        value: {
          ...about,
          vulnerability: { id: row.vulnerability, aliases: row.aliases, title: row.title },
          component: { name: row['component.name'], version: row['component.version'], purl: row['component.purl'] },
          location: row.location,
          port: known(row.port),
          severity: row.severity,
          cvss: known(row.cvss),
          epss: known(row.epss),
          kev: row.kev,
          fixAvailable: known(row.fixAvailable),
          observedAt,
          sequence: BigInt(index),
        },
      }),
    ),
    event(first['asset.id'], {
      case: 'scanCompleted',
      value: { ...about, findings: BigInt(rows.length), completedAt: observedAt },
    }),
  ]
}

/** How many records of the topic were taken in. */
async function position(pool) {
  const { rows } = await pool.query(
    'SELECT coalesce(sum(next_offset), 0)::int AS taken FROM consumed WHERE topic = $1',
    [INSTANCES],
  )
  return rows[0].taken
}

/** Resolves once everything up to `messages` of the topic was taken in. @returns when, in milliseconds */
export async function takenIn(pool, messages, lookMs = 10) {
  while ((await position(pool)) < messages) await sleep(lookMs)
  return performance.now()
}

/**
 * Starts the service beside what waits for it, and measures from its first commit on: until then it has been starting and joining its group.
 * @returns the service, and events a second
 */
export async function takeIn(pool, start, messages) {
  const begun = await position(pool)
  const service = await start()
  let at = begun
  while (at === begun) at = await position(pool)
  const started = performance.now()
  const ended = await takenIn(pool, messages)
  return { service, rate: (messages - at) / ((ended - started) / 1_000) }
}

/** Resolves once no exception waits for its back-fill and `count` are there. */
export async function synced(pool, count) {
  for (;;) {
    const { rows } = await pool.query(
      'SELECT count(*)::int AS all, count(*) FILTER (WHERE live AND synced_at IS NULL)::int AS left FROM exception',
    )
    if (rows[0].all >= count && rows[0].left === 0) return
    await sleep(50)
  }
}

/** Resolves once all that follows from what was taken in is done and told. */
export async function settled(pool) {
  for (;;) {
    const { rows } = await pool.query(
      'SELECT NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (SELECT FROM reach_due) AND NOT EXISTS (SELECT FROM rematch) AND NOT EXISTS (SELECT FROM aftermath) AS done',
    )
    if (rows[0].done) break
    await sleep(50)
  }
}
