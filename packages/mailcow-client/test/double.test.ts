import { type MailcowDouble, memoryAccountStore, startMailcowDouble } from '@iteg/testbed'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  FINAL_DESTINATION,
  type MailboxSettings,
  MailcowClient,
  MIB,
  RELAY_ALL,
  type WriteOptions,
} from '../src/index.ts'

let double: MailcowDouble
let client: MailcowClient

beforeEach(async () => {
  double = await startMailcowDouble({ accounts: memoryAccountStore(), apiKey: 'KEY', readOnlyKey: 'READ' })
  client = new MailcowClient({ url: double.url, apiKey: 'KEY', strict: true })
})
afterEach(async () => {
  await client.close()
  await double.close()
})

/** Every write is read back. */
const readBack: WriteOptions = { readBack: true }
const domain = 'example.at'
const anna: MailboxSettings = {
  localPart: 'Anna',
  domain,
  name: 'Anna Müller',
  password: 'Secret-pass-1',
  quotaBytes: 500 * MIB,
  active: true,
  forcePasswordUpdate: true,
  protocols: ['imap', 'pop3', 'sieve'],
  tags: ['migrated'],
}

async function addDomain(): Promise<void> {
  await client.domains.add(
    {
      domain,
      description: 'Example',
      active: true,
      maxMailboxes: 5,
      maxAliases: 10,
      defaultMailboxQuotaBytes: 100 * MIB,
      maxMailboxQuotaBytes: 1000 * MIB,
      quotaBytes: 2000 * MIB,
      ...RELAY_ALL,
    },
    readBack,
  )
}

describe('a domain', () => {
  test('is added, changed, found and deleted', async () => {
    await addDomain()
    await expect(client.domains.get(domain)).resolves.toMatchObject({
      domain,
      ...RELAY_ALL,
      quotaBytes: 2000 * MIB,
    })
    await client.domains.edit(domain, { description: 'Changed', maxMailboxes: 6 }, readBack)
    await expect(client.domains.list()).resolves.toHaveLength(1)
    await client.domains.delete(domain, readBack)
    await expect(client.domains.get(domain)).resolves.toBeUndefined()
  })

  test('stays a relay when only one flag is sent: read back, that is no success', async () => {
    await addDomain()
    // mailcow says "domain_modified".
    await expect(client.domains.edit(domain, { backupMx: false })).resolves.toBeUndefined()
    await expect(client.domains.get(domain)).resolves.toMatchObject(RELAY_ALL)
    await expect(client.domains.edit(domain, { backupMx: false }, readBack)).rejects.toMatchObject({
      code: 'not_as_intended',
      message: expect.stringContaining('backupMx'),
    })
    await client.domains.edit(domain, FINAL_DESTINATION, readBack)
    await expect(client.domains.get(domain)).resolves.toMatchObject(FINAL_DESTINATION)
  })
})

describe('a mailbox', () => {
  beforeEach(addDomain)

  test('is added, changed, found and deleted', async () => {
    await client.mailboxes.add(anna, readBack)
    await expect(client.mailboxes.get('anna@example.at')).resolves.toMatchObject({
      address: 'anna@example.at',
      quotaBytes: 500 * MIB,
      forcePasswordUpdate: true,
      protocols: ['imap', 'pop3', 'sieve'],
      tags: ['migrated'],
      isRelayed: true,
    })
    await client.mailboxes.edit(
      'anna@example.at',
      {
        quotaBytes: null,
        receiveOnly: true,
        protocols: ['imap'],
        addTags: ['more'],
        password: 'Another-pass-2',
      },
      readBack,
    )
    await expect(client.mailboxes.list(domain)).resolves.toMatchObject([
      { quotaBytes: null, active: false, receiveOnly: true, tags: ['migrated', 'more'] },
    ])
    await expect(client.mailboxes.list('unknown.example')).resolves.toEqual([])
    await client.mailboxes.delete('anna@example.at', readBack)
    await expect(client.mailboxes.list()).resolves.toEqual([])
  })

  test('with an odd local part is addressed', async () => {
    for (const localPart of ['plus+tag', "o'brien", 'a.b-c_d&e=f', '100%', 'q?x#y']) {
      await client.mailboxes.add({ ...anna, localPart, quotaBytes: MIB }, readBack)
      await expect(client.mailboxes.get(`${localPart}@${domain}`)).resolves.toMatchObject({ localPart })
      await client.mailboxes.delete(`${localPart}@${domain}`, readBack)
    }
  })

  test('is one of at most five, however many are asked for at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        client.mailboxes.add({ ...anna, localPart: `m${index}`, quotaBytes: MIB }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    await expect(client.domains.get(domain)).resolves.toMatchObject({ mailboxes: 5, mailboxesLeft: 0 })
  })
})

