/** Injection tokens of this service's ports. */
export const MAIL_RENDERER = Symbol('MAIL_RENDERER')
