import { deliver } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  copy,
  domainConfig,
  explain,
  type ExplainedMessage,
  type Migration,
  provision,
  survey,
} from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed } from './support/bed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const DOMAIN = 'example.at'
const ANNA = `anna@${DOMAIN}`
const inventory = {
  domains: [{ domain: DOMAIN, mailboxes: [{ address: ANNA }, { address: `bob@${DOMAIN}` }] }],
}

let bed: Bed
let opened: OpenedMigration
let migration: Migration

function mail(name: string, subject: string, from = 'friend@elsewhere.example'): string {
  return [
    `Message-ID: <${name}@elsewhere.example>`,
    `From: ${from}`,
    `To: ${ANNA}`,
    `Subject: ${subject}`,
    '',
    `the secret body of ${name}`,
    '',
  ].join('\r\n')
}

const old = (raw: string, to = ANNA) => deliver(bed.testbed.old.lmtp, { to, raw })

async function only(query: string): Promise<ExplainedMessage> {
  const { messages } = await explain(migration, DOMAIN, query)
  expect(messages).toHaveLength(1)
  const [message] = messages
  if (message === undefined) throw new Error('nothing found')
  return message
}

beforeAll(async () => {
  bed = await startBed(inventory)
  await old(mail('invoice', 'Invoice 4711'))
  await old(mail('umlaut', '=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_Wien?='))
  await old(mail('left', 'Left behind'))
  await old(mail('hostile', '=?utf-8?q?Red=1B[31m_alert=0D=0AX-Evil:_1=E2=80=AE?='))
  await old(mail('toBob', 'Invoice 4711 for Bob'), `bob@${DOMAIN}`)
  opened = await bed.migration()
  migration = opened.migration
  await survey(migration, [DOMAIN])
  await provision(migration, [DOMAIN])
  await copy(migration, [DOMAIN])
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

describe('explain', () => {
  it('says of a copied message where it is on both servers, and when it was copied', async () => {
    const before = bed.testbed.new.mailcow.requests.length
    const message = await only('<invoice@elsewhere.example>')
    expect(message).toMatchObject({
      mailbox: ANNA,
      fate: 'copied',
      subject: 'Invoice 4711',
      old: { folder: 'INBOX', uid: 1 },
      new: { folder: 'INBOX', uid: expect.any(Number) },
    })
    const copiedAt = new Date(message.copiedAt ?? 0)
    expect(Math.abs(Date.now() - copiedAt.getTime())).toBeLessThan(10 * 60_000)
    expect(bed.testbed.new.mailcow.requests).toHaveLength(before)
  })

  it('finds parts of subjects in several mailboxes, in other alphabets and in any case', async () => {
    const { messages, lookedFor } = await explain(migration, DOMAIN, 'invoice 47')
    expect(lookedFor).toBe('subject')
    expect(messages.map(({ mailbox }) => mailbox)).toEqual([ANNA, `bob@${DOMAIN}`])
    expect((await only('GRÜSSE aus'.replace('SS', 'ß'))).messageId).toBe('<umlaut@elsewhere.example>')
  })

  it('finds senders and recipients, and a Message-ID without its brackets', async () => {
    const { messages } = await explain(migration, DOMAIN, 'friend@elsewhere.example')
    expect(messages).toHaveLength(5)
    expect((await only('umlaut@elsewhere.example')).fate).toBe('copied')
  })

  it('lists no more than was asked for, and says that there are more', async () => {
    const { messages, more } = await explain(migration, DOMAIN, 'friend@elsewhere.example', { limit: 2 })
    expect([messages.length, more]).toEqual([2, true])
  })

  it('shows nothing of a body, and no control character of a subject', async () => {
    const report = await explain(migration, DOMAIN, 'Red')
    expect(report.messages[0]?.subject).toBe('Red [31m alert X-Evil: 1')
    expect(JSON.stringify(report)).not.toContain('secret body')
  })

  it('says of what came later that no copy has seen it yet', async () => {
    await old(mail('later', 'Later'))
    const message = await only('Later')
    expect(message).toMatchObject({ fate: 'not-yet', old: { folder: 'INBOX' } })
    expect(message.new).toBeUndefined()
  })

  it('says of what only mailcow has that it came there', async () => {
    await deliver(bed.testbed.new.lmtp, { to: ANNA, raw: mail('new', 'Fresh on mailcow') })
    expect(await only('Fresh on mailcow')).toMatchObject({ fate: 'only-new', new: { folder: 'INBOX' } })
  })

  it('says which rule leaves a message out', async () => {
    const excluding = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({
        ...config,
        domains: new Map([[DOMAIN, { ...domainConfig(config, DOMAIN), exclude: { folders: ['INBOX'] } }]]),
      }),
    })
    try {
      const { messages } = await explain(excluding.migration, DOMAIN, 'Later')
      expect(messages[0]).toMatchObject({
        fate: 'excluded',
        message: expect.stringContaining('folder INBOX'),
      })
    } finally {
      await excluding[Symbol.asyncDispose]()
    }
  })

  it('changes no flag on either server', async () => {
    const { messages } = await explain(migration, DOMAIN, 'Left behind')
    expect(messages[0]?.old?.flags.map((flag) => flag.toLowerCase())).not.toContain('\\seen')
    expect(messages[0]?.new?.flags.map((flag) => flag.toLowerCase())).not.toContain('\\seen')
  })

  it('finds nothing where nothing is', async () => {
    const report = await explain(migration, DOMAIN, '<nobody@nowhere.example>')
    expect(report).toMatchObject({ messages: [], more: false, unread: [], mailboxes: 2 })
  })

  it.each(['', '  ', 'a\r\nb LOGOUT', 'x'.repeat(400)])('refuses %j', async (query) => {
    await expect(explain(migration, DOMAIN, query)).rejects.toMatchObject({ code: 'usage' })
  })

  it('takes no text for a command', async () => {
    const { messages } = await explain(migration, DOMAIN, String.raw`") UID 1:* (SUBJECT "\ `)
    expect(messages).toEqual([])
  })
})
