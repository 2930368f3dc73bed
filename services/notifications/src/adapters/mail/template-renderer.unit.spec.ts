import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TemplateStore } from '../../application/template-store.port.js'
import type { ExceptionFacts, Notice } from '../../domain/notice.js'
import { NOTICE_KINDS, type NoticeKind } from '../../domain/notice-kind.js'
import { TemplateFault, TemplateRenderer } from './template-renderer.js'

const folders: string[] = []
afterAll(() => folders.forEach((folder) => void rmSync(folder, { recursive: true })))
const folderWith = (files: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const nothingEdited = { edited: async () => new Map() }
const rendererOf = (
  folder: string | null,
  publicUrl = 'https://reprieve.example',
  store: TemplateStore = nothingEdited,
) => new TemplateRenderer({ publicUrl, folder, store, logger: { warn: () => {} } })
const renderer = rendererOf(null)

const facts: ExceptionFacts = {
  exceptionName: 'Old TLS on the mainframe',
  requesterName: 'Rita Requester',
  forRequester: false,
  bySelf: false,
  autoPilot: false,
  defers: false,
  byName: 'Anna First',
  reason: 'Because.',
  step: 1,
  steps: 2,
  waitingForName: 'Ben Second',
  toName: 'Cleo Third',
  justification: 'Replaced in spring.\nUntil then it is behind the firewall.',
  expiresAt: '2027-01-01T00:00:00.000Z',
  expiresAfterDays: null,
  appliedSince: '2026-11-22T10:05:00.000Z',
  daysLeft: 7,
}

const notice = (kind: NoticeKind, more: Partial<ExceptionFacts> = {}): Notice => ({
  id: 'n1',
  subjectId: '0199c0de-0000-7000-8000-00000000000e',
  kind,
  recipientId: 'r1',
  version: { incarnation: 1, n: 1 },
  at: new Date('2026-11-22T10:00:00Z'),
  facts: { ...facts, ...more },
})

const requester = { forRequester: true }
/** Asked for from a ticket: it moves its due date. */
const ticket = { defers: true, steps: 1 }
const LINK = 'https://reprieve.example/exceptions/0199c0de-0000-7000-8000-00000000000e'

describe('a mail', () => {
  it.each<[NoticeKind, Partial<ExceptionFacts>, string, string]>([
    [
      'request_sent',
      requester,
      'Request sent: Old TLS on the mainframe',
      'It waits for the decision of Ben Second now.',
    ],
    [
      'decision_waits',
      {},
      'Your decision is needed: Old TLS on the mainframe',
      'Rita Requester asks for an exception, and step 1 of 2 is yours to decide.',
    ],
    ['decision_waits', { steps: 1 }, 'Your decision is needed: Old TLS on the mainframe', 'and the decision is yours.'],
    [
      'step_approved',
      requester,
      'Step 1 of 2 approved: Old TLS on the mainframe',
      'Anna First approved step 1 of 2 of your request.',
    ],
    [
      'approved',
      requester,
      'Approved: Old TLS on the mainframe',
      'Anna First approved your request, the last of 2 steps.',
    ],
    [
      'approved',
      { ...requester, steps: 1 },
      'Approved: Old TLS on the mainframe',
      'Anna First approved your request. The exception becomes active now.',
    ],
    [
      'denied',
      requester,
      'Denied: Old TLS on the mainframe',
      'Anna First denied your request. The decision is final; you can send a new request.',
    ],
    [
      'denied',
      {},
      'Denied: Old TLS on the mainframe',
      'Anna First denied the request of Rita Requester. The decision is final.',
    ],
    ['withdrawn', { ...requester, bySelf: true }, 'Withdrawn: Old TLS on the mainframe', 'You withdrew your request.'],
    [
      'withdrawn',
      {},
      'Withdrawn: Old TLS on the mainframe',
      'Anna First withdrew the request. There is nothing left for you to decide.',
    ],
    [
      'lapsed',
      requester,
      'Lapsed before it was decided: Old TLS on the mainframe',
      'so it lapsed. You can send a new request.',
    ],
    [
      'lapsed',
      {},
      'Lapsed before it was decided: Old TLS on the mainframe',
      'The end that Rita Requester asked for came',
    ],
    ['became_active', requester, 'Now active: Old TLS on the mainframe', 'Your exception is active.'],
    [
      'became_active',
      { ...requester, autoPilot: true },
      'Now active: Old TLS on the mainframe',
      'approved at once, by the rule for your role (Auto Pilot).',
    ],
    [
      'became_active',
      {},
      'Now active: Old TLS on the mainframe',
      'The exception that Rita Requester asked for is active.',
    ],
    [
      'expired',
      requester,
      'Expired: Old TLS on the mainframe',
      'Your exception came to its end on 22 November 2026, 10:00 UTC.',
    ],
    [
      'deactivated',
      { ...requester, bySelf: true },
      'Deactivated: Old TLS on the mainframe',
      'You deactivated the exception on 22 November 2026, 10:00 UTC.',
    ],
    ['deactivated', requester, 'Deactivated: Old TLS on the mainframe', 'Anna First deactivated your exception on'],
    [
      'deactivated',
      { byName: null },
      'Deactivated: Old TLS on the mainframe',
      'The system deactivated the exception of Rita Requester on',
    ],
    [
      'handed_over',
      {},
      'Handed over to you: Old TLS on the mainframe',
      'Anna First made you an approver of an exception that Rita Requester asked for: you hold step 1 of 2.',
    ],
    [
      'expires_in_7_days',
      requester,
      'Expires in 7 days: Old TLS on the mainframe',
      'Your exception ends at the end of 31 December 2026 (UTC).',
    ],
    [
      'expires_in_1_day',
      { daysLeft: 1 },
      'Expires in 1 day: Old TLS on the mainframe',
      'The exception of Rita Requester ends at the end of 31 December 2026 (UTC).',
    ],
    [
      'request_sent',
      { ...requester, ...ticket },
      'Request sent: Old TLS on the mainframe',
      'If it is approved, the ticket’s due date moves to 31 December 2026.',
    ],
    [
      'decision_waits',
      ticket,
      'Your decision is needed: Old TLS on the mainframe',
      'If you approve, the ticket’s due date moves to 31 December 2026.',
    ],
    [
      'approved',
      { ...requester, ...ticket },
      'Approved: Old TLS on the mainframe',
      'Anna First approved your request. The ticket’s due date moves to 31 December 2026.',
    ],
    [
      'became_active',
      ticket,
      'Now active: Old TLS on the mainframe',
      'The ticket’s due date moves to 31 December 2026.',
    ],
    [
      'denied',
      { ...requester, ...ticket },
      'Denied: Old TLS on the mainframe',
      'you can send a new request. The ticket’s due date stays as it was.',
    ],
    [
      'withdrawn',
      { ...ticket, byName: null },
      'Withdrawn: Old TLS on the mainframe',
      'The request was withdrawn. There is nothing left for you to decide. The ticket’s due date stays as it was.',
    ],
    [
      'lapsed',
      ticket,
      'Lapsed before it was decided: Old TLS on the mainframe',
      'nothing left for you to decide. The ticket’s due date stays as it was.',
    ],
    ['expired', ticket, 'Expired: Old TLS on the mainframe', 'Unless the ticket is done, it is overdue now.'],
    [
      'deactivated',
      ticket,
      'Deactivated: Old TLS on the mainframe',
      'The ticket’s due date moves back to what it was before.',
    ],
    [
      'deactivated',
      { ...ticket, byName: null },
      'Deactivated: Old TLS on the mainframe',
      'The ticket’s due date stays.',
    ],
    [
      'handed_over',
      ticket,
      'Handed over to you: Old TLS on the mainframe',
      'If you approve, the ticket’s due date moves to 31 December 2026.',
    ],
    [
      'expires_in_1_day',
      { ...ticket, daysLeft: 1 },
      'Expires in 1 day: Old TLS on the mainframe',
      'Unless the ticket is done, it is overdue from then on.',
    ],
    [
      'relieved',
      {},
      'No longer yours to decide: Old TLS on the mainframe',
      'handed your part in the exception of Rita Requester over to Cleo Third.',
    ],
  ])('of the kind %s says it in plain words, as text and as HTML', async (kind, more, subject, sentence) => {
    const mail = await renderer.render(notice(kind, more), 'Ann Reader')
    expect(mail.subject).toBe(subject)
    for (const form of [mail.text, mail.html]) {
      expect(form).toContain(sentence)
      expect(form).toContain('Hello Ann Reader,')
      expect(form).toContain(LINK)
      expect(form).not.toMatch(/\{\{|undefined|null|\[object/)
    }
    expect(mail.text).not.toMatch(/<\w|&\w+;|\n\n\n/)
  })

  it('quotes the words of others line by line, so that they cannot pass for ours', async () => {
    const { text, html } = await renderer.render(notice('decision_waits'), 'Ann')
    expect(text).toContain('> Replaced in spring.\n> Until then it is behind the firewall.')
    expect(html).toMatch(
      /<blockquote[^>]*>Replaced in spring\.<br>Until then it is behind the firewall\.<br><\/blockquote>/,
    )
    const empty = await renderer.render(notice('denied', { reason: '  \n ' }), 'Ann')
    expect(empty.text).not.toContain('>')
    expect(empty.html).not.toContain('blockquote')
  })

  it.each([
    [{ expiresAt: null, expiresAfterDays: null }, 'never'],
    [{ expiresAt: null, expiresAfterDays: 30 }, '30 days after it becomes active'],
    [{ expiresAt: null, expiresAfterDays: 1 }, '1 day after it becomes active'],
    [{ expiresAt: '2027-01-01T00:00:00.000Z' }, 'at the end of 31 December 2026 (UTC)'],
    [{ expiresAt: '2028-03-01T00:00:00.000Z' }, 'at the end of 29 February 2028 (UTC)'],
    [{ expiresAt: '2027-01-01T08:30:00.000Z' }, 'on 1 January 2027 at 08:30 UTC'.replace(' at', ',')],
  ])('tells of the end %o as "%s"', async (more, words) => {
    expect((await renderer.render(notice('became_active', more), 'Ann')).text).toContain(`It ends ${words}.`)
  })

  const hostile = '<img src=x onerror=alert(1)>"\'&{{constructor}}\r\nBcc: all@x.example\u202e'
  it.each(NOTICE_KINDS.filter((kind) => kind !== 'webhook_disabled'))(
    'of the kind %s shows hostile names as the text they are',
    async (kind) => {
      const { subject, text, html } = await renderer.render(
        notice(kind, {
          exceptionName: hostile,
          requesterName: hostile,
          byName: hostile,
          toName: hostile,
          waitingForName: hostile,
          reason: `${hostile}\n</blockquote>${hostile}`,
          justification: hostile,
        }),
        hostile,
      )
      expect(subject).toMatch(/^[^\r\n\u202e]+$/)
      expect(html).not.toMatch(/<img|onerror=alert\(1\)>|\u202e|<\/blockquote>&lt;|"'/)
      expect(html).toContain('&lt;img src')
      expect(text).not.toMatch(/^Bcc:|\r|\u202e/m)
      expect(text).toContain('{{constructor}}')
    },
  )

  it('has a bounded subject, however long the name is', async () => {
    expect(
      (await renderer.render(notice('became_active', { exceptionName: '漢'.repeat(200) }), 'Ann')).subject.length,
    ).toBeLessThan(150)
  })

  it('has a name to show for an exception whose name is nothing that can be seen', async () => {
    expect(await renderer.titles([notice('approved', { exceptionName: '\u200b\u202e' })])).toEqual([
      'Approved: Exception without a name',
    ])
  })
})

describe('an own template', () => {
  it('replaces ours, and the others stay', async () => {
    const own = rendererOf(
      folderWith({ 'approved.txt.hbs': 'Subject: Genehmigt: {{exceptionName}}\n\n{{byName}} hat zugestimmt.\n' }),
    )
    const mail = await own.render(notice('approved', requester), 'Ann')
    expect(mail.subject).toBe('Genehmigt: Old TLS on the mainframe')
    expect(mail.text).toContain('Anna First hat zugestimmt.')
    expect(mail.html).toContain('Anna First approved your request')
    expect(await own.titles([notice('denied')])).toEqual(['Denied: Old TLS on the mainframe'])
  })

  it.each([
    ['has no subject', { 'approved.txt.hbs': 'Hello\n' }, /approved\.txt\.hbs: it must begin with a line "Subject: …"/],
    ['names what there is not', { 'denied.html.hbs': '{{exceptionNam}}' }, /denied\.html\.hbs: .*exceptionNam/],
    ['is not finished', { 'denied.html.hbs': '{{#if reason}}x' }, /denied\.html\.hbs: Parse error/],
    ['calls what there is not', { 'layout.txt.hbs': '{{shout title}}' }, /layout\.txt\.hbs: .*shout/],
    [
      'fails in one way through it only',
      { 'denied.txt.hbs': 'Subject: x\n\n{{#if reason}}{{oops}}{{/if}}' },
      /denied\.txt\.hbs: .*oops/,
    ],
  ])('that %s is found at start, by name', (_, files, message) => {
    const load = () => rendererOf(folderWith(files))
    expect(load).toThrow(TemplateFault)
    expect(load).toThrow(message)
  })

  it('is looked for in a folder that must be there', () => {
    expect(() => rendererOf('/absent')).toThrow('/absent: there is no such folder')
  })
})

describe('the mail of a webhook that was disabled', () => {
  it('says since when and why, and nothing of exceptions', async () => {
    const { subject, text, html } = await renderer.render(
      {
        ...notice('webhook_disabled'),
        facts: {
          webhookName: 'Tickets <b>',
          webhookUrl: 'https://hooks.example/x',
          failingSince: '2026-11-17T10:00:00.000Z',
          lastError: 'it answered 503',
        },
      },
      'Ann',
    )
    expect(subject).toBe('Webhook disabled: Tickets <b>')
    expect(text).toContain('since 17 November 2026, 10:00 UTC')
    expect(text).toContain('Last error: it answered 503')
    expect(text).not.toContain('Requested by')
    expect(html).toContain('Tickets &lt;b&gt;')
    expect(html).not.toMatch(/Requested by|approver/)
  })
})

describe('a day’s mail', () => {
  it('has each notice in one line with its link, hostile names escaped', async () => {
    const first = notice('approved', requester)
    const second = notice('denied', { exceptionName: '<script>alert(1)</script>' })
    const { subject, text, html } = await renderer.renderDigest([first, second], 'Ann')
    expect(subject).toBe('2 messages from Reprieve')
    expect(text).toContain(`* Approved: Old TLS on the mainframe\n  22 November 2026, 10:00 UTC\n  ${LINK}`)
    expect(html).toContain('Denied: &lt;script&gt;')
    expect(html).not.toContain('<script>')
    expect(html).toContain('because you asked for one mail a day')
    expect((await renderer.renderDigest([first], 'Ann')).subject).toBe('1 message from Reprieve')
  })
})

describe('a template that a person has edited', () => {
  const content = { subject: 'Ja: {{exceptionName}}', text: 'Gut, {{byName}}.', html: '<p>Gut, {{byName}}.</p>' }
  const editedAs = (edited: typeof content, version = 1): TemplateStore => ({
    edited: async (kinds) =>
      new Map(kinds.filter((kind) => kind === 'approved').map((kind) => [kind, { kind, version, content: edited }])),
  })

  it('is used for its kind, within our layout', async () => {
    const own = rendererOf(null, undefined, editedAs(content))
    const mail = await own.render(notice('approved', { byName: 'A & B' }), 'Ann')
    expect(mail.subject).toBe('Ja: Old TLS on the mainframe')
    expect(mail.html).toContain('<p>Gut, A &amp; B.</p>')
    expect(mail.text).toContain('Hello Ann,\n\nGut, A & B.')
    expect(await own.titles([notice('approved'), notice('denied')])).toEqual([
      'Ja: Old TLS on the mainframe',
      'Denied: Old TLS on the mainframe',
    ])
  })

  it('that works no more costs nobody their mail', async () => {
    const own = rendererOf(null, undefined, editedAs({ ...content, text: '{{fieldOfAnOlderVersion}}' }))
    expect((await own.render(notice('approved', requester), 'Ann')).subject).toBe('Approved: Old TLS on the mainframe')
  })

  it('cannot break out of a header, whatever its subject makes', async () => {
    const own = rendererOf(
      null,
      undefined,
      editedAs({ ...content, subject: 'A\r\nBcc: x@x.example {{exceptionName}}' }),
    )
    const hostileName = notice('approved', { exceptionName: 'x\r\nBcc: y@x.example' })
    expect((await own.render(hostileName, 'Ann')).subject).toBe('A Bcc: x@x.example x Bcc: y@x.example')
  })

  it('is shown before it is stored, of something made up', () => {
    const mail = renderer.preview('approved', content)
    expect(mail.subject).toBe('Ja: Log4j on the legacy payment host')
    expect(mail.html).toContain('<p>Gut, Sofia Marin.</p>')
  })

  it('has no fault where it is one of our own', () => {
    for (const kind of NOTICE_KINDS) expect(renderer.faults(kind, renderer.content(kind))).toEqual([])
  })
})
