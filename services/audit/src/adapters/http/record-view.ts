import { type DescMessage, fromBinary, toJson } from '@bufbuild/protobuf'
import { TOPICS, type TopicName } from '@reprieve/contracts'

export interface BodyView {
  format: 'json' | 'text' | 'base64'
  content: string
  truncated: boolean
}

const MOST_CONTENT = 16_384
const MOST_HEADERS = 50
const MOST_HEADER = 500
const MOST_KEY = 200
const SECRET = /auth|cookie|token|secret|password|api-?key|credential/i
const HIDDEN = '[hidden]'
// biome-ignore lint/suspicious/noControlCharactersInRegex: text with them is none that a terminal should be sent
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/

/** A record's bytes as people read them: as the topic's message where they are one, else as text, else as base64; bounded. */
export function bodyView(topic: string, value: Uint8Array): BodyView {
  const contract = TOPICS[topic as TopicName]
  const json = contract === undefined ? null : jsonOf(contract.message, value)
  if (json !== null) return bounded('json', json)
  const text = textOf(value)
  if (text !== null) return bounded('text', text)
  const most = Math.floor(MOST_CONTENT / 4) * 3
  return {
    format: 'base64',
    content: Buffer.from(value.subarray(0, most)).toString('base64'),
    truncated: value.length > most,
  }
}

/** Headers as they were, but for what looks like a secret. */
export function headersView(headers: Readonly<Record<string, string>>): Record<string, string> {
  const shown = Object.entries(headers).slice(0, MOST_HEADERS)
  return Object.fromEntries(
    shown.map(([name, value]) => [cut(name, MOST_HEADER), SECRET.test(name) ? HIDDEN : cut(value, MOST_HEADER)]),
  )
}

export const keyView = (key: Uint8Array): string => cut(textOf(key) ?? Buffer.from(key).toString('base64'), MOST_KEY)

function bounded(format: 'json' | 'text', content: string): BodyView {
  return { format, content: content.slice(0, MOST_CONTENT), truncated: content.length > MOST_CONTENT }
}

function jsonOf(message: DescMessage, value: Uint8Array): string | null {
  try {
    return JSON.stringify(toJson(message, fromBinary(message, value)), null, 2)
  } catch {
    return null
  }
}

function textOf(value: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(value)
    return CONTROL.test(text) ? null : text
  } catch {
    return null
  }
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
