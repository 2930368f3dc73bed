import { defineRoute } from '@reprieve/http-kit'
import { z } from 'zod'

const keyAnswer = z
  .object({
    kid: z.string(),
    signs: z.boolean(),
    createdAt: z.iso.datetime(),
    retiredAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Nothing it signed is accepted from then on; null while its end is not known.' }),
  })
  .meta({ id: 'SigningKey' })

const kid = () => z.string().min(1).max(100)

export const getKeySet = defineRoute({
  method: 'GET',
  path: '/.well-known/jwks.json',
  operation: 'getKeySet',
  summary: 'Public keys that tokens are verified with',
  tag: 'Signing keys',
  access: 'public',
  answers: {
    200: z.object({
      keys: z.array(
        z.object({
          kty: z.string(),
          crv: z.string(),
          x: z.string(),
          kid: z.string(),
          alg: z.string(),
          use: z.string(),
        }),
      ),
    }),
  },
})

export const listSigningKeys = defineRoute({
  method: 'GET',
  path: '/signing-keys',
  operation: 'listSigningKeys',
  summary: 'Keys that sign tokens, will, or did',
  tag: 'Signing keys',
  access: ['operations.manage', 'audit.read'],
  answers: { 200: z.object({ items: z.array(keyAnswer) }) },
})

export const makeSigningKey = defineRoute({
  method: 'POST',
  path: '/signing-keys',
  operation: 'makeSigningKey',
  summary: 'Make the next signing key before its time',
  description:
    'It is published at once and signs an hour later. The one it replaces still verifies what it signed until the last of that expires. Keys are replaced by themselves; this is for those who want to do it now.',
  tag: 'Signing keys',
  access: 'operations.manage',
  answers: { 201: keyAnswer },
})

export const retireSigningKey = defineRoute({
  method: 'DELETE',
  path: '/signing-keys/{kid}',
  operation: 'retireSigningKey',
  summary: 'Refuse a leaked key at once',
  description:
    'Everything it has signed counts for nothing within about a second, sessions and access tokens alike. Where no other key can sign, a new one does so at once.',
  tag: 'Signing keys',
  access: 'operations.manage',
  params: z.object({ kid: kid() }),
  answers: { 204: null },
})