describe('what belongs to a mailbox', () => {
  beforeEach(async () => {
    await addDomain()
    await client.mailboxes.add(anna)
  })

  test('aliases', async () => {
    const added = await client.aliases.add(
      {
        address: 'Office@example.at',
        targets: ['anna@example.at', 'x@elsewhere.example'],
        active: false,
        senderAllowed: true,
      },
      readBack,
    )
    const [{ id } = { id: 0 }] = added
    await client.aliases.add(
      { address: '@example.at', targets: 'discard', active: true, senderAllowed: false },
      readBack,
    )
    await expect(client.aliases.list(domain)).resolves.toMatchObject([
      { id, address: 'Office@example.at', active: false, senderAllowed: true },
      { address: '@example.at', catchAll: true, targets: ['null@localhost'] },
    ])
    await client.aliases.edit([id], { active: true, publicComment: 'x' }, readBack)
    await client.aliases.edit('@example.at', { targets: 'discard', internal: true }, readBack)
    await expect(client.aliases.get(id)).resolves.toMatchObject({ active: true, publicComment: 'x' })
    await client.aliases.delete([id, '@example.at'], readBack)
    await expect(client.aliases.list(domain)).resolves.toEqual([])
  })

  test('app passwords', async () => {
    const settings = {
      mailbox: 'anna@example.at',
      name: 'copy',
      password: 'App-secret-1',
      protocols: ['imap'],
    } as const
    const first = await client.appPasswords.add(settings)
    const second = await client.appPasswords.add(settings)
    expect(second.id).not.toBe(first.id)
    await client.appPasswords.edit(first, { active: false, protocols: ['imap', 'sieve'] }, readBack)
    await expect(client.appPasswords.list('anna@example.at')).resolves.toMatchObject([
      { id: first.id, active: false, protocols: ['imap', 'sieve'] },
      { id: second.id, active: true },
    ])
    await client.appPasswords.delete([first.id, second.id])
    await expect(client.appPasswords.list('anna@example.at')).resolves.toEqual([])
  })

  test('filters: a second active one switches the first off', async () => {
    const settings = {
      mailbox: 'anna@example.at',
      type: 'prefilter',
      script: 'keep;\r\n',
      active: true,
    } as const
    const first = await client.filters.add({ ...settings, description: 'one' })
    const second = await client.filters.add({ ...settings, description: 'two' })
    await expect(client.filters.list('anna@example.at')).resolves.toMatchObject([
      { id: first.id, active: false },
      { id: second.id, active: true },
    ])
    await client.filters.edit(first.id, { active: true, script: 'discard;' }, readBack)
    await client.filters.delete([first.id, second.id])
    await expect(client.filters.list()).resolves.toEqual([])
  })
})

describe('the way of the mail', () => {
  test('transport rules', async () => {
    const settings = { destination: domain, nexthop: '[old.example]:25', active: true }
    const rule = await client.transports.add(settings, readBack)
    await expect(client.transports.add(settings)).rejects.toMatchObject({ code: 'exists', effect: 'none' })
    await client.transports.edit(rule.id, { active: false }, readBack)
    await expect(client.transports.list()).resolves.toEqual([{ ...rule, active: false }])
    await client.transports.delete(rule.id, readBack)
    await expect(client.transports.list()).resolves.toEqual([])
  })

  test('forwarding hosts', async () => {
    await client.forwardingHosts.add({ host: '192.0.2.10', filterSpam: true }, readBack)
    await client.forwardingHosts.edit('192.0.2.10', { filterSpam: false }, readBack)
    await expect(client.forwardingHosts.list()).resolves.toMatchObject([
      { host: '192.0.2.10', filterSpam: false },
    ])
    await client.forwardingHosts.delete('192.0.2.10', readBack)
    await expect(client.forwardingHosts.list()).resolves.toEqual([])
  })
})

test('the key that may only read', async () => {
  await using reader = new MailcowClient({ url: double.url, apiKey: 'READ' })
  await expect(reader.status.version()).resolves.toBe('2026-07a')
  await expect(reader.domains.add({ domain })).rejects.toMatchObject({
    code: 'read_only_key',
    effect: 'none',
  })
})
