import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Endpoint, messageHash, openMailbox } from '../src/index.ts'
import { MailboxClient } from './support/mailbox.ts'

let bed: Testbed
let count = 0

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})
afterAll(() => bed.stop())

async function mailbox(quotaBytes = 0): Promise<Endpoint> {
  count += 1
  const address = `m${count}@example.at`
  await bed.addOldMailbox(address, { quotaBytes })
  const { user, password, separator } = bed.old.master
  const server = { ...bed.old.imap, tls: 'none' as const }
  return { server, login: { user: `${address}${separator}${user}`, password } }
}

const messageId = '<notice.1@iteg.example>'
const date = new Date('2026-11-20T10:00:00Z')

function notice(body: string): Buffer {
  return Buffer.from(`From: a@b.at\r\nMessage-ID: ${messageId}\r\n\r\n${body}\r\n`)
}

it('puts a message into the mailbox, and finds it by Message-ID and content only', async () => {
  const endpoint = await mailbox()
  const content = notice('Grüß Gott')
  await using handle = await openMailbox(endpoint)
  const known = { messageId, hashes: [messageHash(content)] }
  expect(await handle.find(known)).toBeUndefined()
  // Somebody else's message that carries our Message-ID.
  expect(await handle.append('INBOX', { content: notice('forged'), date })).toEqual({ stored: true, uid: 1 })
  expect(await handle.find(known)).toBeUndefined()
  expect(await handle.append('INBOX', { content, date })).toEqual({ stored: true, uid: 2 })
  expect(await handle.find(known)).toEqual({ folder: 'INBOX', uid: 2 })
  await using client = await MailboxClient.open(endpoint)
  await client.create('INBOX.Später')
  await client.move('INBOX', [2], 'INBOX.Später')
  expect(await handle.find(known)).toEqual({ folder: 'INBOX.Sp&AOQ-ter', uid: 1 })
  await expect(handle.remove(known)).rejects.toMatchObject({ code: 'phase' })
})

it('takes out what is known, and nothing else', async () => {
  const endpoint = await mailbox()
  const content = notice('one')
  await using handle = await openMailbox(endpoint, { allow: 'remove' })
  for (const body of ['one', 'other', 'one']) await handle.append('INBOX', { content: notice(body), date })
  expect(await handle.remove({ messageId, hashes: [messageHash(content)] })).toBe(2)
  await using client = await MailboxClient.open(endpoint)
  expect(await client.uids('INBOX')).toEqual([2])
})

it('says what the server answers when there is no room', async () => {
  await using handle = await openMailbox(await mailbox(1024))
  const answer = await handle.append('INBOX', { content: notice('x'.repeat(5000)), date })
  expect(answer).toMatchObject({ stored: false, responseCode: 'OVERQUOTA' })
})

it('refuses a Message-ID that would be a command', async () => {
  await using handle = await openMailbox(await mailbox())
  await handle.append('INBOX', { content: notice('one'), date })
  await expect(handle.find({ messageId: '<a"\r\nx LOGOUT>', hashes: [] })).rejects.toMatchObject({
    code: 'usage',
  })
})
