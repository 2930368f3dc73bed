import { fromBinary, fromJson } from '@bufbuild/protobuf'
import { scanner } from '@reprieve/contracts'

export const JSON_CONTENT = 'application/json'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** An event that cannot be read at all, with why, for whoever published it. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent'
}

/**
 * The event in a record: protobuf, or proto-JSON where the header `content-type` says so.
 * @throws UnreadableEvent
 */
export function decodeInstanceEvent(
  value: Uint8Array,
  headers: Readonly<Record<string, string>>,
): scanner.InstanceEvent {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  try {
    return type === JSON_CONTENT
      ? // What a newer scanner says beyond what is known here is left out, as it is of protobuf.
        instanceEventFromJson(utf8.decode(value), { ignoreUnknownFields: true })
      : fromBinary(scanner.InstanceEventSchema, value)
  } catch (error) {
    if (error instanceof UnreadableEvent) throw error
    throw new UnreadableEvent(`it is no InstanceEvent: ${faultOf(error)}`)
  }
}

/** @throws UnreadableEvent for anything but the proto-JSON of one event */
export function instanceEventFromJson(text: string, options: { ignoreUnknownFields: boolean }): scanner.InstanceEvent {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new UnreadableEvent('it is not JSON')
  }
  try {
    return fromJson(scanner.InstanceEventSchema, json as Parameters<typeof fromJson>[1], options)
  } catch (error) {
    throw new UnreadableEvent(`it is no InstanceEvent: ${faultOf(error)}`)
  }
}

// The library quotes what it found; a whole record in a log or an answer would help nobody.
const faultOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300)
