import { expect, test } from 'vitest'
import { mailboxExitCode } from './mailbox-exit-code.ts'

const done = {}
const failed = (code: string) => ({ failure: { code } })

test.each([
  [true, [done], 0],
  [false, [done, failed('old-unreachable')], 1],
  [false, [failed('old-login-refused')], 1],
  [false, [failed('old-unreachable'), failed('new-unreachable'), failed('new-mailcow')], 4],
  // verify: nothing failed, something differs
  [false, [done], 1],
  [false, [], 1],
])('%j %j: %i', (ok, mailboxes, code) => {
  expect(mailboxExitCode(ok, mailboxes)).toBe(code)
})
