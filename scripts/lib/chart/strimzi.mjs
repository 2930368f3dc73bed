// helm/examples/strimzi.yaml: a Kafka for Reprieve, made from the table of topics and from who reads what.

/**
 * What each service reads beside `redrives.v1`, which every one reads. `test/kafka-access.e2e.spec.ts` holds it against what they subscribe to.
 */
export const READS = {
  directory: ['directory.v1'],
  rules: ['directory.v1'],
  exceptions: ['approvals.v1', 'directory.v1', 'rules.v1', 'scope.v1', 'tickets.v1'],
  approvals: ['directory.v1', 'exceptions.v1', 'scope.v1', 'tickets.v1'],
  scope: ['directory.v1', 'exceptions.v1', 'scanner.instances.v1', 'tickets.v1'],
  tickets: ['directory.v1', 'exceptions.v1', 'external.tickets.v1', 'ticket-counts.v1'],
  notifications: ['approvals.v1', 'directory.v1', 'exceptions.v1', 'tickets.v1'],
  audit: ['approvals.v1', 'directory.v1', 'exceptions.v1', 'notifications.v1', 'rules.v1', 'scope.v1', 'tickets.v1'],
}
const REDRIVES = 'redrives.v1'
/** Its owner says what they look like; others publish them. */
const OF_OTHERS = ['external.tickets.v1']
const CLUSTER = 'reprieve-kafka'
const DAY_MS = 86_400_000
// As services make them where they may (libs/messaging).
const COMPACTION_LAG_MS = 7 * DAY_MS
const MOST_BATCH_BYTES = (1024 + 64) * 1024

/** What a service may do, by operation: names of topics; and the groups that it may be in. */
export function accessOf(service, topics, deadLetterTopic) {
  const all = Object.keys(topics)
  const own = all.filter((topic) => topics[topic].owner === service)
  const reads = [...READS[service], REDRIVES]
  return {
    // Each service holds every topic against what it is declared to be, when it starts.
    describe: [...all, ...all.map(deadLetterTopic)],
    // Its own, too: a database that was restored takes in again what it has published since.
    read: [...new Set([...reads, ...own, ...(service === 'audit' ? all.map(deadLetterTopic) : [])])].sort(),
    write: [...own.filter((topic) => !OF_OTHERS.includes(topic)), ...reads.map(deadLetterTopic)].sort(),
    groups: {
      prefix: `${service}.`,
      literal: [`${service}-recollection`, ...(service === 'scope' ? ['scope-ingest'] : [])],
    },
  }
}

function topic(name, { partitions, retentionMs }) {
  const config =
    retentionMs === 'compacted'
      ? `cleanup.policy: compact\n    min.compaction.lag.ms: ${COMPACTION_LAG_MS}`
      : `retention.ms: ${retentionMs}`
  return `apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: ${name}
  labels:
    strimzi.io/cluster: ${CLUSTER}
spec:
  partitions: ${partitions}
  replicas: 3
  config:
    ${config}
    max.message.bytes: ${MOST_BATCH_BYTES}
    min.insync.replicas: 2
`
}

function user(service, { describe, read, write, groups }) {
  const onTopic = (name, operations) => `      - resource:
          type: topic
          name: ${name}
          patternType: literal
        operations: [${operations.join(', ')}]
`
  const onGroup = (name, patternType) => `      - resource:
          type: group
          name: ${name}
          patternType: ${patternType}
        operations: [Read]
`
  const topics = describe.map((name) => {
    const operations = [...(read.includes(name) ? ['Read'] : []), ...(write.includes(name) ? ['Write'] : [])]
    // Read and Write imply it.
    return onTopic(name, operations.length > 0 ? operations : ['Describe'])
  })
  const member = [onGroup(groups.prefix, 'prefix'), ...groups.literal.map((name) => onGroup(name, 'literal'))]
  return `apiVersion: kafka.strimzi.io/v1
kind: KafkaUser
metadata:
  name: reprieve-${service}
  labels:
    strimzi.io/cluster: ${CLUSTER}
spec:
  authentication:
    type: tls
  authorization:
    type: simple
    acls:
${[...topics, ...member].join('')}`
}

const HEAD = `# Made by \`npm run chart\`. A Kafka for Reprieve by Strimzi (>= 0.49), its topics, and a user for each service that may do what that service
# does and nothing else. Users sign in by certificates; Strimzi renews them, and the secrets of their names.
#   kubectl -n reprieve apply -f strimzi.yaml
`

const POOL = `apiVersion: kafka.strimzi.io/v1
kind: KafkaNodePool
metadata:
  name: ${CLUSTER}
  labels:
    strimzi.io/cluster: ${CLUSTER}
spec:
  replicas: 3
  roles: [controller, broker]
  resources:
    requests: { cpu: 500m, memory: 2Gi }
    limits: { memory: 2Gi }
  storage:
    type: jbod
    volumes:
      - id: 0
        type: persistent-claim
        size: 50Gi
        kraftMetadata: shared
`

const KAFKA = `apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata:
  name: ${CLUSTER}
spec:
  kafka:
    listeners:
      - name: tls
        port: 9093
        type: internal
        tls: true
        authentication:
          type: tls
    authorization:
      type: simple
    config:
      auto.create.topics.enable: false
      default.replication.factor: 3
      min.insync.replicas: 2
      offsets.topic.replication.factor: 3
      transaction.state.log.replication.factor: 3
      transaction.state.log.min.isr: 2
  entityOperator:
    topicOperator: {}
    userOperator: {}
`

/**
 * @param topics TOPICS of @reprieve/contracts
 * @param deadLetterTopic of the same
 */
export function strimziExample(topics, deadLetterTopic) {
  const deadLetters = { partitions: 1, retentionMs: 30 * DAY_MS }
  const documents = [
    POOL,
    KAFKA,
    ...Object.entries(topics).flatMap(([name, contract]) => [
      topic(name, contract),
      topic(deadLetterTopic(name), deadLetters),
    ]),
    ...Object.keys(READS).map((service) => user(service, accessOf(service, topics, deadLetterTopic))),
  ]
  return `${HEAD}---\n${documents.join('---\n')}`
}
