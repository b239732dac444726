import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { append } from '../src/commands/append.ts'
import { command } from '../src/wire/command.ts'
import { letter, MailboxClient } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'
import { startPoisonServer } from './support/poison-server.ts'

// copy path, first rule: when an APPEND fails while it is parsed, the server goes on to read a non-synchronising literal
// that is already on its way as commands. So nothing may ever make it fail that way, and if something does, the
// connection is never used again.

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

const commands = ['x1 DELETE Kunden', 'x2 CREATE Hacked', 'x3 RENAME Kunden Gestohlen', 'x4 LOGOUT']
const hostile = letter('hostile', `\r\n${commands.join('\r\n')}\r\n`) + `${commands.join('\r\n')}\r\n`

test('the danger is real: sent carelessly, a body becomes commands on this very server', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.fresh.create('Kunden')
  const { session } = pair.fresh
  const body = Buffer.from('x1 DELETE Kunden\r\nx2 NOOP\r\n')
  const result = session.stream(command('APPEND', '"INBOX"'), async (out) => {
    await out.write(` (\\Recent) {${body.length}+}\r\n`)
    await out.write(body)
    await out.write('\r\n')
  })
  await expect(result.then(({ answer }) => answer)).rejects.toMatchObject({
    code: 'protocol',
    command: 'APPEND',
  })
  expect(session.alive).toBe(false)
  await using look = await MailboxClient.open(pair.target)
  expect(Object.keys(await look.contents())).not.toContain('Kunden')
})

test('a body that holds commands stays a body, with every flag and date a source can show', async () => {
  await using pair = await MailboxPair.make(bed)
  const { old, fresh } = pair
  await old.create('INBOX.Kunden')
  await old.append('INBOX.Kunden', [{ text: letter('stays') }])
  const keywords = ['$Forwarded', 'a[b', 'plain', '!#$&+', 'x'.repeat(50)]
  for (const keyword of keywords) await old.append('INBOX', [{ text: hostile, flags: [keyword, '\\Seen'] }])
  await old.append('INBOX', [
    { text: hostile, date: ' 1-Jan-1970 00:00:00 +0000' },
    { text: hostile, date: '31-Dec-2037 23:59:59 -1200' },
  ])
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: keywords.length + 3, setAside: 0 } })
  const after = await fresh.contents()
  expect(Object.keys(after).toSorted()).toEqual([
    'Archive',
    'Drafts',
    'INBOX',
    'Junk',
    'Kunden',
    'Sent',
    'Trash',
  ])
  expect(after['INBOX']).toEqual((await old.contents())['INBOX'])
})

test('flags that a server does not know never leave this machine', async () => {
  await using pair = await MailboxPair.make(bed)
  for (const flag of ['\\Recent', '\\Foo', 'two words', 'paren(', 'line\r\nend', '{5}', 'ä', '']) {
    async function* messages() {
      yield { flags: [flag], date: { seconds: 1e9, zoneMinutes: 0 }, size: 1, chunks: [Buffer.from('x')] }
    }
    await using one = await MailboxPair.make(bed)
    await expect(append(one.fresh.session, 'INBOX', messages(), { careful: false })).rejects.toMatchObject({
      code: 'usage',
    })
  }
  expect((await pair.fresh.contents())['INBOX']).toEqual([])
})

test('a target that answers BAD: the connection is left for good, the message is set aside, all others arrive', async () => {
  await using pair = await MailboxPair.make(bed)
  const letters = Array.from({ length: 9 }, (_, index) => ({
    text: index === 4 ? hostile : letter(`letter ${index}`),
  }))
  await pair.old.append('INBOX', letters)
  await using bad = await startPoisonServer(bed.new.imap, 'x1 DELETE')
  const target = { ...pair.target, server: { ...pair.target.server, port: bad.port } }
  const report = await pair.sync({ target })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 8, setAside: 1 } })
  expect(report.folders.flatMap(({ setAside }) => setAside)).toMatchObject([{ subject: 'hostile' }])
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(8)
  expect(bad.afterBad()).toEqual([])
})
