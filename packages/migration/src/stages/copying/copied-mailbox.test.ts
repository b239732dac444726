import { describe, expect, it } from 'vitest'
import type { Finding } from '../finding.ts'
import { acceptedSyncFindings } from './copied-mailbox.ts'

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
