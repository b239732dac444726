import type { SyncFinding, SyncReport } from '@iteg/imap-sync'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../finding.ts'
import { acceptedSyncFindings, copiedMailbox, syncFinding } from './copied-mailbox.ts'

function finding(code: string, isAccepted: boolean, item = 'a@example.at'): Finding {
  const accepted = { at: '2026-01-01T00:00:00Z', by: 'me', reason: 'on purpose' }
  const base = { code, severity: 'red', domain: 'example.at', item, message: '.', remedy: '.' } as const
  return isAccepted ? { ...base, accepted } : base
}

describe('acceptedSyncFindings', () => {
  it('lets nothing pass that nobody accepted', () => {
    expect(acceptedSyncFindings([finding('too-many-deletions', false)])).toEqual([])
    expect(acceptedSyncFindings([])).toEqual([])
  })

  it('lets a code pass only when everything under it was accepted', () => {
    const one = finding('folder-disappeared', true, 'a@example.at: One')
    const two = finding('folder-disappeared', false, 'a@example.at: Two')
    expect(acceptedSyncFindings([one])).toEqual(['folderDisappeared'])
    expect(acceptedSyncFindings([one, two])).toEqual([])
  })

  it('takes an emptied mailbox for what it is: its messages may go', () => {
    expect(acceptedSyncFindings([finding('source-suddenly-empty', true)])).toEqual([
      'sourceSuddenlyEmpty',
      'tooManyDeletions',
    ])
  })
})

const nothing = { copied: 0, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 }

function folder(source: string, complete: boolean): SyncReport['folders'][number] {
  return {
    source,
    target: source,
    exists: 1,
    fates: nothing,
    changes: { flags: 0, deleted: 0, moved: 0, foldersCreated: 0, foldersDeleted: 0, subscriptions: 0 },
    bytesCopied: 0,
    excluded: {},
    droppedKeywords: {},
    setAside: [],
    complete,
    unchanged: false,
  }
}

function incomplete(folders: SyncReport['folders'], findings: readonly SyncFinding[]): SyncReport {
  return {
    schema: 'mailmove/imap-sync-report/1',
    phase: 'mirror',
    outcome: 'incomplete',
    folders,
    totals: { ...nothing, exists: folders.length, bytesCopied: 0 },
    changes: { flags: 0, deleted: 0, moved: 0, foldersCreated: 0, foldersDeleted: 0, subscriptions: 0 },
    findings,
    commands: { source: 0, target: 0 },
    startedAt: '2026-01-01T00:00:00Z',
    finishedAt: '2026-01-01T00:00:01Z',
  }
}

const refused: SyncFinding = {
  code: 'folderFailed',
  severity: 'yellow',
  folder: 'INBOX.~root',
  message: 'INBOX.~root could not be copied: source: EXAMINE refused: Invalid mailbox name',
  remedy: 'Copy again when the reason is gone.',
}
const options = { setAsideDirectory: '/data/set-aside', durationMs: 1 }

describe('copiedMailbox', () => {
  it('fails with what its folder said, once, with the server in words and what helps', () => {
    const report = incomplete([folder('INBOX', true), folder('INBOX.~root', false)], [refused])
    const { failure, warnings } = copiedMailbox('example.at', 'anna@example.at', report, options)
    expect(failure).toMatchObject({
      code: 'folder-failed',
      message: 'INBOX.~root could not be copied: the old server: EXAMINE refused: Invalid mailbox name.',
      remedy: expect.stringContaining('mailmove copy example.at again'),
    })
    expect(failure?.remedy).toMatch(/its name/)
    expect(warnings).toEqual([])
  })

  it('names the other folders that are not complete, and says what it can when nothing is known', () => {
    const two = [folder('INBOX.~root', false), folder('INBOX.b', false)]
    const of = (findings: readonly SyncFinding[]) =>
      copiedMailbox('example.at', 'anna@example.at', incomplete(two, findings), options).failure?.message
    expect(of([refused])).toMatch(/Not complete either: INBOX\.b\.$/)
    expect(of([])).toBe('Not every message has its fate yet (INBOX.~root, INBOX.b).')
  })

  it('warns of the rest, with the folder named once', () => {
    const dropped = {
      code: 'keywordsDropped',
      severity: 'yellow',
      folder: 'INBOX',
      message: 'Three keywords were dropped.',
    } as const
    const report = incomplete([folder('INBOX.~root', false)], [refused, dropped])
    const { warnings } = copiedMailbox('example.at', 'anna@example.at', report, options)
    expect(warnings).toEqual(['INBOX: Three keywords were dropped.'])
  })
})

describe('syncFinding', () => {
  it.each(['folderFailed', 'overQuota', 'sumMismatch', 'folderUnmapped'] as const)(
    'says the whole command for %s',
    (code) => {
      const found = { code, severity: 'yellow', message: 'x.', remedy: 'Copy again.' } as const
      expect(syncFinding('example.at', 'anna@example.at', found).remedy).toMatch(
        /mailmove \w+ example\.at.*again/,
      )
    },
  )
})
