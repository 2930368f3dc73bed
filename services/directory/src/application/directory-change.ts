import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { directory } from '@reprieve/contracts'
import type { EventBody } from '@reprieve/outbox'
import type { Group } from '../domain/group.js'
import type { Role } from '../domain/role.js'
import type { SigningKeyRecord } from '../domain/signing-key.js'
import type { Token } from '../domain/token.js'
import type { User } from '../domain/user.js'

/** One aggregate's whole state as `directory.v1` tells it, or what somebody did that leaves none. */
export interface DirectoryChange {
  subjectId: string
  /** The record's, where it is not the subject's id. */
  key?: string
  version: number
  body: EventBody<'directory.v1'>
}

export const userChange = (user: User): DirectoryChange => ({
  subjectId: user.id,
  version: user.version,
  body: {
    subject: {
      case: 'user',
      value: {
        id: user.id,
        email: user.email ?? '',
        name: user.name,
        role: user.role,
        active: user.active,
        kind: user.kind === 'person' ? directory.UserKind.PERSON : directory.UserKind.SERVICE,
      },
    },
  },
})

export const groupChange = (group: Group): DirectoryChange => ({
  subjectId: group.id,
  version: group.version,
  body: { subject: { case: 'group', value: { id: group.id, name: group.name, memberIds: [...group.members] } } },
})

export const roleChange = (role: Role): DirectoryChange => ({
  subjectId: role.name,
  version: role.version,
  body: { subject: { case: 'role', value: { name: role.name, permissions: [...role.permissions] } } },
})

export const signingKeyChange = (key: SigningKeyRecord): DirectoryChange => ({
  subjectId: key.kid,
  version: key.version,
  body: {
    subject: {
      case: 'signingKey',
      value: {
        kid: key.kid,
        publicJwk: JSON.stringify(key.publicJwk),
        ...(key.retiredAt === null ? {} : { retiredAt: timestampFromDate(key.retiredAt) }),
      },
    },
  },
})

export const tokenChange = (token: Token): DirectoryChange => ({
  subjectId: token.id,
  version: token.version,
  body: {
    subject: {
      case: 'accessToken',
      value: {
        id: token.id,
        userId: token.userId,
        expiresAt: timestampFromDate(token.expiresAt),
        permissions: [...(token.permissions ?? [])],
        name: token.name ?? '',
        session: token.kind === 'session',
        ...(token.revokedAt === null ? {} : { revokedAt: timestampFromDate(token.revokedAt) }),
      },
    },
  },
})

/** Whom an activity is about. */
type Whom = Pick<User, 'id' | 'name'>

/** Told for the journal: a session began. */
export const signedIn = (user: Whom, session: Token, network: string): DirectoryChange =>
  activity(directory.ActivityKind.SIGNED_IN, user, {
    network,
    sessionId: session.id,
    sessionExpiresAt: timestampFromDate(session.expiresAt),
  })

/** Told for the journal. @param user null for a place, whatever accounts were tried there. @param network null: from everywhere */
export const lockedOut = (user: Whom | null, network: string | null): DirectoryChange =>
  activity(directory.ActivityKind.LOCKED_OUT, user, { network: network ?? '' })

/** Told for the journal. */
export const passwordChanged = (user: Whom): DirectoryChange =>
  activity(directory.ActivityKind.PASSWORD_CHANGED, user, {})

// A key beside the user's own: the topic keeps the newest record of each, and must not lose the user for what they did. No key for each
// place: anybody at all could fill the topic with those.
const activity = (
  kind: directory.ActivityKind,
  user: Whom | null,
  what: Partial<Pick<directory.Activity, 'network' | 'sessionId' | 'sessionExpiresAt'>>,
): DirectoryChange => ({
  subjectId: user?.id ?? what.network ?? '',
  key: `activity/${user?.id ?? ''}`,
  version: 1,
  body: {
    subject: { case: 'activity', value: { kind, userId: user?.id ?? '', userName: user?.name ?? '', ...what } },
  },
})
