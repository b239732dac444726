import { expect, it } from 'vitest'
import type { LedgerNotice } from '../../ledger/notices.ts'
import { handedOver, handOverOccasion } from './taken-back.ts'

let id = 0
function notice(change: Partial<LedgerNotice>): LedgerNotice {
  id += 1
  return {
    id,
    domain: 'example.at',
    recipient: 'anna@example.at',
    kind: 'hand-over',
    occasion: '',
    version: 'v',
    round: 1,
    language: 'de',
    via: 'append',
    messageId: `<${id}@example.at>`,
    attempts: 1,
    intendedAt: new Date(id),
    outcome: 'delivered',
    ...change,
  }
}

it('knows who was, or may have been, told to use mailcow', () => {
  const { outcome: _, ...interrupted } = notice({ recipient: 'carl@example.at' })
  const notices = [
    notice({ recipient: 'bob@example.at', via: 'letter', occasion: 'letter' }),
    notice({ recipient: 'warned@example.at', kind: 'pre-warning' }),
    notice({ recipient: 'full@example.at', outcome: 'refused' }),
    notice({}),
    interrupted,
  ]
  expect(handedOver(notices)).toMatchObject([
    { recipient: 'anna@example.at', onPaper: false, isTakenBack: false },
    { recipient: 'bob@example.at', onPaper: true, isTakenBack: false },
    { recipient: 'carl@example.at', onPaper: false, isTakenBack: false },
  ])
})

it('takes each hand-over back once, and the next cut-over’s anew', () => {
  const first = notice({})
  expect(handOverOccasion([first], first.recipient)).toBe('')
  const back = notice({ kind: 'keep-old-server', occasion: `hand-over-${first.id}` })
  expect(handedOver([first, back])).toMatchObject([{ isTakenBack: true }])
  const failed = { ...back, outcome: 'failed' as const }
  expect(handedOver([first, failed])).toMatchObject([{ isTakenBack: false }])
  const occasion = handOverOccasion([first, back], first.recipient)
  expect(occasion).not.toBe('')
  const second = notice({ occasion })
  expect(handedOver([first, back, second])).toMatchObject([{ handOver: second.id, isTakenBack: false }])
})
