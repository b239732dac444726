import { generateKeyPairSync } from 'node:crypto'
import { type MailcowDouble, memoryAccountStore, startMailcowDouble } from '@iteg/testbed'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ensureAlias,
  ensureAliasDomain,
  ensureDkim,
  ensureDomain,
  ensureDomainAdmin,
  type Ensured,
  type EnsureOptions,
  ensureFilter,
  ensureForwardingHost,
  ensureMailbox,
  ensureNeverBanned,
  ensurePolicyEntry,
  ensureSpamScore,
  ensureTransport,
  FINAL_DESTINATION,
  MailcowClient,
  MIB,
  RELAY_ALL,
  type WantedDomain,
  type WantedMailbox,
} from '../src/index.ts'

let double: MailcowDouble
let client: MailcowClient

beforeEach(async () => {
  double = await startMailcowDouble({ accounts: memoryAccountStore(), apiKey: 'KEY' })
  client = new MailcowClient({ url: double.url, apiKey: 'KEY', strict: true, retry: { attempts: 1 } })
})
afterEach(async () => {
  await client.close()
  await double.close()
})

/** The bodies that were written since the last look. */
let lookedAt = 0
function writes(): unknown[] {
  const news = double.requests.slice(lookedAt).filter(({ method }) => method === 'POST')
  lookedAt = double.requests.length
  return news.map(({ path, body }) => [path, body])
}
beforeEach(() => {
  lookedAt = 0
})

const domain = 'example.at'
const anna = 'anna@example.at'
const WANTED_DOMAIN: WantedDomain = {
  domain: 'Example.AT',
  description: 'Example',
  active: true,
  maxMailboxes: 5,
  maxAliases: 10,
  defaultMailboxQuotaBytes: 100 * MIB,
  maxMailboxQuotaBytes: 1000 * MIB,
  quotaBytes: 2000 * MIB,
  rateLimit: { value: 100, per: 'hour' },
  tags: ['migrated'],
  ...FINAL_DESTINATION,
}
const WANTED_MAILBOX: WantedMailbox = {
  address: 'Anna@example.at',
  name: 'Anna',
  quotaBytes: 500 * MIB,
  active: true,
  protocols: ['imap', 'smtp'],
  requireTlsIn: true,
  tags: ['migrated'],
  senderAcl: [],
  atCreation: { password: 'Secret-pass-1', forcePasswordUpdate: true },
}

function refuse(): never {
  throw new Error('it was called')
}

type Run = (options?: EnsureOptions) => Promise<Ensured<object>>

/** Dry run, creation, and nothing the second time. */
async function expectCreatedOnce(run: Run): Promise<void> {
  writes()
  await expect(run({ dryRun: true })).resolves.toMatchObject({ outcome: 'created', object: undefined })
  expect(writes()).toEqual([])
  const created = await run()
  expect(created).toMatchObject({ outcome: 'created', object: expect.anything() })
  expect(created.changes.length).toBeGreaterThan(0)
  expect(writes()).not.toEqual([])
  await expect(run()).resolves.toEqual({ outcome: 'unchanged', changes: [], object: created.object })
  expect(writes()).toEqual([])
}

describe('a domain', () => {
  test('is made once, and only what differs is written', async () => {
    await expectCreatedOnce((options) => ensureDomain(client, WANTED_DOMAIN, options))
    const changed = await ensureDomain(client, { ...WANTED_DOMAIN, maxMailboxes: 6, tags: ['more'] })
    expect(changed).toMatchObject({
      outcome: 'changed',
      changes: [
        { field: 'maxMailboxes', from: 5, to: 6 },
        { field: 'tags', from: ['migrated'], to: ['more'] },
      ],
      object: { maxMailboxes: 6, tags: ['migrated', 'more'] },
    })
    expect(writes()).toEqual([['edit/domain', { items: [domain], attr: { mailboxes: 6, tags: ['more'] } }]])
  })

  test('gets all three relay flags when one differs', async () => {
    await ensureDomain(client, { ...WANTED_DOMAIN, ...RELAY_ALL })
    writes()
    await expect(ensureDomain(client, WANTED_DOMAIN)).resolves.toMatchObject({ outcome: 'changed' })
    expect(writes()).toEqual([
      [
        'edit/domain',
        { items: [domain], attr: { backupmx: 0, relay_all_recipients: 0, relay_unknown_only: 0 } },
      ],
    ])
  })

  test('whose rate limit differs', async () => {
    await ensureDomain(client, WANTED_DOMAIN)
    await expect(ensureDomain(client, { domain, rateLimit: null })).resolves.toMatchObject({
      outcome: 'changed',
      object: { rateLimit: null },
    })
  })

  test('a change that mailcow swallows is an error', async () => {
    await ensureDomain(client, { ...WANTED_DOMAIN, ...RELAY_ALL })
    await expect(ensureDomain(client, { domain, backupMx: false })).rejects.toMatchObject({
      code: 'not_as_intended',
    })
  })
})

