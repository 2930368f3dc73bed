import type { Clock } from '@reprieve/clock'
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import { PERMISSIONS, type Permission } from './permissions.js'
import type { SigningKey, VerificationKey } from './signing-key.js'
import { type TokenFault, type TokenFaultCode, tokenFault } from './token-fault.js'

/** Who makes our tokens, and for what. */
export const TOKEN_ISSUER = 'reprieve'
export const TOKEN_AUDIENCE = 'reprieve-api'

// Signed into the header, so that no other JWT of the same key can be taken for one of these.
const TYPES = { session: 'reprieve-session+jwt', access: 'reprieve-access+jwt' } as const

/** `session`: somebody signed in. `access`: made to be kept by a program. */
export type TokenKind = keyof typeof TYPES

export interface TokenClaims {
  kind: TokenKind
  /** The token's own id (`jti`), by which it is revoked. */
  tokenId: string
  /** The owner's id (`sub`). */
  userId: string
  issuedAt: Date
  expiresAt: Date
  /** What the token is narrowed to; null for all that its owner may do. It says nothing of what the owner may do. */
  permissions: readonly Permission[] | null
}

// Far beyond any token of ours; bounds what is decoded for anyone who sends something.
const MAX_LENGTH = 4_096
// Between the clock that signed and ours.
const SKEW_MS = 30_000

/** A signed token (JWT, EdDSA). Times are cut to whole seconds. */
export async function signToken(key: SigningKey, claims: TokenClaims): Promise<string> {
  return await new SignJWT(claims.permissions === null ? {} : { permissions: [...claims.permissions] })
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPES[claims.kind], kid: key.kid })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(claims.userId)
    .setJti(claims.tokenId)
    .setIssuedAt(claims.issuedAt)
    .setExpirationTime(claims.expiresAt)
    .sign(key.privateKey)
}

/**
 * What a token says, once its signature, algorithm, type, issuer, audience and times have been checked; else why it does not count.
 * Whether it was revoked, or its owner is still active, is not in it.
 * @param keyFor the key of a `kid`, or null for one that is not, or no longer, in use. What it throws is thrown on.
 */
export async function verifyToken(
  token: string,
  keyFor: (kid: string) => VerificationKey | null | Promise<VerificationKey | null>,
  clock: Clock,
): Promise<TokenClaims | TokenFault> {
  const header = headerOf(token)
  if (header === null) return tokenFault('TOKEN_MALFORMED')
  if (header.alg !== 'EdDSA') return tokenFault('TOKEN_ALGORITHM_REFUSED')
  const kind = (Object.keys(TYPES) as TokenKind[]).find((name) => TYPES[name] === header.typ)
  if (kind === undefined || typeof header.kid !== 'string') return tokenFault('TOKEN_MALFORMED')
  const key = await keyFor(header.kid)
  if (key === null) return tokenFault('TOKEN_KEY_UNKNOWN')
  const now = clock.now()
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: ['EdDSA'],
      typ: TYPES[kind],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      currentDate: now,
    })
    const { sub, jti, iat, exp, permissions } = payload
    if (sub === undefined || jti === undefined || iat === undefined || exp === undefined) {
      return tokenFault('TOKEN_MALFORMED')
    }
    if (iat * 1_000 > now.getTime() + SKEW_MS) return tokenFault('TOKEN_NOT_YET_VALID')
    const narrowedTo = permissionsIn(permissions)
    if (narrowedTo === undefined) return tokenFault('TOKEN_MALFORMED')
    return {
      kind,
      tokenId: jti,
      userId: sub,
      issuedAt: new Date(iat * 1_000),
      expiresAt: new Date(exp * 1_000),
      permissions: narrowedTo,
    }
  } catch (error) {
    return tokenFault(faultOf(error))
  }
}

function headerOf(token: string): { alg?: unknown; typ?: unknown; kid?: unknown } | null {
  if (token.length > MAX_LENGTH) return null
  try {
    return decodeProtectedHeader(token)
  } catch {
    return null
  }
}

const known: ReadonlySet<unknown> = new Set(PERMISSIONS)

/** Null for a token that is not narrowed, undefined for a claim of another form. */
function permissionsIn(claim: unknown): Permission[] | null | undefined {
  if (claim === undefined) return null
  if (!Array.isArray(claim)) return undefined
  // A newer directory may know permissions that nothing here asks for.
  return claim.filter((name): name is Permission => known.has(name))
}

function faultOf(error: unknown): TokenFaultCode {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'TOKEN_SIGNATURE_WRONG'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss' || error.claim === 'aud')
      return error.reason === 'check_failed' ? 'TOKEN_MISDIRECTED' : 'TOKEN_MALFORMED'
    return error.claim === 'nbf' ? 'TOKEN_NOT_YET_VALID' : 'TOKEN_MALFORMED'
  }
  if (error instanceof errors.JOSEError) return 'TOKEN_MALFORMED'
  throw error
}
