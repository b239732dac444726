import { type MailcowDouble, memoryAccountStore, startMailcowDouble } from '@iteg/testbed'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ensureAlias,
  ensureAliasAbsent,
  ensureAliasDomain,
  ensureAliasDomainAbsent,
  ensureAliasesActive,
  ensureAppPasswordAbsent,
  type EnsuredAbsent,
  ensureDomain,
  ensureDomainAbsent,
  type EnsureOptions,
  ensureFilter,
  ensureFilterAbsent,
  ensureForwardingHost,
  ensureForwardingHostAbsent,
  ensureMailbox,
  ensureMailboxAbsent,
  ensureTransport,
  ensureTransportAbsent,
  FINAL_DESTINATION,
  type IntendedWrite,
  MailcowClient,
  MIB,
  RELAY_ALL,
} from '../src/index.ts'

const domain = 'example.at'
const anna = 'anna@example.at'
const MAILBOX = {
  address: anna,
  name: 'Anna',
  quotaBytes: 500 * MIB,
  active: true,
  atCreation: { password: 'Secret-pass-1', forcePasswordUpdate: true },
} as const
const ALIAS = { address: 'office@example.at', targets: [anna], active: false, senderAllowed: true }
const FILTER = {
  mailbox: anna,
  type: 'prefilter',
  description: 'forward',
  script: 'keep;',
  active: true,
} as const
const TRANSPORT = { destination: domain, nexthop: '[old]:25', active: true }

let double: MailcowDouble
let client: MailcowClient

beforeEach(async () => {
  double = await startMailcowDouble({ accounts: memoryAccountStore(), apiKey: 'KEY' })
  client = new MailcowClient({ url: double.url, apiKey: 'KEY', strict: true, retry: { attempts: 1 } })
  await client.domains.add({ domain })
})
afterEach(async () => {
  await client.close()
  await double.close()
})

function stop(): never {
  throw new Error('no record, no write')
}

/** The routes that a task calls. */
async function callsOf(task: () => Promise<unknown>): Promise<string[]> {
  const from = double.requests.length
  await task()
  return double.requests.slice(from).map(({ path }) => path)
}

async function deletions(task: () => Promise<unknown>): Promise<string[]> {
  return (await callsOf(task)).filter((path) => !path.startsWith('get/'))
}

describe('what a list has shown', () => {
  const later = { readBack: false } as const

  test('is not read again: one call each, none in the dry run that compares afterwards', async () => {
    const unread = { known: null, readBack: false } as const
    expect(
      await callsOf(async () => {
        await ensureTransport(client, TRANSPORT, unread)
        await ensureMailbox(client, MAILBOX, unread)
        await ensureFilter(client, FILTER, unread)
        const made = await ensureAlias(client, ALIAS, unread)
        expect(made).toMatchObject({ outcome: 'created', object: undefined, id: expect.any(Number) })
      }),
    ).toEqual(['add/transport', 'add/mailbox', 'add/filter', 'add/alias'])
    const [transport] = await client.transports.list()
    const [mailbox] = await client.mailboxes.list(domain)
    const [filter] = await client.filters.list()
    const [alias] = await client.aliases.list(domain)
    if (!transport || !mailbox || !filter || !alias) throw new Error('not made')
    expect(
      await callsOf(async () => {
        const dry = { dryRun: true } as const
        for (const ensured of [
          await ensureTransport(client, TRANSPORT, { ...dry, known: transport }),
          await ensureMailbox(client, MAILBOX, { ...dry, known: mailbox }),
          await ensureFilter(client, { ...FILTER, script: 'keep; \r\n' }, { ...dry, known: filter }),
          await ensureAlias(client, ALIAS, { ...dry, known: alias }),
        ])
          expect(ensured).toMatchObject({ outcome: 'unchanged', changes: [] })
        await expect(
          ensureAlias(client, { ...ALIAS, active: true }, { ...dry, known: alias }),
        ).resolves.toMatchObject({ changes: [{ field: 'active', from: false, to: true }] })
      }),
    ).toEqual([])
    expect(
      await callsOf(() => ensureAlias(client, { ...ALIAS, active: true }, { ...later, known: alias })),
    ).toEqual(['edit/alias'])
  })

  test('that has become wrong is an error: what came meanwhile is not taken over', async () => {
    await client.domains.edit(domain, { description: 'theirs' })
    const wanted = { domain, description: 'ours' }
    await expect(ensureDomain(client, wanted, { known: null })).rejects.toMatchObject({ code: 'exists' })
    await expect(client.domains.get(domain)).resolves.toMatchObject({ description: 'theirs' })
    await ensureMailbox(client, MAILBOX)
    const { name: _, ...rest } = MAILBOX
    await expect(
      ensureMailbox(client, { ...rest, name: 'Other' }, { known: null, ...later }),
    ).rejects.toMatchObject({ code: 'exists' })
  })

  test('an answer that is lost is left to the caller', async () => {
    double.fail({ kind: 'drop-after-write', route: 'add/alias' })
    await expect(ensureAlias(client, ALIAS, { known: null, ...later })).rejects.toMatchObject({
      effect: 'unknown',
    })
    await expect(ensureAlias(client, ALIAS, { dryRun: true })).resolves.toMatchObject({
      outcome: 'unchanged',
    })
  })
})

