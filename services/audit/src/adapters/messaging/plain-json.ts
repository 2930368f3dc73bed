import type { DescEnum, DescMessage, Message, JsonObject as MessageJson, MessageShape } from '@bufbuild/protobuf'
import { ScalarType, toJson } from '@bufbuild/protobuf'
import type { Json, JsonObject } from '../../domain/told.js'

/**
 * A message as people read it: proto-JSON with every member that has a value of its own, and the words of enums as the API writes them
 * (`STATUS_PENDING_APPROVAL` is `pendingApproval`). Counts are numbers: none of ours is beyond 2^53.
 */
export function plainJson<D extends DescMessage>(schema: D, message: MessageShape<D> & Message): JsonObject {
  const json = toJson(schema, message, { alwaysEmitImplicit: true }) as MessageJson
  return worded(schema, json) as JsonObject
}

function worded(schema: DescMessage, json: Json): Json {
  // Timestamps and the like are texts.
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return json
  const members = { ...json }
  for (const field of schema.fields) {
    const value = members[field.jsonName]
    if (value === undefined) continue
    if (field.fieldKind === 'scalar' && field.scalar === ScalarType.INT64) members[field.jsonName] = Number(value)
    else if (field.fieldKind === 'enum') members[field.jsonName] = word(field.enum, value)
    else if (field.fieldKind === 'message') members[field.jsonName] = worded(field.message, value)
    else if (field.fieldKind === 'list' && field.listKind === 'message' && Array.isArray(value)) {
      members[field.jsonName] = value.map((item) => worded(field.message, item))
    }
  }
  return members
}

function word({ sharedPrefix = '' }: DescEnum, value: Json): Json {
  // A number is a word that a newer owner uses.
  if (typeof value !== 'string') return value
  const own = value.toLowerCase()
  return (own.startsWith(sharedPrefix) ? own.slice(sharedPrefix.length) : own).replace(/_(\w)/g, (_, letter: string) =>
    letter.toUpperCase(),
  )
}
