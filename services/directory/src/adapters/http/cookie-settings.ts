export interface CookieSettings {
  /** The browser speaks HTTPS with us: it must send the cookie over nothing else. */
  secure: boolean
}

export const COOKIE_SETTINGS = Symbol('COOKIE_SETTINGS')