describe('a record of intents', () => {
  test('is written before each write and can stop it; a password is asked for only then', async () => {
    const intents: IntendedWrite[] = []
    const seen: number[] = []
    const beforeWrite = (write: IntendedWrite): void => {
      intents.push(write)
      seen.push(double.requests.filter(({ method }) => method === 'POST').length)
    }
    const wanted = { domain, description: 'ours', ...RELAY_ALL }
    await ensureDomain(client, wanted, { beforeWrite })
    await ensureDomain(client, wanted, { beforeWrite })
    expect(intents).toMatchObject([{ outcome: 'changed', changes: { length: 3 } }])
    expect(seen).toEqual([1])
    let asked = 0
    const atCreation = () => {
      asked += 1
      return { password: 'Secret-pass-1', forcePasswordUpdate: true }
    }
    await ensureMailbox(client, { ...MAILBOX, atCreation }, { dryRun: true })
    await expect(ensureMailbox(client, { ...MAILBOX, atCreation }, { beforeWrite: stop })).rejects.toThrow(
      'no record',
    )
    expect([asked, double.state.mailboxes.length]).toEqual([0, 0])
    await ensureMailbox(client, { ...MAILBOX, atCreation }, { beforeWrite })
    expect(asked).toBe(1)
    expect(JSON.stringify(intents)).not.toContain('Secret-pass')
    await expect(ensureMailboxAbsent(client, anna, { beforeWrite: stop })).rejects.toThrow('no record')
    await ensureMailboxAbsent(client, anna, { beforeWrite })
    expect(intents.at(-1)).toEqual({ outcome: 'deleted', changes: [] })
  })
})

describe('limits', () => {
  test('that may only be raised are never lowered', async () => {
    await ensureDomain(client, { domain, maxMailboxes: 20, maxAliases: 5 })
    await expect(
      ensureDomain(client, { domain, maxMailboxes: 10, maxAliases: 9, raiseOnly: true }),
    ).resolves.toMatchObject({
      changes: [{ field: 'maxAliases', from: 5, to: 9 }],
      object: { maxMailboxes: 20, maxAliases: 9 },
    })
  })
})

describe('a new mailbox', () => {
  test('must ask for a new password when that was wanted: mailcow has the last word', async () => {
    // An admin who is faster than the read back.
    const { fetch } = globalThis
    await using lying = new MailcowClient({
      url: double.url,
      apiKey: 'KEY',
      fetch: async (url, init) => {
        const answer = await fetch(url, init)
        const row = double.state.mailboxes.find(({ username }) => username === anna)
        if (row !== undefined) row.attributes['force_pw_update'] = '0'
        return answer
      },
    })
    await expect(ensureMailbox(lying, MAILBOX)).rejects.toMatchObject({
      code: 'not_as_intended',
      message: expect.stringContaining('forcePasswordUpdate'),
    })
    // The flag of one that is there is its user's, unless it is wanted by itself.
    await expect(ensureMailbox(client, MAILBOX)).resolves.toMatchObject({ outcome: 'unchanged' })
    await expect(ensureMailbox(client, { ...MAILBOX, forcePasswordUpdate: true })).resolves.toMatchObject({
      changes: [{ field: 'forcePasswordUpdate', from: false, to: true }],
    })
  })

  test('with angle brackets around its name is as wanted: mailcow strips them', async () => {
    const wanted = { ...MAILBOX, name: '<Anna>' }
    await expect(ensureMailbox(client, wanted)).resolves.toMatchObject({ object: { name: 'Anna' } })
    await expect(ensureMailbox(client, wanted)).resolves.toMatchObject({ outcome: 'unchanged' })
  })
})

