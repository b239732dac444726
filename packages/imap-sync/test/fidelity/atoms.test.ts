import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter } from '../support/mailbox.ts'
import { MailboxPair } from '../support/pair.ts'
import { startRewritingServer } from '../support/scripted-server.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({
    only: ['imap'],
    oldSettings: 'namespace inbox {\n  separator = /\n  prefix =\n}',
  })
})

afterAll(() => bed.stop())

// RFC 3501 §9: `mailbox` is an astring, in which NIL is an atom as any other; Dovecot puts it in quotes, others do not.
test('a folder and a keyword called NIL, without quotes, are names (https://github.com/jstedfast/MailKit/issues/482)', async () => {
  await using pair = await MailboxPair.make(bed)
  await using plain = await startRewritingServer(bed.old.imap, /"NIL"/g, 'NIL')
  await pair.old.create('NIL')
  await pair.old.append('NIL', [{ text: letter('in NIL'), flags: ['NIL'] }])
  const source = { ...pair.source, server: { ...pair.source.server, port: plain.port } }
  const report = await pair.sync({ source })
  expect(report).toMatchObject({ outcome: 'complete', totals: { exists: 1, copied: 1 } })
  const { NIL = [] } = await pair.fresh.contents()
  expect(NIL).toEqual([expect.stringMatching(/ nil$/)])
})
