import { defineRoute, personName } from '@reprieve/http-kit'
import { z } from 'zod'
import { NOTICE_KINDS } from '../../domain/notice-kind.js'

const content = () => ({
  subject: z
    .string()
    .min(1)
    .max(300)
    .regex(/^[^\r\n]*$/, 'Must be one line.'),
  text: z.string().min(1).max(20_000),
  html: z.string().min(1).max(50_000),
})

const template = z
  .object({
    kind: z.enum(NOTICE_KINDS),
    ...content(),
    edited: z
      .object({ at: z.iso.datetime(), by: personName() })
      .nullable()
      .meta({ description: 'Null: the product’s own.' }),
  })
  .meta({ id: 'MailTemplate' })

const params = z.object({ kind: z.enum(NOTICE_KINDS) })
const tag = 'Mail'
const access = 'operations.manage'
const language =
  'Handlebars: fields as `{{exceptionName}}`, and `{{#if}}`, `{{#unless}}`, `{{#each}}`. HTML escapes every value.'

export const listMailTemplates = defineRoute({
  method: 'GET',
  path: '/mail-templates',
  operation: 'listMailTemplates',
  summary: 'What mails say, for each kind',
  description: language,
  tag,
  access,
  answers: {
    200: z.object({
      items: z.array(template),
      fields: z
        .array(
          z
            .object({
              name: z.string(),
              type: z.enum(['text', 'flag', 'lines']).meta({
                description:
                  '`flag`: yes or no, for `{{#if}}`. `lines`: several lines, for `{{#each}}` with `{{this}}`.',
              }),
              description: z.string(),
            })
            .meta({ id: 'MailTemplateField' }),
        )
        .meta({ description: 'What a template can name.' }),
    }),
  },
})

export const getMailTemplate = defineRoute({
  method: 'GET',
  path: '/mail-templates/{kind}',
  operation: 'getMailTemplate',
  summary: 'What a kind’s mails say',
  tag,
  access,
  params,
  answers: { 200: template },
})

export const putMailTemplate = defineRoute({
  method: 'PUT',
  path: '/mail-templates/{kind}',
  operation: 'putMailTemplate',
  summary: 'Edit what a kind’s mails say',
  description: `${language} Greeting, footer and link stay around it. Every fault is told with its line and column. The next mail uses it.`,
  tag,
  access,
  params,
  body: z.strictObject({
    ...content(),
    kind: z.unknown().optional().meta({ description: 'Passed over, so that what was read can be sent back.' }),
    edited: z.unknown().optional().meta({ description: 'Passed over.' }),
  }),
  answers: { 200: template },
  ifMatch: true,
  problems: ['TEMPLATE_INVALID'],
})

export const deleteMailTemplate = defineRoute({
  method: 'DELETE',
  path: '/mail-templates/{kind}',
  operation: 'deleteMailTemplate',
  summary: 'Go back to the product’s own template',
  tag,
  access,
  params,
  answers: { 204: null },
})

export const previewMailTemplate = defineRoute({
  method: 'POST',
  path: '/mail-templates/{kind}/preview',
  operation: 'previewMailTemplate',
  summary: 'See a mail as it would be',
  description: 'Of something made up, with the parts given; the others are as they are now. Nothing is stored or sent.',
  tag,
  access,
  params,
  body: z.strictObject({
    subject: content().subject.optional(),
    text: content().text.optional(),
    html: content().html.optional(),
  }),
  answers: { 200: z.object({ subject: z.string(), text: z.string(), html: z.string() }) },
  problems: ['TEMPLATE_INVALID'],
})
