import { connect as connectTls } from 'node:tls'
import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awkwardMessages, deliver, fillMailbox, oddCertificates, startTestbed } from '../src/index.ts'
import type { Endpoint, Testbed } from '../src/index.ts'
import { RawImap } from './raw-imap.ts'

let bed: Testbed
let ca: Buffer
beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'], oldSettings: 'mail_max_userip_connections = 3' })
  ca = readFileSync(bed.caFile)
})
afterAll(() => bed?.stop())

test('a new mailbox has the old server’s prefix, separator and folders', async () => {
  const { address, password } = await bed.addOldMailbox('anna@old.test')
  await using imap = await RawImap.login(bed.old.imap, address, password)
  expect((await imap.command('NAMESPACE')).untagged).toEqual(['NAMESPACE (("INBOX." ".")) NIL NIL'])
  expect((await imap.command('LIST "" "*"')).untagged.toSorted()).toEqual([
    'LIST (\\HasChildren) "." INBOX',
    'LIST (\\HasNoChildren \\Drafts) "." INBOX.Drafts',
    'LIST (\\HasNoChildren \\Junk) "." INBOX.Junk',
    'LIST (\\HasNoChildren \\Sent) "." INBOX.Sent',
    'LIST (\\HasNoChildren \\Trash) "." INBOX.Trash',
  ])
})

async function login(user: string, password: string): Promise<string> {
  await using imap = await RawImap.connect(bed.old.imap)
  return (await imap.command(`LOGIN "${user}" "${password}"`)).status
}

test('the master user sees mailboxes that exist, switched off or not, and no others', async () => {
  await bed.addOldMailbox('off@old.test', { active: 2, password: 'pw' })
  const { user, password } = bed.old.master
  expect(await login(`off@old.test*${user}`, password)).toBe('OK')
  expect(await login('off@old.test', 'pw')).toBe('NO')
  expect(await login(`nobody@old.test*${user}`, password)).toBe('NO')
  expect(await login(`off@old.test*${user}`, 'wrong')).toBe('NO')
})

test('what an account is told holds for the very next login', async () => {
  const seen: string[] = []
  for (const password of ['one', 'two', 'three']) {
    await bed.addOldMailbox('quick@old.test', { password })
    seen.push(await login('quick@old.test', password))
  }
  expect(seen).toEqual(['OK', 'OK', 'OK'])
  expect(await login('quick@old.test', 'one')).toBe('NO')
})

test('the quota of an account refuses, at APPEND and at delivery', async () => {
  const { address, password } = await bed.addOldMailbox('small@old.test', { quotaBytes: 20_000 })
  await using imap = await RawImap.login(bed.old.imap, address, password)
  const raw = Buffer.from(`Subject: x\r\n\r\n${'x'.repeat(30_000)}\r\n`)
  expect((await imap.command('APPEND INBOX', raw)).text).toContain('[OVERQUOTA]')
  await expect(deliver(bed.old.lmtp, { to: address, raw })).rejects.toMatchObject({ responseCode: 552 })
  await expect(deliver(bed.old.lmtp, { to: 'nobody@old.test', raw })).rejects.toThrow('User doesn')
})

test('settings of a test win: the fourth connection of a user is one too many', async () => {
  const { address, password } = await bed.addOldMailbox('many@old.test')
  const connections = await Promise.all([1, 2, 3].map(() => RawImap.login(bed.old.imap, address, password)))
  await expect(RawImap.login(bed.old.imap, address, password)).rejects.toThrow(
    'Maximum number of connections',
  )
  for (const connection of connections) await connection[Symbol.asyncDispose]()
})

