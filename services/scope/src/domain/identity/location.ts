/**
 * One way of writing a place inside an asset, so that scanners agree on it: `./src\a.ts`, `/src/a.ts`, `src//a.ts` and
 * `file:///src/a.ts` are one. Percent escapes of URIs are undone. `undefined` where nothing is left.
 */
export function locationIdentity(location: string | undefined): string | undefined {
  let path = location
  for (let next = tidied(path); next !== path; next = tidied(path)) path = next
  return path
}

/** One step of it. Each that changes something makes the path shorter or free of backslashes, so there is a last one. */
function tidied(location: string | undefined): string | undefined {
  if (location === undefined) return undefined
  let path = location.trim()
  if (/^file:/i.test(path)) path = unescaped(path.replace(/^file:(?:\/\/[^/]*)?/i, ''))
  else if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return path
  path = path.replaceAll('\\', '/').replace(/\/{2,}/g, '/')
  path = path.replace(/(?:^|(?<=\/))\.\//g, '').replace(/^\/+/, '')
  return path === '' || path === '.' ? undefined : path
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
