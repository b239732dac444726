import type { SearchHit } from '@iteg/imap-sync'
import { describe, expect, it } from 'vitest'
import { explainMailbox, type MailboxEvidence } from './explain-mailbox.ts'

const hit = (more: Partial<SearchHit> = {}): SearchHit => ({
  folder: 'INBOX',
  folderWire: 'INBOX',
  uidValidity: 1,
  uid: 5,
  hash: 'same',
  size: 10,
  flags: [],
  ...more,
})

function evidence(more: Partial<MailboxEvidence>): MailboxEvidence {
  const state = {
    source: 'INBOX',
    target: 'INBOX',
    sourceUidValidity: 1,
    targetUidValidity: 2,
    created: false,
  }
  const pairs = [{ source: 4, target: 14, count: 3, flags: '', origin: 'copied' as const }]
  const setAside = [{ uid: 9, reason: 'it is too large', file: '9.eml', bytes: 10 }]
  return {
    mailbox: 'anna@example.at',
    old: [],
    new: [],
    isNewRead: true,
    folderMap: undefined,
    folders: new Map([['INBOX', { state, messages: { pairs, setAside, orphans: [], delivered: [] } }]]),
    rules: [],
    setAsideDirectory: '/data/set-aside',
    ...more,
  }
}

const target = (more: Partial<SearchHit> = {}): SearchHit => hit({ uidValidity: 2, uid: 15, ...more })

describe('explainMailbox', () => {
  it.each([
    ['copied', { old: [hit()], new: [target()] }],
    ['moved', { old: [hit()], new: [target({ folder: 'Work', folderWire: 'Work', uid: 1 })] }],
    ['copied-gone', { old: [hit()] }],
    // Nobody could look.
    ['copied', { old: [hit()], isNewRead: false }],
    // Their numbers are the same by chance: another content is another message.
    ['copied-gone', { old: [hit()], new: [target({ hash: 'other' })] }],
    ['set-aside', { old: [hit({ uid: 9 })] }],
    ['found', { old: [hit({ uid: 20 })], new: [target({ uid: 30 })] }],
    [
      'our-notice',
      { old: [hit({ uid: 20 })], rules: [{ name: 'our notice', kind: 'content', hashes: ['same'] }] },
    ],
    ['excluded', { old: [hit({ uid: 20 })], rules: [{ name: 'folder IN*', kind: 'folder', folder: 'IN*' }] }],
    [
      'excluded',
      { old: [hit({ uid: 20, flags: ['\\Deleted'] })], rules: [{ name: 'deleted', kind: 'deleted' }] },
    ],
    ['not-yet', { old: [hit({ uid: 20 })] }],
    // After UIDVALIDITY has changed, old numbers mean nothing.
    ['not-yet', { old: [hit({ uidValidity: 7 })] }],
    ['vanished', { new: [target()] }],
    ['only-new', { new: [target({ uid: 99 })] }],
    ['only-new', { new: [target({ uidValidity: 8 })] }],
  ] satisfies readonly (readonly [string, Partial<MailboxEvidence>])[])('says %s', (fate, more) => {
    expect(explainMailbox(evidence(more))[0]?.fate).toBe(fate)
  })

  it('gives two of the same content one place each', () => {
    const found = explainMailbox(
      evidence({ old: [hit(), hit({ uid: 6 })], new: [target(), target({ uid: 16 })] }),
    )
    expect(found.map((message) => [message.fate, message.old?.uid, message.new?.uid])).toEqual([
      ['copied', 5, 15],
      ['copied', 6, 16],
    ])
  })

  it('names the file of a message that was set aside', () => {
    expect(explainMailbox(evidence({ old: [hit({ uid: 9 })] }))[0]).toMatchObject({
      file: '/data/set-aside/9.eml',
      message: expect.stringContaining('it is too large'),
    })
  })
})
