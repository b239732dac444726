import { describe, expect, it } from 'vitest'
import type { LedgerNotice } from '../../ledger/notices.ts'
import { decide } from './decision.ts'

const rules = { version: 'b', again: false, perVersion: true }

function notice(more: Partial<LedgerNotice>): LedgerNotice {
  return {
    id: 1,
    domain: 'example.at',
    recipient: 'anna@example.at',
    kind: 'pre-warning',
    occasion: '',
    version: 'b',
    round: 1,
    language: 'de',
    via: 'smtp',
    messageId: '<1@iteg.example>',
    attempts: 1,
    intendedAt: new Date(0),
    ...more,
  }
}

describe('decide', () => {
  it('sends what nobody was told', () => {
    expect(decide([], rules)).toEqual({ kind: 'send', round: 1 })
  })

  it('sends nothing twice, and once more when asked', () => {
    const told = [notice({ outcome: 'delivered' })]
    expect(decide(told, rules)).toMatchObject({ kind: 'already', older: false })
    expect(decide(told, { ...rules, again: true })).toEqual({ kind: 'send', round: 2 })
  })

  it('tells a new text again, but no password', () => {
    const told = [notice({ outcome: 'delivered', version: 'a' })]
    expect(decide(told, rules)).toEqual({ kind: 'send', round: 1 })
    expect(decide(told, { ...rules, perVersion: false })).toMatchObject({ kind: 'already', older: true })
    expect(decide(told, { ...rules, perVersion: false, again: true })).toEqual({ kind: 'send', round: 1 })
  })

  it('tries again what surely did not arrive', () => {
    for (const outcome of ['refused', 'failed'] as const)
      expect(decide([notice({ outcome })], rules)).toEqual({ kind: 'send', round: 1 })
  })

  it('looks before anything else where it may have arrived, also with another text', () => {
    expect(decide([notice({})], rules)).toMatchObject({ kind: 'look' })
    expect(decide([notice({ version: 'a' })], rules)).toMatchObject({ kind: 'look' })
    expect(decide([notice({})], { ...rules, again: true })).toMatchObject({ kind: 'look' })
    expect(decide([notice({ outcome: 'unknown' })], rules)).toMatchObject({ kind: 'look' })
    expect(decide([notice({ outcome: 'unknown' })], { ...rules, again: true })).toEqual({
      kind: 'send',
      round: 2,
    })
  })
})
