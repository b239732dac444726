import { join } from 'node:path'
import { connect } from '@iteg/imap-sync'
import { deliver } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accept, GateError, plan, provision, Secret, ServerError, status, survey } from '../src/index.ts'
import { openKeyFile } from '../src/secrets/key-file.ts'
import { ITEG_RULE, satisfiesPolicy } from '../src/secrets/policy.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'

let bed: Bed
let opened: OpenedMigration

beforeAll(async () => {
  bed = await startBed()
  opened = await bed.migration()
  await survey(opened.migration, ['example.at'])
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

async function initialPassword(mailbox: string): Promise<string | undefined> {
  const key = await openKeyFile(opened.config.secrets.key.file, { workDir: opened.workDir })
  const ledger = await opened.migration.ledger('write')
  return ledger.secrets.open(key, { domain: 'example.at', mailbox, purpose: 'initial-password' })
}

function quotaOf(address: string): number | undefined {
  return bed.testbed.new.mailcow.state.mailboxes.find((mailbox) => mailbox.username === address)?.quota
}

describe('provision of the demo domain', () => {
  it('plans without a single write when asked for a dry run', async () => {
    const from = bed.testbed.new.mailcow.requests.length
    const report = await provision(opened.migration, ['example.at'], { dryRun: true })
    expect(report).toMatchObject({ dryRun: true, ok: true, domains: [{ outcome: 'planned', changed: 0 }] })
    expect(writesSince(bed.testbed, from)).toEqual([])
    const ledger = await opened.migration.ledger('write')
    expect(await ledger.writes.list('example.at')).toEqual([])
    expect(await ledger.stages.latest('example.at', 'provision')).toBeUndefined()
  })

  it('finds a key file that is missing before it writes anything', async () => {
    await using keyless = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({
        ...config,
        secrets: { key: { file: join(opened.workDir, '..', 'missing.key') } },
      }),
    })
    const from = bed.testbed.new.mailcow.requests.length
    await expect(provision(keyless.migration, ['example.at'])).rejects.toMatchObject({
      code: 'key_missing',
    })
    expect(writesSince(bed.testbed, from)).toEqual([])
  })

  it('stages it in the order that keeps mail flowing, and reads everything back', async () => {
    const { requests, state } = bed.testbed.new.mailcow
    const from = requests.length
    const report = await provision(opened.migration, ['example.at'])
    expect(report.ok).toBe(true)
    expect(report.domains[0]).toMatchObject({
      outcome: 'done',
      remaining: [],
      next: 'mailmove copy example.at',
    })
    const writes = writesSince(bed.testbed, from)
    expect([...new Set(writes)]).toEqual([
      'add/fwdhost',
      'add/transport',
      'add/domain',
      'add/mailbox',
      'add/filter',
      'add/alias',
    ])
    const added = requests.slice(from).find((call) => call.path === 'add/domain')?.body
    expect(added).toMatchObject({ backupmx: 1, relay_all_recipients: 1, relay_unknown_only: 0, active: 1 })
    expect(state.forwardingHosts).toMatchObject([{ keepSpam: false }])
    const { smtp } = opened.config.old
    expect(state.transports).toMatchObject([
      { destination: 'example.at', nexthop: `[${smtp.host}]:${smtp.port}`, active: 1 },
    ])
    expect(state.domains).toMatchObject([{ backupmx: 1, relayAllRecipients: 1, relayUnknownOnly: 0 }])
    expect(state.aliasDomains).toEqual([])
    const own = state.aliases.filter((alias) => alias.address !== alias.goto)
    expect(own.length).toBeGreaterThan(0)
    expect(own.filter((alias) => alias.active !== 0)).toEqual([])
    const forced = state.mailboxes.map((mailbox) => mailbox.attributes['force_pw_update'])
    expect(new Set(forced)).toEqual(new Set(['1']))
  })

  it('gives each mailbox a password of its own, under seal, with which its user can log in', async () => {
    const addresses = bed.testbed.new.mailcow.state.mailboxes.map((mailbox) => mailbox.username)
    const passwords = await Promise.all(addresses.map(initialPassword))
    expect(new Set(passwords).size).toBe(addresses.length)
    for (const password of passwords) {
      expect(password?.length).toBeGreaterThanOrEqual(16)
      expect(satisfiesPolicy(password ?? '', ITEG_RULE).satisfied).toBe(true)
    }
    const login = { user: 'anna@example.at', password: (await initialPassword('anna@example.at')) ?? '' }
    await using connection = await connect(opened.config.new.imap, login)
    expect(connection.capabilities.has('UIDPLUS')).toBe(true)
  })

  it('takes quotas over in whole MiB with headroom, the default for unlimited ones, and overrides', () => {
    const mebibyte = 1024 * 1024
    expect(quotaOf('anna@example.at')).toBe(60 * mebibyte)
    expect(quotaOf('buchhaltung@example.at')).toBe(40 * mebibyte)
    expect(quotaOf('alt@example.at')).toBe(12 * mebibyte)
  })

  it('has nothing left to plan', async () => {
    const planned = await plan(opened.migration, 'example.at')
    expect(planned).toMatchObject({
      provision: [],
      stage: 'provision',
      blocked: false,
      next: 'mailmove copy example.at',
    })
    expect(planned.copy).toMatchObject({ phase: 'mirror', messages: 566 })
    const anna = planned.copy.mailboxes.find((mailbox) => mailbox.mailbox === 'anna@example.at')
    expect(anna?.folders).toContainEqual(
      expect.objectContaining({ source: 'INBOX.Kunden.Huber', target: 'Kunden/Huber' }),
    )
  })

  it('changes nothing when run again, and says so', async () => {
    const from = bed.testbed.new.mailcow.requests.length
    const report = await provision(opened.migration, ['example.at'])
    expect(report).toMatchObject({ ok: true, domains: [{ outcome: 'unchanged', actions: [], changed: 0 }] })
    expect(report.domains[0]?.unchanged).toBeGreaterThan(10)
    expect(writesSince(bed.testbed, from)).toEqual([])
  })

  it('heals what was changed on mailcow meanwhile', async () => {
    const { state } = bed.testbed.new.mailcow
    const alias = state.aliases.find((row) => row.address === 'team@example.at')
    const filter = state.filters.find((row) => row.username === 'office@example.at')
    const transport = state.transports[0]
    if (alias === undefined || filter === undefined || transport === undefined) throw new Error('not staged')
    alias.active = 1
    filter.active = false
    transport.active = 0
    const report = await provision(opened.migration, ['example.at'])
    expect(report.domains[0]?.actions.map((result) => result.action.kind)).toEqual([
      'edit-transport',
      'edit-filter',
      'edit-alias',
    ])
    expect(report.ok).toBe(true)
    expect([alias.active, filter.active, transport.active]).toEqual([0, true, 1])
  })

  it('lets forwards do what they did: with a copy, and without', async () => {
    const { testbed } = bed
    const raw =
      'From: a@outside.example\r\nTo: x\r\nSubject: forward\r\nMessage-ID: <f1@outside>\r\n\r\nhello\r\n'
    await deliver(testbed.new.lmtp, { to: 'office@example.at', raw })
    await deliver(testbed.new.lmtp, { to: 'verkauf@example.at', raw: raw.replace('f1@', 'f2@') })
    await testbed.sink.waitFor((message) => message.to.includes('buero@partner.example'))
    await testbed.sink.waitFor((message) => message.to.includes('verkauf@handelsvertretung.example'))
    const kept = async (user: string): Promise<string> =>
      (await testbed.new.doveadm('mailbox', 'status', '-u', user, 'messages', 'INBOX')).trim()
    expect(await kept('office@example.at')).toBe('INBOX messages=1')
    expect(await kept('verkauf@example.at')).toBe('INBOX messages=0')
  })

  it('never sets again what belongs to the user once he was told', async () => {
    const ledger = await opened.migration.ledger('write')
    await ledger.mailboxes.markAnnounced('anna@example.at')
    const { mailcow } = bed.testbed.new
    expect(await mailcow.userChangesPassword('anna@example.at', 'Mein-Eigenes-1')).toBe(true)
    const row = mailcow.state.mailboxes.find((mailbox) => mailbox.username === 'anna@example.at')
    if (row === undefined) throw new Error('not staged')
    row.name = 'Anna, wie sie will'
    const hash = row.passwordHash
    const report = await provision(opened.migration, ['example.at'])
    expect(report.domains[0]).toMatchObject({ outcome: 'unchanged', changed: 0 })
    expect(row).toMatchObject({ name: 'Anna, wie sie will', passwordHash: hash })
    expect(row.attributes['force_pw_update']).toBe('0')
  })
})

