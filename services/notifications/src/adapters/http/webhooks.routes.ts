import {
  booleanParameter,
  defineRoute,
  id,
  link,
  listOf,
  listQuery,
  nameText,
  personName,
  text,
} from '@reprieve/http-kit'
import { z } from 'zod'
import { WEBHOOK_EVENT_TYPES } from '../../domain/webhook-event.js'

export const MOST_WEBHOOKS = 100
const MOST_HOSTS = 100

const eventTypes = () =>
  z
    .array(z.enum(WEBHOOK_EVENT_TYPES))
    .min(1)
    .max(WEBHOOK_EVENT_TYPES.length)
    .refine((types) => new Set(types).size === types.length, { error: 'Names a type twice.' })

const webhookAnswer = z
  .object({
    id: id(),
    name: z.string(),
    url: z.string(),
    eventTypes: z.array(z.enum(WEBHOOK_EVENT_TYPES)),
    enabled: z.boolean(),
    disabled: z
      .object({
        because: z.enum(['failures', 'gone', 'person']).meta({
          description:
            '`failures`: nothing got through for days. `gone`: its receiver answered 410. `person`: somebody switched it off.',
        }),
        at: z.iso.datetime(),
      })
      .nullable(),
    failing: z
      .object({ since: z.iso.datetime(), failures: z.int().min(1), lastError: z.string() })
      .nullable()
      .meta({ description: 'Failures since something got through last.' }),
    lastSuccessAt: z.iso.datetime().nullable(),
    secrets: z.array(z.object({ madeAt: z.iso.datetime(), expiresAt: z.iso.datetime().nullable() })).meta({
      description: 'What signs, the newest first. The secrets themselves are shown once, when they are made.',
    }),
    createdAt: z.iso.datetime(),
    createdBy: personName(),
  })
  .meta({ id: 'Webhook' })

const secretText = () =>
  z
    .string()
    .nullable()
    .meta({ description: '`whsec_…`, shown this once; null where the same request was answered before.' })

const params = z.object({ id: id() })
const tag = 'Webhooks'
const access = 'operations.manage'

export const listWebhooks = defineRoute({
  method: 'GET',
  path: '/webhooks',
  operation: 'listWebhooks',
  summary: 'Webhooks',
  tag,
  access,
  query: listQuery({
    sorts: ['name', 'createdAt'],
    defaultSort: 'name',
    filters: { enabled: booleanParameter().optional() },
  }),
  answers: { 200: listOf(webhookAnswer) },
})

export const createWebhook = defineRoute({
  method: 'POST',
  path: '/webhooks',
  operation: 'createWebhook',
  summary: 'Have events sent to another system',
  description:
    'Every event of the types named, from now on, as a `POST` of `{ type, timestamp, data }`, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, `webhook-signature`). What is not answered with 2xx within 20 s is sent again over three days with the same `webhook-id`. Addresses within the network, and plain http, only for hosts that `PUT /webhook-hosts` allows.',
  tag,
  access,
  body: z.strictObject({
    name: nameText().optional().meta({ description: 'If absent, the host.' }),
    url: link(),
    eventTypes: eventTypes().optional().meta({ description: 'If absent, all.' }),
  }),
  answers: { 201: webhookAnswer.extend({ secret: secretText() }).meta({ id: 'NewWebhook' }) },
  problems: ['HOST_NOT_ALLOWED', 'CONFLICT'],
})

export const getWebhook = defineRoute({
  method: 'GET',
  path: '/webhooks/{id}',
  operation: 'getWebhook',
  summary: 'One webhook',
  tag,
  access,
  params,
  answers: { 200: webhookAnswer },
})

export const editWebhook = defineRoute({
  method: 'PATCH',
  path: '/webhooks/{id}',
  operation: 'editWebhook',
  summary: 'Change, disable or enable a webhook',
  description:
    'Disabling drops what still waits to be sent. Enabling begins anew: what happened meanwhile is not sent later.',
  tag,
  access,
  params,
  body: z.strictObject({
    name: nameText().optional(),
    url: link().optional(),
    eventTypes: eventTypes().optional(),
    enabled: z.boolean().optional(),
  }),
  answers: { 200: webhookAnswer },
  ifMatch: true,
  problems: ['HOST_NOT_ALLOWED'],
})

