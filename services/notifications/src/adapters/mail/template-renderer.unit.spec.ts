import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Notice, NoticeFacts } from '../../domain/notice.js'
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

const renderer = new TemplateRenderer('https://reprieve.example', null)

const facts: NoticeFacts = {
  exceptionName: 'Old TLS on the mainframe',
  requesterName: 'Rita Requester',
  forRequester: false,
  bySelf: false,
  autoPilot: false,
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
}

const notice = (kind: NoticeKind, more: Partial<NoticeFacts> = {}): Notice => ({
  id: 'n1',
  exceptionId: '0199c0de-0000-7000-8000-00000000000e',
  kind,
  recipientId: 'r1',
  version: { incarnation: 1, n: 1 },
  at: new Date('2026-11-22T10:00:00Z'),
  facts: { ...facts, ...more },
})

const requester = { forRequester: true }
const LINK = 'https://reprieve.example/exceptions/0199c0de-0000-7000-8000-00000000000e'

describe('a mail', () => {
  it.each<[NoticeKind, Partial<NoticeFacts>, string, string]>([
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
      'relieved',
      {},
      'No longer yours to decide: Old TLS on the mainframe',
      'handed your part in the exception of Rita Requester over to Cleo Third.',
    ],
  ])('of the kind %s says it in plain words, as text and as HTML', (kind, more, subject, sentence) => {
    const mail = renderer.render(notice(kind, more), 'Ann Reader')
    expect(mail.subject).toBe(subject)
    for (const form of [mail.text, mail.html]) {
      expect(form).toContain(sentence)
      expect(form).toContain('Hello Ann Reader,')
      expect(form).toContain(LINK)
      expect(form).not.toMatch(/\{\{|undefined|null|\[object/)
    }
    expect(mail.text).not.toMatch(/<\w|&\w+;|\n\n\n/)
  })

  it('quotes the words of others line by line, so that they cannot pass for ours', () => {
    const { text, html } = renderer.render(notice('decision_waits'), 'Ann')
    expect(text).toContain('> Replaced in spring.\n> Until then it is behind the firewall.')
    expect(html).toMatch(
      /<blockquote[^>]*>Replaced in spring\.<br>Until then it is behind the firewall\.<br><\/blockquote>/,
    )
    const empty = renderer.render(notice('denied', { reason: '  \n ' }), 'Ann')
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
  ])('tells of the end %o as "%s"', (more, words) => {
    expect(renderer.render(notice('became_active', more), 'Ann').text).toContain(`It ends ${words}.`)
  })

  const hostile = '<img src=x onerror=alert(1)>"\'&{{constructor}}\r\nBcc: all@x.example\u202e'
  it.each(NOTICE_KINDS)('of the kind %s shows hostile names as the text they are', (kind) => {
    const { subject, text, html } = renderer.render(
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
  })

  it('has a bounded subject, however long the name is', () => {
    expect(
      renderer.render(notice('became_active', { exceptionName: '漢'.repeat(200) }), 'Ann').subject.length,
    ).toBeLessThan(150)
  })

  it('has a name to show for an exception whose name is nothing that can be seen', () => {
    expect(renderer.title(notice('approved', { exceptionName: '\u200b\u202e' }))).toBe(
      'Approved: Exception without a name',
    )
  })
})

describe('an own template', () => {
  it('replaces ours, and the others stay', () => {
    const own = new TemplateRenderer(
      'https://reprieve.example',
      folderWith({ 'approved.txt.hbs': 'Subject: Genehmigt: {{exceptionName}}\n\n{{byName}} hat zugestimmt.\n' }),
    )
    const mail = own.render(notice('approved', requester), 'Ann')
    expect(mail.subject).toBe('Genehmigt: Old TLS on the mainframe')
    expect(mail.text).toContain('Anna First hat zugestimmt.')
    expect(mail.html).toContain('Anna First approved your request')
    expect(own.title(notice('denied'))).toBe('Denied: Old TLS on the mainframe')
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
    const load = () => new TemplateRenderer('https://reprieve.example', folderWith(files))
    expect(load).toThrow(TemplateFault)
    expect(load).toThrow(message)
  })

  it('is looked for in a folder that must be there', () => {
    expect(() => new TemplateRenderer('https://x.example', '/absent')).toThrow('/absent: there is no such folder')
  })
})
