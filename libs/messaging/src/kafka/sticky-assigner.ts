import kafkajs, { type PartitionAssigner } from 'kafkajs'
import { assign } from '../delivery/assignment.js'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol
const VERSION = 0

/** Partition numbers by topic. */
export type OwnedPartitions = Record<string, number[]>

/**
 * Leaves partitions where they are while the share is even: a member that joins or leaves moves its own share only, where KafkaJS' own
 * assigner deals all of them anew. Members tell what they hold as they join.
 */
export function stickyAssigner(owned: () => OwnedPartitions): PartitionAssigner {
  return ({ cluster }) => ({
    name: 'ReprieveStickyAssigner',
    version: VERSION,
    protocol: ({ topics }) => ({
      name: 'ReprieveStickyAssigner',
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.from(JSON.stringify(owned())) }),
    }),
    async assign({ members, topics }) {
      const readers = members
        .map(({ memberId, memberMetadata }) => {
          const metadata = MemberMetadata.decode(memberMetadata)
          return {
            memberId,
            subscription: { topics: metadata?.topics ?? [...topics] },
            owned: ownedBy(metadata?.userData),
          }
        })
        .sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
      const partitions = [...new Set(readers.flatMap((reader) => reader.subscription.topics))].flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => ({ topic, partition: partitionId }))
          .sort((a, b) => a.partition - b.partition),
      )
      const owners = new Map(
        readers.flatMap((reader) =>
          partitions
            .filter(({ topic, partition }) => reader.owned[topic]?.includes(partition))
            .map((partition) => [partition, reader] as const),
        ),
      )
      const assigned = assign(readers, partitions, owners)
      return readers.map((reader) => {
        const assignment: OwnedPartitions = {}
        for (const [{ topic, partition }, member] of assigned) {
          if (member !== reader) continue
          const ofTopic = assignment[topic] ?? []
          assignment[topic] = ofTopic
          ofTopic.push(partition)
        }
        return {
          memberId: reader.memberId,
          memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData: Buffer.alloc(0) }),
        }
      })
    },
  })
}

function ownedBy(userData: Buffer | undefined): OwnedPartitions {
  if (userData === undefined || userData.length === 0) return {}
  try {
    return JSON.parse(userData.toString()) as OwnedPartitions
  } catch {
    // Only the evenness of the next assignment depends on it.
    return {}
  }
}
