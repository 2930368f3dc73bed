import { describe, expect, it } from 'vitest'
import { type MailFault, mailFault } from './mail-fault.js'

describe('a mail that was not taken', () => {
  // the client's code, the server's reply, the command it was to → what it means
  it.each<[string, number | undefined, string, MailFault]>([
    ['ECONNREFUSED', undefined, 'CONN', 'server'],
    ['ESOCKET', undefined, 'CONN', 'server'],
    ['ETIMEDOUT', undefined, 'CONN', 'server'],
    ['EDNS', undefined, 'CONN', 'server'],
    ['ECONNECTION', undefined, 'DATA', 'server'],
    ['EABORT', undefined, '', 'server'],
    ['ETLS', 454, 'STARTTLS', 'server'],
    ['EPROTOCOL', 554, 'CONN', 'server'],
    ['EPROTOCOL', 502, 'EHLO', 'server'],
    ['EAUTH', 535, 'AUTH PLAIN', 'server'],
    ['EENVELOPE', 530, 'MAIL FROM', 'server'],
    ['EENVELOPE', 550, 'MAIL FROM', 'server'],
    ['EENVELOPE', 451, 'MAIL FROM', 'server'],
    ['EENVELOPE', 421, 'RCPT TO', 'server'],
    ['EENVELOPE', 450, 'RCPT TO', 'later'],
    ['EENVELOPE', 452, 'RCPT TO', 'later'],
    ['EENVELOPE', 530, 'RCPT TO', 'server'],
    ['EENVELOPE', 550, 'RCPT TO', 'never'],
    ['EENVELOPE', 553, 'RCPT TO', 'never'],
    ['EMESSAGE', 451, 'DATA', 'later'],
    ['EMESSAGE', 552, 'DATA', 'never'],
    ['EMESSAGE', 554, 'DATA', 'never'],
    ['EMESSAGE', 503, 'DATA', 'server'],
    ['EENVELOPE', undefined, 'API', 'never'],
    ['EMESSAGE', undefined, 'API', 'never'],
  ])('with %s %s to %s means "%s"', (code, responseCode, command, expected) => {
    expect(mailFault({ code, responseCode, command })).toBe(expected)
  })
})
