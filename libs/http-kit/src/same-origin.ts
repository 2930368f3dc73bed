import type { IncomingHttpHeaders } from 'node:http'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request that is authenticated by a cookie may be carried out: a browser sends cookies for other sites' pages, too. Beside the
 * cookie's `SameSite=Lax`, the browser itself says where the request comes from: `Sec-Fetch-Site`, which a page cannot set, or `Origin`.
 * With neither it is no browser.
 */
export function sameOrigin(method: string, headers: IncomingHttpHeaders): boolean {
  if (SAFE.has(method)) return true
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = headers
  if (origin === undefined) return true
  // The gateway tells by which name it was called. No page can set this header on a request to another site.
  const forwarded = headers['x-forwarded-host']
  const host = typeof forwarded === 'string' ? forwarded : headers.host
  return URL.canParse(origin) && new URL(origin).host === host
}
