import { expect, test } from 'vitest'
import { knownTotal } from './known-total.ts'

const surveyed = (address: string, messages: number) => ({
  address,
  skipped: false,
  newQuotaBytes: 1,
  size: { messages, bytes: messages * 10 },
  folders: [],
})
const survey = {
  at: new Date(0),
  mailboxes: new Map([
    ['a@example.at', surveyed('a@example.at', 3)],
    ['b@example.at', surveyed('b@example.at', 4)],
  ]),
}
const chosen = (address: string) => ({ address, owner: 'made' as const })
const obstacle = { code: 'over-quota', message: 'x', remedy: 'y' }

test('adds up what will be worked on', () => {
  expect(knownTotal([chosen('a@example.at'), chosen('b@example.at')], survey)).toEqual({
    total: { messages: 7, bytes: 70 },
  })
  expect(knownTotal([chosen('a@example.at'), { ...chosen('b@example.at'), obstacle }], survey)).toEqual({
    total: { messages: 3, bytes: 30 },
  })
})

test('says nothing when one of them is not known', () => {
  expect(knownTotal([chosen('a@example.at'), chosen('new@example.at')], survey)).toEqual({})
  expect(knownTotal([chosen('a@example.at')], undefined)).toEqual({})
})
