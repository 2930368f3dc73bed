export {
  type Action,
  type CandidatesResource,
  type Clause,
  can,
  type ExceptionResource,
  type OwnedResource,
  type QueryResource,
  type ResourceOf,
  type TicketResource,
  TRUTH_TABLE,
} from './can.js'
export {
  checkPassword,
  hashPassword,
  MAX_PASSWORD_BYTES,
  MIN_PASSWORD_LENGTH,
  type PasswordCheck,
} from './password.js'
export * from './permissions.js'
export * from './principal.js'
export * from './principal-source.port.js'
export { ADMIN_ROLE, BUILT_IN_ROLES, type BuiltInRole, isBuiltInRole } from './roles.js'
export {
  generateSigningKey,
  type KnownKey,
  type PrivateJwk,
  type PublicJwk,
  planRotation,
  type RotationPlan,
  type RotationPolicy,
  type SigningKey,
  signingKey,
  type VerificationKey,
  verificationKey,
} from './signing-key.js'
export { signToken, TOKEN_AUDIENCE, TOKEN_ISSUER, type TokenClaims, type TokenKind, verifyToken } from './token.js'
export * from './token-fault.js'