/** The code of the error with which a TLS handshake ends, or `trusted`. */
function handshake({ host, port }: Endpoint): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, ca }, () => {
      socket.destroy()
      resolve('trusted')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

const verdicts = {
  server: 'trusted',
  expired: 'CERT_HAS_EXPIRED',
  selfSigned: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  wrongHost: 'ERR_TLS_CERT_ALTNAME_INVALID',
} as const

test('the test CA vouches for the good certificate, and the others are wrong in their own way', async () => {
  expect(await handshake(bed.old.imaps)).toBe(verdicts.server)
  expect(await handshake(bed.new.imaps)).toBe(verdicts.server)
  for (const [name, host] of Object.entries(oddCertificates))
    expect([name, await handshake({ ...bed.old.imaps, host })]).toEqual([name, Reflect.get(verdicts, name)])
})

test('the same behind STARTTLS, and in front of any plain server', async () => {
  const { address, password } = await bed.addOldMailbox('tls@old.test')
  const connect = async (host: string): Promise<string> => {
    const client = new ImapFlow({
      host,
      port: bed.old.imap.port,
      secure: false,
      doSTARTTLS: true,
      auth: { user: address, pass: password },
      tls: { ca },
      logger: false,
    })
    try {
      await client.connect()
      await client.logout()
      return 'trusted'
    } catch (error) {
      return String(Reflect.get(Object(error), 'code'))
    }
  }
  expect(await connect('127.0.0.1')).toBe('trusted')
  expect(await connect(oddCertificates.expired)).toBe('CERT_HAS_EXPIRED')
  for (const name of ['server', 'selfSigned', 'wrongHost', 'expired'] as const)
    expect([name, await handshake(await bed.behindTls(bed.old.imap, name))]).toEqual([name, verdicts[name]])
})

test('mail that was put on disk is what IMAP shows: bytes, dates, flags, order, subscriptions', async () => {
  const { address, password } = await bed.addOldMailbox('filled@old.test')
  const odd = awkwardMessages()
  const folders = new Map([
    ['Größe & Maße.Öl', odd],
    ['leer', []],
  ])
  fillMailbox(bed.old, address, folders, { subscriptions: ['leer'] })
  const client = new ImapFlow({
    ...bed.old.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user: address, pass: password },
    logger: false,
  })
  await client.connect()
  try {
    await client.mailboxOpen('INBOX.Größe & Maße.Öl', { readOnly: true })
    const seen = []
    for await (const message of client.fetch('1:*', {
      source: true,
      flags: true,
      internalDate: true,
      size: true,
    }))
      seen.push({
        raw: message.source?.toString('latin1'),
        size: message.size,
        date: new Date(message.internalDate ?? 0).getTime(),
        flags: [...(message.flags ?? [])].filter((flag) => flag !== '\\Recent').toSorted(),
      })
    const wanted = odd
      .toSorted((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime())
      .map(({ raw, receivedAt, flags }) => {
        const text = raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n').replaceAll('\0', '\u0080')
        return { raw: text, size: text.length, date: receivedAt.getTime(), flags: flags.toSorted() }
      })
    expect(seen).toEqual(wanted)
    const listed = await client.list()
    expect(listed.filter(({ subscribed }) => subscribed).map(({ path }) => path)).toContain('INBOX.leer')
    expect(listed.filter(({ subscribed }) => subscribed).map(({ path }) => path)).not.toContain(
      'INBOX.Größe & Maße.Öl',
    )
  } finally {
    client.close()
  }
  expect(() => fillMailbox(bed.old, address, new Map())).toThrow('in use')
})

test('it can be away for a while', async () => {
  const { address, password } = await bed.addOldMailbox('patient@old.test')
  await using open = await RawImap.login(bed.old.imap, address, password)
  await bed.old.halt()
  expect((await open.command('NOOP')).status).toBe('EOF')
  await expect(RawImap.login(bed.old.imap, address, password)).rejects.toThrow('LOGIN: EOF')
  await bed.old.resume()
  await using again = await RawImap.login(bed.old.imap, address, password)
  expect((await again.command('NOOP')).status).toBe('OK')
})

test('doveadm works on it, and says what was wrong when it does not', async () => {
  await bed.addOldMailbox('listed@old.test')
  expect((await bed.old.doveadm('user', '*')).split('\n')).toContain('listed@old.test')
  await expect(bed.old.doveadm('mailbox', 'status', '-u', 'nobody@old.test', 'all', '*')).rejects.toThrow(
    /doveadm mailbox ended with \d+/,
  )
})
