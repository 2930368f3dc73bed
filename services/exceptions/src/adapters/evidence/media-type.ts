import { fileTypeFromBuffer } from 'file-type'

const UNKNOWN = 'application/octet-stream'
const TEXT = 'text/plain'

// Whatever a text has beside characters: tabs and ends of lines.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROL = /[\0-\x08\x0b\x0e-\x1f\x7f]/

/**
 * The media type of a file, told by its content alone. Texts of any language are plain text: a page that somebody uploads is never one
 * that a browser runs.
 * @param beginning of the file, as much as there is up to some kilobytes
 */
export async function mediaTypeOf(beginning: Uint8Array): Promise<string> {
  // A file cut off in its midst, or made to confuse, is one of no type that we know.
  const found = await fileTypeFromBuffer(beginning).catch(() => undefined)
  if (found !== undefined) return found.mime.split(';', 1)[0] ?? UNKNOWN
  return isText(beginning) ? TEXT : UNKNOWN
}

function isText(bytes: Uint8Array): boolean {
  try {
    // The last character may be cut.
    return !CONTROL.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }))
  } catch {
    return false
  }
}