describe('what belongs to a domain', () => {
  beforeEach(async () => {
    await ensureDomain(client, WANTED_DOMAIN)
  })

  test('a mailbox is made once, keeps its password, and gets only what differs', async () => {
    await expectCreatedOnce((options) => ensureMailbox(client, WANTED_MAILBOX, options))
    const changed = await ensureMailbox(client, {
      ...WANTED_MAILBOX,
      quotaBytes: null,
      requireTlsIn: false,
      tags: ['more'],
      atCreation: { password: 'Another-pass-2', forcePasswordUpdate: false },
    })
    expect(changed).toMatchObject({
      outcome: 'changed',
      changes: [
        { field: 'quotaBytes', from: 500 * MIB, to: null },
        { field: 'tags', from: ['migrated'], to: ['more'] },
        { field: 'requireTlsIn', from: true, to: false },
      ],
      object: { forcePasswordUpdate: true, tags: ['migrated', 'more'] },
    })
    expect(writes()).toEqual([
      ['edit/mailbox', { items: [anna], attr: { quota: 0, tags: ['more'] } }],
      ['edit/tls_policy', { items: [anna], attr: { tls_enforce_in: 0 } }],
    ])
  })

  test('a mailbox that only receives', async () => {
    const { active: _, ...rest } = WANTED_MAILBOX
    await expectCreatedOnce((options) => ensureMailbox(client, { ...rest, receiveOnly: true }, options))
    await expect(client.mailboxes.get(anna)).resolves.toMatchObject({ active: false, receiveOnly: true })
  })

  test('aliases, whatever their case', async () => {
    const wanted = {
      address: 'Office@example.at',
      targets: [anna, 'X@elsewhere.example'],
      active: false,
      senderAllowed: true,
    }
    await expectCreatedOnce((options) => ensureAlias(client, wanted, options))
    writes()
    await expect(
      ensureAlias(client, {
        ...wanted,
        address: 'office@EXAMPLE.at',
        targets: ['x@elsewhere.example', anna],
      }),
    ).resolves.toMatchObject({ outcome: 'unchanged' })
    await expect(ensureAlias(client, { ...wanted, active: true })).resolves.toMatchObject({
      changes: [{ field: 'active', from: false, to: true }],
    })
    expect(writes()).toMatchObject([['edit/alias', { attr: { active: 1 } }]])
  })

  test('an alias with a special target', async () => {
    const wanted = {
      address: '@example.at',
      targets: 'discard',
      active: false,
      senderAllowed: false,
    } as const
    await expectCreatedOnce((options) => ensureAlias(client, wanted, options))
    await expect(ensureAlias(client, { ...wanted, active: true })).resolves.toMatchObject({
      outcome: 'changed',
    })
  })

  test('an alias where a mailbox is: an error, and nothing else', async () => {
    await ensureMailbox(client, WANTED_MAILBOX)
    const wanted = { address: anna, targets: ['x@elsewhere.example'], active: true, senderAllowed: true }
    await expect(ensureAlias(client, wanted)).rejects.toMatchObject({ code: 'exists', effect: 'none' })
  })

  test('alias domains', async () => {
    const wanted = { domain: 'example.co.at', target: domain, active: true }
    await expectCreatedOnce((options) => ensureAliasDomain(client, wanted, options))
    await expect(
      ensureAliasDomain(client, { ...wanted, active: false, rateLimit: { value: 5, per: 'hour' } }),
    ).resolves.toMatchObject({
      outcome: 'changed',
      object: { active: false, rateLimit: { value: 5, per: 'hour' } },
    })
  })

  test('an alias domain of a relay domain: refused until mailcow delivers its mail itself', async () => {
    const wanted = { domain: 'example.co.at', target: domain, active: true }
    await ensureDomain(client, { domain, ...RELAY_ALL })
    await expect(ensureAliasDomain(client, wanted)).rejects.toMatchObject({
      code: 'rejected',
      effect: 'none',
      messages: [expect.objectContaining({ key: 'targetd_relay_domain' })],
    })
    await ensureDomain(client, { domain, ...FINAL_DESTINATION })
    await expect(ensureAliasDomain(client, wanted)).resolves.toMatchObject({ outcome: 'created' })
  })

  test('DKIM: the key that mailcow made gives way to the given one', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    const wanted = { domain, selector: 'old', privateKey: pem }
    await expect(ensureDkim(client, wanted)).resolves.toMatchObject({
      outcome: 'changed',
      object: { selector: 'old' },
    })
    writes()
    await expect(ensureDkim(client, wanted)).resolves.toMatchObject({ outcome: 'unchanged' })
    expect(writes()).toEqual([])
    await expect(ensureDkim(client, { ...wanted, privateKey: 'nonsense' })).rejects.toMatchObject({
      code: 'usage',
    })
  })

  test('DKIM: a private key that is there already is not even asked for', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const wanted = {
      domain,
      selector: 'old',
      publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    }
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    await ensureDkim(client, { ...wanted, privateKey: () => pem })
    await expect(ensureDkim(client, { ...wanted, privateKey: refuse })).resolves.toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('domain admins', async () => {
    const wanted = {
      username: 'chef',
      domains: [domain],
      active: true,
      atCreation: { password: 'Secret-pass-1' },
    }
    await expectCreatedOnce((options) => ensureDomainAdmin(client, wanted, options))
    await client.domains.add({ domain: 'second.example' })
    await expect(
      ensureDomainAdmin(client, { ...wanted, domains: ['second.example', domain] }),
    ).resolves.toMatchObject({ outcome: 'changed', object: { domains: [domain, 'second.example'] } })
  })

  test('filters, spam lists and scores', async () => {
    await ensureMailbox(client, WANTED_MAILBOX)
    const filter = {
      mailbox: anna,
      type: 'prefilter',
      description: 'forward',
      script: 'keep;',
      active: true,
    } as const
    await expectCreatedOnce((options) => ensureFilter(client, filter, options))
    await expect(ensureFilter(client, { ...filter, script: 'discard;' })).resolves.toMatchObject({
      changes: [{ field: 'script', from: 'keep;', to: 'discard;' }],
    })
    for (const owner of [anna, domain]) {
      await expectCreatedOnce((options) =>
        ensurePolicyEntry(client, { owner, list: 'allow', sender: '*@Good.example' }, options),
      )
    }
    await expect(
      ensurePolicyEntry(client, { owner: anna, list: 'deny', sender: '*@good.example' }),
    ).rejects.toMatchObject({ code: 'exists' })
    const score = { mailbox: anna, junk: 4, reject: 12 }
    await expect(ensureSpamScore(client, score)).resolves.toMatchObject({ outcome: 'changed' })
    await expect(ensureSpamScore(client, score)).resolves.toMatchObject({ outcome: 'unchanged' })
  })
})

