import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { PublicJwk } from '@reprieve/auth'
import { directory } from '@reprieve/contracts'

type Subject = NonNullable<MessageInitShape<typeof directory.DirectoryEventSchema>['subject']>

/** A directory event as it comes from the topic. */
export const directoryEvent = (subject: Subject, n = 1, incarnation = 1): directory.DirectoryEvent =>
  create(directory.DirectoryEventSchema, {
    meta: { version: { incarnation: BigInt(incarnation), n: BigInt(n) } },
    subject,
  })

export const user = (
  id: string,
  changes: Partial<{ name: string; email: string; role: string; active: boolean }> = {},
): Subject => ({
  case: 'user',
  value: {
    id,
    name: 'Ann',
    email: 'ann@example.com',
    role: 'owner',
    active: true,
    kind: directory.UserKind.PERSON,
    ...changes,
  },
})

export const group = (id: string, memberIds: string[], name = 'Reviewers'): Subject => ({
  case: 'group',
  value: { id, name, memberIds },
})

export const role = (name: string, permissions: string[]): Subject => ({ case: 'role', value: { name, permissions } })

export const accessToken = (id: string, userId: string, expiresAt: Date, revokedAt?: Date): Subject => ({
  case: 'accessToken',
  value: {
    id,
    userId,
    expiresAt: timestampFromDate(expiresAt),
    ...(revokedAt === undefined ? {} : { revokedAt: timestampFromDate(revokedAt) }),
  },
})

export const signingKeySubject = (jwk: PublicJwk, retiredAt?: Date): Subject => ({
  case: 'signingKey',
  value: {
    kid: jwk.kid,
    publicJwk: JSON.stringify(jwk),
    ...(retiredAt === undefined ? {} : { retiredAt: timestampFromDate(retiredAt) }),
  },
})
