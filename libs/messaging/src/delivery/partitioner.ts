/**
 * The partition of a key: murmur2 as in Kafka's own clients, so that both carriers, and producers in other languages, agree.
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

/** A key of one's own in each partition of a topic, in order: for what has to be told in all of them. */
export function keysOfPartitions(prefix: string, partitions: number): string[] {
  const keys = new Map<number, string>()
  for (let n = 0; keys.size < partitions; n++) {
    const key = `${prefix}-${n}`
    const partition = partitionOf(Buffer.from(key), partitions)
    if (!keys.has(partition)) keys.set(partition, key)
  }
  return Array.from({ length: partitions }, (_, partition) => keys.get(partition) ?? prefix)
}

function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995
  const whole = data.length & ~3
  const at = (index: number): number => data[index] ?? 0
  let hash = 0x9747b28c ^ data.length
  for (let index = 0; index < whole; index += 4) {
    let word = at(index) | (at(index + 1) << 8) | (at(index + 2) << 16) | (at(index + 3) << 24)
    word = Math.imul(word, m)
    word ^= word >>> 24
    hash = Math.imul(hash, m) ^ Math.imul(word, m)
  }
  const rest = data.length - whole
  if (rest === 3) hash ^= at(whole + 2) << 16
  if (rest >= 2) hash ^= at(whole + 1) << 8
  if (rest >= 1) hash = Math.imul(hash ^ at(whole), m)
  hash = Math.imul(hash ^ (hash >>> 13), m)
  return hash ^ (hash >>> 15)
}
