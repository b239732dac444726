import { expect, test } from 'vitest'
import { lineLogger } from './logger.ts'

test('one line an entry; secrets and control characters stay inside', () => {
  const lines: string[] = []
  const logger = lineLogger((line) => lines.push(line))
  logger.debug({ path: '/get/domain', status: 200, absent: undefined }, 'mailcow call')
  logger.warn({ apiKey: 'geheim', login: { user: 'anna', password: 'geheim' } }, 'two\nlines')
  logger.error({ error: new Error('no\u001b[2J'), long: 'x'.repeat(1000) }, 'failed')
  expect(lines).toEqual([
    'debug mailcow call path=/get/domain status=200',
    String.raw`warn  two\nlines apiKey=[hidden] login={"user":"anna","password":"[hidden]"}`,
    String.raw`error failed error=Error: no\x1b[2J long=${'x'.repeat(300)}…`,
  ])
})
