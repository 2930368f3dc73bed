interface Member {
  readonly subscription: { readonly topics: readonly string[] }
}

interface Partition {
  readonly topic: string
}

/**
 * Shares the partitions of each topic among the members that read it, as evenly as can be, and leaves a partition where it is while
 * its member has no more than its share.
 */
export function assign<M extends Member, P extends Partition>(
  members: readonly M[],
  partitions: readonly P[],
  owners: ReadonlyMap<P, M>,
): Map<P, M> {
  const assigned = new Map<P, M>()
  // Over all topics, so that members of a group with many small topics are loaded alike.
  const load = new Map(members.map((member) => [member, 0]))
  for (const topic of new Set(partitions.map((partition) => partition.topic))) {
    const readers = members.filter((member) => member.subscription.topics.includes(topic))
    if (readers.length === 0) continue
    const ofTopic = partitions.filter((partition) => partition.topic === topic)
    const share = Math.ceil(ofTopic.length / readers.length)
    const held = new Map(readers.map((member) => [member, 0]))
    const take = (partition: P, member: M) => {
      assigned.set(partition, member)
      held.set(member, (held.get(member) ?? 0) + 1)
      load.set(member, (load.get(member) ?? 0) + 1)
    }
    // With 4 partitions among 3 members one may hold two.
    let larger = ofTopic.length % readers.length || readers.length
    for (const partition of ofTopic) {
      const owner = owners.get(partition)
      const holds = owner === undefined ? undefined : held.get(owner)
      if (owner === undefined || holds === undefined || holds >= share) continue
      if (holds + 1 === share && larger-- <= 0) continue
      take(partition, owner)
    }
    for (const partition of ofTopic) {
      if (assigned.has(partition)) continue
      const [least] = readers.toSorted(
        (a, b) => (held.get(a) ?? 0) - (held.get(b) ?? 0) || (load.get(a) ?? 0) - (load.get(b) ?? 0),
      )
      if (least !== undefined) take(partition, least)
    }
  }
  return assigned
}
