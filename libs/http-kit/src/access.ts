import { isTokenFault, type Principal, type PrincipalSource } from '@reprieve/auth'
import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.js'
import { permissionsOf, type RouteSpec } from './route.js'
import { sameOrigin } from './same-origin.js'
import { sessionToken } from './session-cookie.js'

/**
 * Who may call a route, decided before its body is read. A route without a spec lets nobody in.
 * @returns the caller, or null on a public route
 * @throws Problem UNAUTHENTICATED, NOT_PERMITTED, CROSS_ORIGIN
 */
export async function admit(
  spec: RouteSpec | undefined,
  request: FastifyRequest,
  principals: PrincipalSource,
): Promise<Principal | null> {
  if (spec === undefined) throw new Problem('NOT_PERMITTED', 'Nobody may call this.')
  if (spec.access === 'public') return null
  const principal = await authenticate(request, principals)
  const needed = permissionsOf(spec.access)
  if (needed.length > 0 && !needed.some((permission) => principal.permissions.has(permission))) {
    const which = needed.join(' or ')
    throw new Problem(
      'NOT_PERMITTED',
      principal.narrowed
        ? `This needs the permission ${which}, which the token does not have.`
        : `This needs the permission ${which}, which the role ${principal.role} does not have.`,
    )
  }
  return principal
}

async function authenticate(request: FastifyRequest, principals: PrincipalSource): Promise<Principal> {
  const bearer = bearerToken(request.headers.authorization)
  const token = bearer ?? sessionToken(request.headers.cookie)
  if (token === null) throw unauthenticated('Send a token as `Authorization: Bearer …`, or sign in.', 'Bearer')
  if (bearer === null && !sameOrigin(request.method, request.headers)) {
    throw new Problem('CROSS_ORIGIN', 'A page of another site may not do this in your name.')
  }
  const principal = await principals.principalOf(token)
  if (isTokenFault(principal)) throw unauthenticated(principal.detail, 'Bearer error="invalid_token"')
  return principal
}

const unauthenticated = (detail: string, challenge: string): Problem =>
  new Problem('UNAUTHENTICATED', detail, { headers: { 'www-authenticate': challenge } })

/** The token of an `Authorization: Bearer` header; null where there is no such header or another scheme. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? '')?.[1] ?? null
}
