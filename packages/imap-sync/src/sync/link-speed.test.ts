import { expect, test } from 'vitest'
import type { ImapServer } from '../endpoint.ts'
import { LinkSpeed } from './link-speed.ts'

const server: ImapServer = { host: 'far', port: 993, tls: 'implicit' }

function after(seconds: number, bytesPerSecond: number, isCapped = false): LinkSpeed {
  const speed = new LinkSpeed('auto', { isCapped })
  for (let at = 0; at <= seconds * 10; at += 1) speed.passed(bytesPerSecond / 10, at * 100)
  return speed
}

test.each([
  ['slow and far', after(5, 2_000_000), 20, true],
  ['slow, but here', after(5, 2_000_000), 0, false],
  ['slow, but in the house', after(5, 2_000_000), 0.4, false],
  ['far, but fast', after(5, 50_000_000), 20, false],
  ['too early to say', after(1, 2_000_000), 20, false],
  ['slow because we want it so', after(5, 2_000_000, true), 20, false],
])('%s', (_, speed, roundTripMs, expected) => {
  expect(speed.wantsCompression(server, roundTripMs)).toBe(expected)
})

test('a handshake that a busy process saw late does not make a server far', () => {
  const speed = after(5, 2_000_000)
  expect(speed.wantsCompression(server, 0.3)).toBe(false)
  expect(speed.wantsCompression(server, 30)).toBe(false)
})

test('a pause between two mailboxes is no slowness', () => {
  const speed = new LinkSpeed('auto', { isCapped: false })
  for (let at = 0; at <= 50; at += 1) speed.passed(5_000_000, at * 100)
  for (let at = 0; at <= 50; at += 1) speed.passed(5_000_000, 600_000 + at * 100)
  expect(speed.wantsCompression(server, 30)).toBe(false)
})

test('always and never are that', () => {
  expect(new LinkSpeed('always', { isCapped: true }).wantsCompression(server, 0)).toBe(true)
  expect(new LinkSpeed('never', { isCapped: false }).wantsCompression(server, 90)).toBe(false)
})
