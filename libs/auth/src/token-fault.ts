/** Why a token does not count. The detail is for people and never repeats the token. */
export interface TokenFault {
  fault: TokenFaultCode
  detail: string
}

const DETAILS = {
  TOKEN_MALFORMED: 'The token is not one of ours.',
  TOKEN_ALGORITHM_REFUSED: 'The token is signed by an algorithm that is not accepted.',
  TOKEN_KEY_UNKNOWN: 'The token is signed by a key that is not, or no longer, in use.',
  TOKEN_SIGNATURE_WRONG: "The token's signature does not fit.",
  TOKEN_MISDIRECTED: 'The token was made for something else.',
  TOKEN_EXPIRED: 'The token has expired: sign in again, or make a new one.',
  TOKEN_NOT_YET_VALID: 'The token is not valid yet.',
  TOKEN_REVOKED: 'The token has been revoked, or its session was ended.',
  OWNER_UNKNOWN: "The token's owner is not known.",
  OWNER_INACTIVE: "The token's owner is no longer active.",
} as const

export type TokenFaultCode = keyof typeof DETAILS

export const tokenFault = (fault: TokenFaultCode): TokenFault => ({ fault, detail: DETAILS[fault] })

export const isTokenFault = (value: object): value is TokenFault => 'fault' in value
