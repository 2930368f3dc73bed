import { describe, expect, it } from 'vitest'
import { MailBox } from './mail-box.js'

const mail = (subject: string, bytes = 0): Buffer =>
  Buffer.from(`From: Ann <ann@x.example>\r\nSubject: ${subject}\r\n\r\nHello${' '.repeat(bytes)}\r\n`)

describe('the mail box', () => {
  it('keeps the newest mails only, newest first', async () => {
    const box = new MailBox({ mails: 3, bytes: 10_000 })
    for (const subject of ['a', 'b', 'c', 'd', 'e']) await box.add(['bob@x.example'], mail(subject))
    expect(box.list().map(({ subject }) => subject)).toEqual(['e', 'd', 'c'])
    expect(box.received()).toBe(5)
    expect(await box.details('1')).toBeNull()
    expect(box.raw('5')?.toString()).toContain('Subject: e')
  })

  it('keeps no more bytes than its limit, however few mails that are', async () => {
    const box = new MailBox({ mails: 100, bytes: 1_000 })
    for (const subject of ['a', 'b', 'c']) await box.add(['bob@x.example'], mail(subject, 400))
    expect(box.list().map(({ subject }) => subject)).toEqual(['c', 'b'])
    await box.add(['bob@x.example'], mail('too large', 2_000))
    expect(box.list()).toEqual([])
  })

  it('tells by its revision that something came or went', async () => {
    const box = new MailBox()
    const revisions = [box.revision()]
    await box.add(['bob@x.example'], mail('a'))
    revisions.push(box.revision())
    box.clear()
    revisions.push(box.revision())
    await box.add(['bob@x.example'], mail('b'))
    revisions.push(box.revision())
    expect(new Set(revisions).size).toBe(4)
  })

  it('shows a mail without subject, without text or without sense as well', async () => {
    const box = new MailBox()
    await box.add([], Buffer.from([0, 255, 1, 2, 3]))
    await box.add([], Buffer.from(''))
    expect(box.list().map(({ subject }) => subject)).toEqual(['(no subject)', '(no subject)'])
    expect(await box.details('2')).toMatchObject({ text: '', html: null, attachments: [] })
  })
})