describe('gates', () => {
  it('stops before a survey', async () => {
    await using fresh = await bed.migration()
    const stopped = provision(fresh.migration, ['verein.example'])
    await expect(stopped).rejects.toThrow(GateError)
    await expect(stopped).rejects.toMatchObject({ hint: 'Run first: mailmove survey verein.example' })
  })

  it('stops at red findings without a write, goes on for the other domains, and passes what was accepted', async () => {
    await survey(opened.migration, ['verein.example'])
    const from = bed.testbed.new.mailcow.requests.length
    const error = await provision(opened.migration, ['verein.example', 'example.at']).catch(
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof GateError)) throw new Error('it did not stop')
    expect(error.domains).toEqual(['verein.example'])
    expect(error.findings.map((finding) => finding.code).toSorted()).toEqual([
      'alias-dead',
      'alias-loop',
      'alias-loop',
    ])
    expect(error.report).toMatchObject({
      domains: [
        { domain: 'verein.example', outcome: 'stopped' },
        { domain: 'example.at', outcome: 'unchanged' },
      ],
    })
    expect(writesSince(bed.testbed, from)).toEqual([])
    const shown = await status(opened.migration, ['verein.example'])
    expect(shown.domains[0]?.openActions.map((action) => action.command)).toContain(
      'mailmove accept verein.example alias-dead archiv@verein.example --reason "..."',
    )
    await accept(opened.migration, { domain: 'verein.example', code: 'alias-dead', reason: 'never used' })
    const passed = await accept(opened.migration, {
      domain: 'verein.example',
      code: 'alias-loop',
      reason: 'never worked',
    })
    expect(passed).toMatchObject({ remaining: [], next: 'mailmove provision verein.example' })
    const report = await provision(opened.migration, ['verein.example'])
    expect(report.ok).toBe(true)
    const { aliases } = bed.testbed.new.mailcow.state
    const own = aliases.filter((alias) => alias.domain === 'verein.example' && alias.address !== alias.goto)
    expect(own.map((alias) => `${alias.address} ${alias.active}`).toSorted()).toEqual([
      '@verein.example 0',
      'vorstand@verein.example 0',
    ])
  })

  it('accepts nothing without a reason, and nothing that is not there', async () => {
    const domain = 'verein.example'
    await expect(accept(opened.migration, { domain, code: 'alias-dead', reason: ' ' })).rejects.toThrow(
      /reason/,
    )
    await expect(accept(opened.migration, { domain, code: 'over-quota', reason: 'x' })).rejects.toThrow(
      /no open red finding/,
    )
  })
})

describe('what an admin can get wrong', () => {
  it('names a read-only key, and changes nothing', async () => {
    const readOnlyKey = new Secret('${RO}', () => bed.testbed.new.mailcow.readOnlyKey)
    await using readOnly = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({
        ...config,
        new: { ...config.new, mailcow: { ...config.new.mailcow, apiKey: readOnlyKey } },
      }),
    })
    const { state } = bed.testbed.new.mailcow
    state.transports = []
    const error = await provision(readOnly.migration, ['example.at']).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServerError)
    expect(String(error)).toMatch(/may only read/)
    expect(state.transports).toEqual([])
    const repaired = await provision(opened.migration, ['example.at'])
    expect(repaired.domains[0]?.actions.map((result) => result.action.kind)).toEqual(['add-transport'])
  })

  it('says in one sentence that a URL leads nowhere', async () => {
    await using wrong = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({
        ...config,
        new: { ...config.new, mailcow: { ...config.new.mailcow, url: 'http://127.0.0.1:1' } },
      }),
    })
    const error = await provision(wrong.migration, ['example.at']).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ server: 'new.mailcow' })
    expect(String(error)).toContain('127.0.0.1:1')
  })
})
