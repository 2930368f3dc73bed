export const SESSION_COOKIE = 'reprieve_session'

/** The `Set-Cookie` that keeps a session in a browser, out of reach of its scripts. `secure` where the browser speaks HTTPS with us. */
export const sessionCookie = (token: string, expiresAt: Date, secure: boolean): string =>
  `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax; Expires=${expiresAt.toUTCString()}${secure ? '; Secure' : ''}`

/** The `Set-Cookie` that ends it. */
export const endedSessionCookie = (secure: boolean): string => sessionCookie('', new Date(0), secure)

/** The session's token in a `Cookie` header, or null. */
export function sessionToken(cookies: string | undefined): string | null {
  for (const part of cookies?.split(';') ?? []) {
    const [name, value] = part.trim().split('=', 2)
    if (name === SESSION_COOKIE && value) return value
  }
  return null
}