export const deleteWebhook = defineRoute({
  method: 'DELETE',
  path: '/webhooks/{id}',
  operation: 'deleteWebhook',
  summary: 'Forget a webhook with its deliveries',
  tag,
  access,
  params,
  answers: { 204: null },
})

export const rotateWebhookSecret = defineRoute({
  method: 'POST',
  path: '/webhooks/{id}/secret',
  operation: 'rotateWebhookSecret',
  summary: 'Make a new secret for a webhook',
  description:
    'The one before signs beside it until `previousExpiresAt`: each request carries both signatures, so the receiver can change over at any time until then. Of older ones nothing is left.',
  tag,
  access,
  params,
  body: z
    .strictObject({
      previousValidForHours: z.int().min(0).max(720).default(24).meta({ description: '0 ends it at once.' }),
    })
    .default({ previousValidForHours: 24 }),
  answers: { 200: z.object({ secret: secretText(), previousExpiresAt: z.iso.datetime() }) },
})

export const pingWebhook = defineRoute({
  method: 'POST',
  path: '/webhooks/{id}/ping',
  operation: 'pingWebhook',
  summary: 'Send a webhook something to try it',
  description:
    'An event of type `webhook.ping`, sent once, also while the webhook is disabled. Its delivery tells what came of it.',
  tag,
  access,
  params,
  answers: { 202: z.object({ deliveryId: id() }) },
})

export const listWebhookDeliveries = defineRoute({
  method: 'GET',
  path: '/webhooks/{id}/deliveries',
  operation: 'listWebhookDeliveries',
  summary: 'What was sent to a webhook, and what came of it',
  tag,
  access,
  params,
  query: listQuery({
    sorts: ['createdAt'],
    defaultSort: '-createdAt',
    filters: {
      status: z
        .array(z.enum(['waiting', 'sending', 'delivered', 'given_up', 'dropped']))
        .max(5)
        .optional(),
      type: z.array(text(64)).max(20).optional(),
    },
  }),
  answers: {
    200: listOf(
      z
        .object({
          id: id().meta({ description: 'The `webhook-id` of every attempt.' }),
          type: z.string(),
          status: z.enum(['waiting', 'sending', 'delivered', 'given_up', 'dropped']).meta({
            description: '`dropped`: the webhook was disabled before it got through.',
          }),
          attempts: z.int().min(0),
          createdAt: z.iso.datetime(),
          lastAttemptAt: z.iso.datetime().nullable(),
          nextAttemptAt: z.iso.datetime().nullable(),
          finishedAt: z.iso.datetime().nullable(),
          responseStatus: z.int().nullable().meta({ description: 'Of the last answer; null where there was none.' }),
          lastError: z.string().nullable(),
        })
        .meta({ id: 'WebhookDelivery' }),
    ),
  },
})

const hostsBody = z
  .strictObject({
    hosts: z
      .array(text(253))
      .max(MOST_HOSTS)
      .meta({ description: 'Names or addresses, without port: `hooks.corp.example`, `10.1.2.3`, `[fd00::1]`.' }),
  })
  .meta({ id: 'WebhookHosts' })

export const getWebhookHosts = defineRoute({
  method: 'GET',
  path: '/webhook-hosts',
  operation: 'getWebhookHosts',
  summary: 'Hosts to which webhooks may go though they are within the network',
  tag,
  access,
  answers: { 200: hostsBody },
})

export const putWebhookHosts = defineRoute({
  method: 'PUT',
  path: '/webhook-hosts',
  operation: 'putWebhookHosts',
  summary: 'Allow webhooks to go to hosts within the network',
  description:
    'For these, loopback and private addresses and plain http are allowed. Link-local addresses, where clouds serve their metadata, never are.',
  tag,
  access,
  body: hostsBody,
  answers: { 200: hostsBody },
  ifMatch: true,
})
