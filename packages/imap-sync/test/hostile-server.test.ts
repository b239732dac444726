import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, readFolders, syncMailbox, type Endpoint, type SyncReport } from '../src/index.ts'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'
import {
  honestMailbox,
  startRewritingServer,
  startScriptedServer,
  type Script,
  type ScriptedServer,
} from './support/scripted-server.ts'

// Servers that lie, break off or flood: nothing grows without bound, nothing is doubled, and what went wrong is said.

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

function at(server: ScriptedServer): Endpoint {
  return {
    server: { host: '127.0.0.1', port: server.port, tls: 'none' },
    login: { user: 'u', password: 'p' },
  }
}

const inbox = {
  entries: [{ source: 'INBOX', sourceWire: 'INBOX', target: 'INBOX', targetWire: 'INBOX', selectable: true }],
  collisions: [],
  leftOut: [],
}

async function copyFrom(pair: MailboxPair, script: Script): Promise<SyncReport> {
  await using server = await startScriptedServer(script)
  return await syncMailbox(
    {
      source: at(server),
      target: pair.target,
      folderMap: inbox,
      state: pair.state,
      phase: 'mirror',
      setAsideDirectory: pair.setAsideDirectory,
      limits: { reconnects: 2 },
    },
    { timeouts: { backoffMs: 1, settleMs: 10, idleMs: 2000 } },
  )
}

const three = [letter('one'), letter('two'), letter('three')]

test('the honest script is copied (so that the lies below are what fails)', async () => {
  await using pair = await MailboxPair.make(bed)
  expect(await copyFrom(pair, honestMailbox(three))).toMatchObject({
    outcome: 'complete',
    totals: { copied: 3 },
  })
})

test('a message sent twice, messages nobody asked for, and attributes after the content', async () => {
  await using pair = await MailboxPair.make(bed)
  const report = await copyFrom(
    pair,
    honestMailbox(three, (command, say) => {
      if (!command.includes('BODY.PEEK[]')) return false
      for (const uid of [1, 2, 2, 99, 1, 3]) {
        const text = three[uid - 1] ?? letter('nobody asked')
        say(
          `* 1 EXISTS\r\n* ${uid} FETCH (BODY[] {${text.length}}\r\n${text} UID ${uid})\r\n* ${uid} FETCH (FLAGS (\\Seen))\r\n`,
        )
      }
      say('TAG OK\r\n')
      return true
    }),
  )
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 3 } })
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(3)
})

test('content as a quoted string, as NIL, and as nothing', async () => {
  await using pair = await MailboxPair.make(bed)
  const report = await copyFrom(
    pair,
    honestMailbox(three, (command, say) => {
      if (!command.includes('BODY.PEEK[]')) return false
      say(
        '* 1 FETCH (UID 1 BODY[] "quoted \\"text\\"")\r\n* 2 FETCH (UID 2 BODY[] NIL)\r\n* 3 FETCH (UID 3 BODY[] "")\r\nTAG OK\r\n',
      )
      return true
    }),
  )
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 1, setAside: 2 } })
})

test('a literal that ends too early: nothing of the batch is stored, and the next try is whole', async () => {
  await using pair = await MailboxPair.make(bed)
  let tries = 0
  const report = await copyFrom(
    pair,
    honestMailbox(three, (command, say, socket) => {
      if (!command.includes('BODY.PEEK[]') || tries > 0) return false
      tries += 1
      say(
        `* 1 FETCH (UID 1 BODY[] {${three[0]?.length}}\r\n${three[0]})\r\n* 2 FETCH (UID 2 BODY[] {5000}\r\nhalf`,
      )
      socket.end()
      return true
    }),
  )
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 3 } })
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(3)
})

test.for([
  [
    'a line without end',
    'limit',
    (say: (text: string | Buffer) => void) => say(Buffer.alloc(20 * 1024 * 1024, 'x')),
  ],
  [
    'a literal beyond all measure',
    'limit',
    (say: (text: string | Buffer) => void) => say('* LIST () "/" {999999999}\r\n'),
  ],
  [
    'more folders than any mailbox',
    'limit',
    (say: (text: string | Buffer) => void) =>
      say(Array.from({ length: 50_010 }, (_, index) => `* LIST () "/" f${index}\r\n`).join('')),
  ],
  [
    'brackets without end',
    'limit',
    (say: (text: string | Buffer) => void) => say(`* LIST ${'('.repeat(500)}\r\n`),
  ],
  ['an answer to nothing', 'protocol', (say: (text: string | Buffer) => void) => say('nobody OK asked\r\n')],
  [
    'a folder name of kilobytes',
    'limit',
    (say: (text: string | Buffer) => void) => say(`* LIST () "/" ${'x'.repeat(9000)}\r\n`),
  ],
] as const)('%s ends the connection', async ([, code, lie]) => {
  await using server = await startScriptedServer((command, say) => {
    if (command.startsWith('LIST')) lie(say)
    else say('* NAMESPACE (("" "/")) NIL NIL\r\nTAG OK\r\n')
  })
  await using connection = await connect(at(server).server, at(server).login)
  await expect(readFolders(connection)).rejects.toMatchObject({ name: 'ImapSyncError', code })
})

test('a folder name with a line end in it is never sent back', async () => {
  await using pair = await MailboxPair.make(bed)
  const evil = 'x\r\nm99 DELETE INBOX'
  await using server = await startScriptedServer(
    honestMailbox(three, (command, say) => {
      if (!command.startsWith('LIST')) return false
      say(
        `* LIST () "/" INBOX\r\n* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7)\r\n* LIST () "/" {${evil.length}}\r\n${evil}\r\nTAG OK\r\n`,
      )
      return true
    }),
  )
  const mailbox = {
    source: at(server),
    target: pair.target,
    folderMap: {
      ...inbox,
      entries: [
        ...inbox.entries,
        { source: evil, sourceWire: evil, target: 'x', targetWire: 'x', selectable: true },
      ],
    },
    state: pair.state,
    phase: 'mirror',
    setAsideDirectory: pair.setAsideDirectory,
  } as const
  const report = await syncMailbox(mailbox)
  expect(report.totals.copied).toBe(3)
  expect(report.findings.map(({ code }) => code)).toContain('folderFailed')
  expect(server.commands.filter((line) => line.includes('DELETE'))).toEqual([])
})

test.for([
  '[APPENDUID 1 1:4294967295]',
  '[APPENDUID 8 1:3]',
  '[APPENDUID 7 0]',
  '[APPENDUID x y]',
  'no code at all',
])('a target that answers %s is looked at instead', async (nonsense) => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append(
    'INBOX',
    three.map((text) => ({ text })),
  )
  await using liar = await startRewritingServer(bed.new.imap, /\[APPENDUID [^\]]*\]/, nonsense)
  const target = { ...pair.target, server: { ...pair.target.server, port: liar.port } }
  const report = await pair.sync({ target, folderMap: await pair.map() })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 3 } })
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(3)
  expect(await pair.sync()).toMatchObject({ totals: { copied: 0, alreadyThere: 3 } })
})

test('a server that says goodbye at login is asked again, for a while', async () => {
  await using server = await startScriptedServer(() => {}, '* BYE [UNAVAILABLE] too many connections\r\n')
  await expect(connect(at(server).server, at(server).login)).rejects.toMatchObject({
    name: 'ImapSyncError',
    retryable: true,
  })
})
