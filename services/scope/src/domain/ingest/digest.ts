import { hash } from 'node:crypto'
import { componentIdentity, locationIdentity } from '../identity/index.js'
import type { FindingFacts } from './record.js'

/** SHA-256 over a value's JSON, as hexadecimal digits. Members must come in one fixed order. */
const digest = (value: unknown): string => hash('sha256', JSON.stringify(value), 'hex')

/** The first 52 bits of a digest: a whole number in JavaScript, JSON and PostgreSQL alike. */
const number52 = (hex: string): number => Number.parseInt(hex.slice(0, 13), 16)

// Findings of one component come many at a time: its package URL is taken apart once for all of them.
const MOST_REMEMBERED = 4_096
const remembered = new Map<string, string>()

/** Digest of where in an asset a finding is, written as a UUID is: 128 bits. */
export function placeOf(component: { name?: string; purl?: string } | undefined, location: string | undefined): string {
  const key = JSON.stringify([component?.name, component?.purl, location])
  const known = remembered.get(key)
  if (known !== undefined) return known
  if (remembered.size === MOST_REMEMBERED) remembered.clear()
  const place = placeIn(component, location)
  remembered.set(key, place)
  return place
}

function placeIn(component: { name?: string; purl?: string } | undefined, location: string | undefined): string {
  const hex = digest([componentIdentity(component), locationIdentity(location) ?? null])
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** Equal for two findings that say the same. */
export const factsHash = (facts: FindingFacts): number => number52(digest(Object.values(facts)))

/** Tells records without a sequence apart: two that are equal in everything are one that came twice. */
export const arrivalHash = (...parts: readonly unknown[]): number => number52(digest(parts))