describe('absence', () => {
  beforeEach(async () => {
    await ensureMailbox(client, MAILBOX)
    await ensureAlias(client, ALIAS)
    await ensureAliasDomain(client, { domain: 'example.co.at', target: domain, active: true })
    await ensureTransport(client, TRANSPORT)
    await ensureForwardingHost(client, { host: '192.0.2.10', filterSpam: true })
  })

  type Run = (options?: EnsureOptions) => Promise<EnsuredAbsent<object>>

  test.each<[string, () => Run | Promise<Run>]>([
    [
      'delete/filter',
      async () => {
        const { id } = await client.filters.add(FILTER)
        return (options) => ensureFilterAbsent(client, { mailbox: anna, id }, options)
      },
    ],
    [
      'delete/app-passwd',
      async () => {
        const settings = {
          mailbox: anna,
          name: 'app',
          password: 'App-pass-1234',
          protocols: ['imap'],
        } as const
        const { id } = await client.appPasswords.add(settings)
        return (options) => ensureAppPasswordAbsent(client, { mailbox: anna, id }, options)
      },
    ],
    ['delete/alias', () => (options) => ensureAliasAbsent(client, ALIAS.address, options)],
    ['delete/alias-domain', () => (options) => ensureAliasDomainAbsent(client, 'example.co.at', options)],
    ['delete/transport', () => (options) => ensureTransportAbsent(client, 'Example.AT', options)],
    ['delete/fwdhost', () => (options) => ensureForwardingHostAbsent(client, '192.0.2.10', options)],
    ['delete/mailbox', () => (options) => ensureMailboxAbsent(client, anna, options)],
    [
      'delete/domain',
      async () => {
        await client.mailboxes.delete(anna)
        return (options) => ensureDomainAbsent(client, domain, options)
      },
    ],
  ])('%s: deleted once, then there is nothing to do', async (route, prepare) => {
    const run = await prepare()
    await expect(
      deletions(async () => {
        await expect(run({ dryRun: true })).resolves.toMatchObject({ outcome: 'deleted' })
        await expect(run({ known: null })).resolves.toMatchObject({ outcome: 'unchanged' })
      }),
    ).resolves.toEqual([])
    await expect(
      deletions(async () => {
        await expect(run()).resolves.toMatchObject({ outcome: 'deleted', object: expect.anything() })
        await expect(run()).resolves.toEqual({ outcome: 'unchanged', object: undefined })
      }),
    ).resolves.toEqual([route])
  })

  test('is read back: a lost answer is settled, a deletion that deletes nothing is an error', async () => {
    double.fail({ kind: 'drop-after-write', route: 'delete/transport' })
    await expect(ensureTransportAbsent(client, domain)).resolves.toMatchObject({ outcome: 'deleted' })
    await ensureTransport(client, TRANSPORT)
    double.fail({ kind: 'drop-before-write', route: 'delete/transport' })
    await expect(ensureTransportAbsent(client, domain)).rejects.toMatchObject({ effect: 'unknown' })
    // mailcow reports success for ids that do not exist.
    const [rule] = await client.transports.list()
    if (rule === undefined) throw new Error('not made')
    await expect(
      ensureTransportAbsent(client, domain, { known: { ...rule, id: rule.id + 1000 } }),
    ).rejects.toMatchObject({ code: 'not_as_intended' })
  })
})