describe('the way of the mail', () => {
  test('transports: a password that is right is not written again, and never shown', async () => {
    const wanted = {
      destination: domain,
      nexthop: '[old]:25',
      username: 'u',
      password: 'hunter2',
      active: true,
    }
    await expectCreatedOnce((options) => ensureTransport(client, wanted, options))
    const changed = await ensureTransport(client, { ...wanted, password: 'hunter3' })
    expect(changed).toMatchObject({ outcome: 'changed', changes: [{ field: 'password', to: '(secret)' }] })
    expect(JSON.stringify(changed)).not.toContain('hunter')
    await expect(ensureTransport(client, { ...wanted, password: 'hunter3' })).resolves.toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('forwarding hosts', async () => {
    const wanted = { host: '192.0.2.10', filterSpam: true }
    await expectCreatedOnce((options) => ensureForwardingHost(client, wanted, options))
    await expect(ensureForwardingHost(client, { ...wanted, filterSpam: false })).resolves.toMatchObject({
      changes: [{ field: 'filterSpam', from: true, to: false }],
    })
  })

  test('addresses that are never banned', async () => {
    await ensureNeverBanned(client, '198.51.100.7')
    await expect(ensureNeverBanned(client, '192.0.2.0/24')).resolves.toMatchObject({
      outcome: 'changed',
      object: { allowList: ['192.0.2.0/24', '198.51.100.7'] },
    })
    writes()
    await expect(ensureNeverBanned(client, '192.0.2.0/24')).resolves.toMatchObject({ outcome: 'unchanged' })
    expect(writes()).toEqual([])
  })
})

describe('an answer that gets lost', () => {
  test('after the work was done: reading back settles it', async () => {
    double.fail({ kind: 'drop-after-write', route: 'add/domain' })
    await expect(ensureDomain(client, WANTED_DOMAIN)).resolves.toMatchObject({ outcome: 'created' })
    double.fail({ kind: 'empty200-after-write', route: 'edit/domain' })
    await expect(ensureDomain(client, { domain, description: 'New' })).resolves.toMatchObject({
      outcome: 'changed',
    })
  })

  test('before the work was done: the error stays', async () => {
    double.fail({ kind: 'drop-before-write', route: 'add/domain' })
    await expect(ensureDomain(client, WANTED_DOMAIN)).rejects.toMatchObject({
      code: 'network',
      effect: 'unknown',
    })
  })

  test('of a mailbox: its password cannot be read back, so it stays an error', async () => {
    await ensureDomain(client, WANTED_DOMAIN)
    double.fail({ kind: 'drop-after-write', route: 'add/mailbox' })
    await expect(ensureMailbox(client, WANTED_MAILBOX)).rejects.toMatchObject({ effect: 'unknown' })
    await expect(ensureMailbox(client, WANTED_MAILBOX)).resolves.toMatchObject({ outcome: 'unchanged' })
  })
})
