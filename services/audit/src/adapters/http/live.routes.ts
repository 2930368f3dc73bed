import { defineRoute } from '@reprieve/http-kit'

export const listen = defineRoute({
  method: 'GET',
  path: '/events',
  operation: 'listen',
  summary: 'Live updates, as server-sent events',
  description: [
    'Each is `{ type, subject: { kind, id }, at }`: that something changed, to be read anew by its own route. Only about what the caller may see, as they may see it at that moment.',
    'With `Last-Event-ID` what was missed since comes first. Where that is not known any more there is one event named `reset`: load anew, and go on listening. The stream ends with the token, the session or the account.',
  ].join('\n\n'),
  tag: 'Live updates',
  access: 'signed-in',
  answers: { 200: null },
  streams: { 200: ['text/event-stream'] },
})