describe('many aliases', () => {
  test('are switched on with one call, discards with another; one list before and one after', async () => {
    const addresses = Array.from({ length: 12 }, (_, at) => `alias-${at}@${domain}`)
    for (const address of addresses) await ensureAlias(client, { ...ALIAS, address })
    await ensureAlias(client, { ...ALIAS, address: `nobody@${domain}`, targets: 'discard' })
    await ensureAlias(client, { ...ALIAS, address: `@${domain}`, targets: 'learn-spam' })
    await ensureAlias(client, { ...ALIAS, address: `on@${domain}`, active: true })
    const ids = (await client.aliases.list(domain)).map(({ id }) => id)
    const intents: number[] = []
    const beforeWrite = ({ aliases }: { readonly aliases: readonly object[] }): void => {
      intents.push(aliases.length)
    }
    const wanted = { ids, active: true }
    expect(await callsOf(() => ensureAliasesActive(client, wanted, { beforeWrite }))).toEqual([
      'get/alias/all',
      'edit/alias',
      'edit/alias',
      'edit/alias',
      'get/alias/all',
    ])
    expect(intents.toSorted((a, b) => a - b)).toEqual([1, 1, 12])
    const after = await client.aliases.list(domain)
    expect(after.filter(({ active }) => !active)).toEqual([])
    expect(after.find(({ address }) => address === `nobody@${domain}`)?.targets).toEqual(['null@localhost'])
    expect(await callsOf(() => ensureAliasesActive(client, wanted, { known: after }))).toEqual([])
    await expect(ensureAliasesActive(client, { ids: [], active: true })).resolves.toEqual([])
  })

  test('an alias that is not there is told by its id, the others are switched', async () => {
    const made = (await ensureAlias(client, ALIAS)).object
    const ids = [made?.id ?? 0, 4711]
    const error = await ensureAliasesActive(client, { ids, active: true }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'bulk',
      results: [
        { item: String(ids[0]), ok: true },
        { item: '4711', ok: false, error: { code: 'not_as_intended' } },
      ],
    })
    await expect(client.aliases.get(ALIAS.address)).resolves.toMatchObject({ active: true })
  })
})

describe('reading several items back', () => {
  const names = ['one', 'two', 'three']
  const domains = names.map((name) => `${name}.example`)

  test('costs one list, however many there are', async () => {
    for (const name of domains) await client.domains.add({ domain: name })
    const mailboxes = domains.map((name) => `user@${name}`)
    for (const name of domains)
      await client.mailboxes.add({
        domain: name,
        localPart: 'user',
        name: '',
        active: true,
        forcePasswordUpdate: false,
        quotaBytes: MIB,
        password: 'Secret-pass-1',
      })
    const filters: number[] = []
    for (const mailbox of mailboxes) filters.push((await client.filters.add({ ...FILTER, mailbox })).id)
    const rules: number[] = []
    for (const destination of domains)
      rules.push((await client.transports.add({ ...TRANSPORT, destination })).id)
    const readBack = { readBack: true } as const
    expect(
      await callsOf(async () => {
        await client.domains.edit(domains, { description: 'x', ...RELAY_ALL }, readBack)
        await client.mailboxes.edit(mailboxes, { active: false, protocols: ['imap'] }, readBack)
        await client.filters.edit(filters, { active: false }, readBack)
        await client.transports.edit(rules, { active: false }, readBack)
        await client.transports.delete(rules, readBack)
        await client.mailboxes.delete(mailboxes, readBack)
      }),
    ).toEqual([
      'edit/domain',
      'get/domain/all',
      'edit/mailbox',
      `get/mailbox/all/${domains.join(',')}`,
      'edit/filter',
      'get/filters/all',
      'edit/transport',
      'get/transport/all',
      'delete/transport',
      'get/transport/all',
      'delete/mailbox',
      `get/mailbox/all/${domains.join(',')}`,
    ])
  })

  test('names each that is not as asked', async () => {
    for (const name of domains) await client.domains.add({ domain: name, ...RELAY_ALL })
    // Swallowed, with success, because the other flags were not sent.
    const edited = client.domains.edit(domains, { backupMx: false }, { readBack: true, settle: true })
    await expect(edited).resolves.toMatchObject(
      domains.map((item) => ({ item, ok: false, error: { code: 'not_as_intended' } })),
    )
    await expect(client.domains.edit(domains, FINAL_DESTINATION, { readBack: true })).resolves.toHaveLength(3)
  })
})
