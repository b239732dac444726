import { ImapSyncError } from '@iteg/imap-sync'
import { describe, expect, it } from 'vitest'
import { mailboxFailure } from './failures.ts'

const copy = { stage: 'copy', domain: 'example.at' } as const

const untrusted = (side: string) => mailboxFailure(new ImapSyncError('tls', 'self-signed', { side }), copy)

describe('mailboxFailure', () => {
  it('blames the server that said it, and names it once', () => {
    const source = new ImapSyncError('protocol', 'source: the server sent a list without end', {
      side: 'source',
    })
    const target = new ImapSyncError('connect', 'target: cannot connect: refused', { side: 'target' })
    expect([mailboxFailure(source, copy), mailboxFailure(target, copy)]).toMatchObject([
      { code: 'old-protocol', message: 'The old server: the server sent a list without end.' },
      { code: 'new-unreachable', message: 'The new server: cannot connect: refused.' },
    ])
  })

  it('blames neither when it does not know', () => {
    expect(mailboxFailure(new ImapSyncError('protocol', 'a list without end'), copy)).toMatchObject({
      code: 'server-protocol',
      message: 'One of the two servers: a list without end.',
    })
  })

  it.each(['login', 'tls', 'connect', 'loginTemporary', 'closed', 'timeout', 'refused', 'protocol'] as const)(
    'says the whole command that goes on after %s',
    (code) => {
      const error = new ImapSyncError(code, 'x', { side: 'target' })
      expect(mailboxFailure(error, copy).remedy).toContain('mailmove copy example.at again')
      expect(mailboxFailure(error, { stage: 'verify', domain: 'b.example' }).remedy).toContain(
        'mailmove verify b.example again',
      )
    },
  )

  it("names the configuration's key for a certificate that is not trusted", () => {
    expect(untrusted('source').remedy).toContain('old.imap.tlsOptions.ca')
    expect(untrusted('target').remedy).toContain('new.imap.tlsOptions.ca')
  })
})
