import { describe, expect, it } from 'vitest'
import type { LedgerNotice } from '../../ledger/notices.ts'
import { warnedSince } from './warn-gate.ts'

function told(recipient: string, kind: string, hour: number, more: Partial<LedgerNotice> = {}): LedgerNotice {
  const at = new Date(Date.UTC(2026, 10, 20, hour))
  return {
    id: hour,
    domain: 'example.at',
    recipient,
    kind,
    occasion: '',
    version: 'a',
    round: 1,
    language: 'de',
    via: 'smtp',
    messageId: '<1@iteg.example>',
    attempts: 1,
    intendedAt: at,
    outcome: 'delivered',
    endedAt: at,
    ...more,
  }
}

const wanted = { mailboxes: ['anna@example.at', 'bob@example.at'], contacts: ['chef@example.at'] }
const all = [
  told('anna@example.at', 'pre-warning', 8),
  told('bob@example.at', 'pre-warning', 9, { via: 'letter', occasion: 'letter' }),
  told('chef@example.at', 'pre-warning-contact', 10),
]

describe('warnedSince', () => {
  it('counts from when the last of them was first told, by mail or by letter', () => {
    const again = told('anna@example.at', 'pre-warning', 20, { version: 'b' })
    expect(warnedSince([...all, again], wanted)).toEqual(new Date(Date.UTC(2026, 10, 20, 10)))
  })

  it('is not over while somebody does not know', () => {
    expect(warnedSince(all.slice(1), wanted)).toBeUndefined()
    const doubtful = [...all.slice(1), told('anna@example.at', 'pre-warning', 8, { outcome: 'unknown' })]
    expect(warnedSince(doubtful, wanted)).toBeUndefined()
    expect(warnedSince(all, { mailboxes: [], contacts: [] })).toBeUndefined()
  })
})
