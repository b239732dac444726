import { expect, it } from 'vitest'
import { queuedFor } from './queue.ts'

const listing = `-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
83E6C23616C     404 Tue Nov 24 12:36:47  ext@outside.test
                                                          (deferred transport)
                                         Anna@Example.org
                                         carla@stay.example

4BkZ1Q2Xyz*    1404 Tue Nov 24 12:37:47  MAILER-DAEMON
                                         bert@stay.example

91AB       99 Tue Nov 24 12:37:47  anna@example.org
(connect to 127.0.0.1[127.0.0.1]:25: Connection refused)
                                         info@alt.example

-- 2 Kbytes in 3 Requests.
`

it('counts messages by recipient, never by sender', () => {
  expect(queuedFor(listing, ['example.org', 'alt.example'])).toEqual({
    messages: 2,
    reasons: ['deferred transport', 'connect to 127.0.0.1[127.0.0.1]:25: Connection refused'],
  })
  expect(queuedFor(listing, ['stay.example']).messages).toBe(2)
  expect(queuedFor(listing, ['outside.test'])).toEqual({ messages: 0, reasons: [] })
  expect(queuedFor('Mail queue is empty\n', ['example.org'])).toEqual({ messages: 0, reasons: [] })
})
