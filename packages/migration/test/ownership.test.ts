import { deliver, fillMailbox } from '@iteg/testbed'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accept,
  copy,
  createKeyFile,
  DomainLockedError,
  type MigrationEvent,
  openMigration,
  provision,
  Secret,
  status,
  survey,
  verify,
} from '../src/index.ts'
import { openKeyFile } from '../src/secrets/key-file.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'
import { message, messages } from './support/mail.ts'
import { smallInventory } from './support/small-domain.ts'

const MIB = 1024 * 1024
const MANY = ['one.example', 'two.example', 'three.example', 'four.example']

let bed: Bed
let opened: OpenedMigration

beforeAll(async () => {
  const rest = [
    'theirs.example',
    'lost-key.example',
    'shared.example',
    'single.example',
    'stopped.example',
    'swallowed.example',
  ]
  bed = await startBed(smallInventory([...MANY, ...rest]), { mailcow: { unlocked: true } })
  opened = await bed.migration()
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

/** The most writes that any domain had under way at the same time. */
function mostAtOnce(events: readonly MigrationEvent[]): number {
  const underWay = new Map<string, number>()
  let most = 0
  for (const event of events) {
    if (event.type !== 'action-started' && event.type !== 'action-finished') continue
    const count = (underWay.get(event.domain) ?? 0) + (event.type === 'action-started' ? 1 : -1)
    underWay.set(event.domain, count)
    most = Math.max(most, count)
  }
  return most
}

describe('several domains at once', () => {
  it('are provisioned side by side, each serially, and share the forwarding host', async () => {
    await survey(opened.migration, MANY)
    const from = bed.testbed.new.mailcow.requests.length
    const report = await provision(opened.migration, MANY)
    expect(report).toMatchObject({ ok: true, domains: MANY.map((domain) => ({ domain, outcome: 'done' })) })
    expect(writesSince(bed.testbed, from).filter((path) => path === 'add/fwdhost')).toHaveLength(1)
    expect(mostAtOnce(opened.events)).toBe(1)
  })

  it('do not wait for one that another run works on', async () => {
    const ledger = await opened.migration.ledger('write')
    await using lock = await ledger.lockDomain('two.example', { command: 'mailmove copy two.example' })
    const report = await provision(opened.migration, ['one.example', 'two.example'])
    expect(report).toMatchObject({
      ok: false,
      domains: [
        { outcome: 'unchanged' },
        { outcome: 'failed', message: expect.stringContaining(lock.holder.command) },
      ],
    })
    await expect(provision(opened.migration, ['two.example'])).rejects.toThrow(DomainLockedError)
    const copied = await copy(opened.migration, ['one.example', 'two.example'])
    expect(copied.domains[1]?.message).toContain('mailmove copy two.example')
    await expect(survey(opened.migration, ['two.example'])).rejects.toThrow(DomainLockedError)
    expect(await survey(opened.migration, ['one.example', 'two.example'])).toMatchObject({
      domains: [{ domain: 'one.example' }],
      skipped: [{ domain: 'two.example' }],
    })
  })
})

describe('what is on mailcow and not ours', () => {
  const domain = 'theirs.example'

  it('is taken over when that is accepted: no password, no name, never less quota, its mail untouched', async () => {
    const { testbed } = bed
    const mailcow = await opened.migration.mailcow()
    fillMailbox(testbed.old, `anna@${domain}`, new Map([['INBOX', messages('old', 5)]]))
    const limits = { maxMailboxes: 5, maxAliases: 5, maxMailboxQuotaBytes: 900 * MIB, quotaBytes: 900 * MIB }
    await mailcow.domains.add({ domain, active: true, defaultMailboxQuotaBytes: 10 * MIB, ...limits })
    for (const [localPart, quotaBytes] of [
      ['anna', 500 * MIB],
      ['bob', 5 * MIB],
    ] as const)
      await mailcow.mailboxes.add({
        domain,
        localPart,
        name: 'As they call it',
        password: 'Their-own-1234',
        quotaBytes,
        active: true,
        forcePasswordUpdate: false,
      })
    await deliver(testbed.new.lmtp, { to: `anna@${domain}`, raw: message('theirs').raw })
    await survey(opened.migration, [domain])
    const { findings } = (await survey(opened.migration, [domain])).domains[0] ?? {}
    expect(findings?.map((finding) => finding.code)).toContain('domain-exists')
    await accept(opened.migration, { domain, code: 'domain-exists', reason: 'made by hand' })
    await expect(provision(opened.migration, [domain])).rejects.toThrow(/2 red findings/)
    await accept(opened.migration, { domain, code: 'mailbox-exists', reason: 'their mail shall go there' })
    const hashes = (): readonly string[] =>
      testbed.new.mailcow.state.mailboxes
        .filter((row) => row.domain === domain)
        .map((row) => row.passwordHash)
    const before = hashes()
    expect(await provision(opened.migration, [domain])).toMatchObject({ ok: true })
    expect(hashes()).toEqual(before)
    const rows = testbed.new.mailcow.state.mailboxes.filter((row) => row.domain === domain)
    expect(rows.map((row) => [row.username, row.name, row.quota, row.attributes['force_pw_update']])).toEqual(
      [
        [`anna@${domain}`, 'As they call it', 500 * MIB, '0'],
        [`bob@${domain}`, 'As they call it', 12 * MIB, '0'],
      ],
    )
    const ledger = await opened.migration.ledger('write')
    expect(await ledger.secrets.list(domain)).toEqual([])
    expect(await provision(opened.migration, [domain])).toMatchObject({ domains: [{ outcome: 'unchanged' }] })
  })

  it('is only ever added to', async () => {
    const { testbed } = bed
    const user = `anna@${domain}`
    expect(await copy(opened.migration, [domain])).toMatchObject({ ok: true, totals: { copied: 5 } })
    expect(await testbed.new.doveadm('mailbox', 'status', '-u', user, 'messages', 'INBOX')).toContain(
      'messages=6',
    )
    await testbed.old.doveadm('expunge', '-u', user, 'mailbox', 'INBOX', 'subject', 'old 3')
    await testbed.new.doveadm('flags', 'add', '-u', user, '\\Flagged', 'mailbox', 'INBOX', 'subject', 'old 1')
    expect(await copy(opened.migration, [domain])).toMatchObject({ ok: true, totals: { copied: 0 } })
    expect(await testbed.new.doveadm('mailbox', 'status', '-u', user, 'messages', 'INBOX')).toContain(
      'messages=6',
    )
    expect(await verify(opened.migration, [domain])).toMatchObject({ ok: true })
  })
})

describe('passwords', () => {
  it('that no key opens any more are made anew for mailboxes that do not exist yet', async () => {
    const domain = 'lost-key.example'
    await using fresh = await bed.migration()
    await survey(fresh.migration, [domain])
    const ledger = await fresh.migration.ledger('write')
    const oldKey = await openKeyFile(fresh.config.secrets.key.file, { workDir: fresh.workDir })
    const name = { domain, mailbox: `anna@${domain}`, purpose: 'initial-password' } as const
    await ledger.secrets.seal(oldKey, name, 'Sealed-with-the-lost-key-1')
    const file = join(fresh.workDir, '..', 'second.key')
    await createKeyFile(file, { workDir: fresh.workDir })
    await using other = await bed.migration({
      workDir: fresh.workDir,
      change: (config) => ({ ...config, secrets: { key: { file } } }),
    })
    expect(await provision(other.migration, [domain])).toMatchObject({ ok: true })
    const key = await openKeyFile(file, { workDir: fresh.workDir })
    expect(await ledger.secrets.open(key, name)).toMatch(/^.{16,}$/)
  })

  it('are the one that is shared, where the configuration says so', async () => {
    const domain = 'shared.example'
    const sharedPassword = new Secret('${SHARED}', () => 'Gemeinsam-2026-Neu')
    await using fresh = await bed.migration({
      change: (config) => ({
        ...config,
        domains: new Map([
          [
            domain,
            {
              language: 'de',
              warn: 'mailboxes',
              contacts: [],
              dns: 'theirs',
              filters: 'export',
              activateFilters: true,
              importContacts: false,
              publish: false,
              sharedPassword,
              mailboxes: new Map(),
            },
          ],
        ]),
      }),
    })
    const surveyed = await survey(fresh.migration, [domain])
    expect(surveyed.counts.red).toBe(0)
    const report = await provision(fresh.migration, [domain])
    expect(report.ok).toBe(true)
    const ledger = await fresh.migration.ledger('write')
    const key = await openKeyFile(fresh.config.secrets.key.file, { workDir: fresh.workDir })
    for (const mailbox of [`anna@${domain}`, `bob@${domain}`])
      expect(await ledger.secrets.open(key, { domain, mailbox, purpose: 'initial-password' })).toBe(
        'Gemeinsam-2026-Neu',
      )
    const told = JSON.stringify([
      report,
      surveyed,
      fresh.events,
      await ledger.writes.list(domain),
      await status(fresh.migration, []),
    ])
    expect(told).not.toContain('Gemeinsam-2026')
  })
})

describe('single mailboxes', () => {
  it('can be provisioned and copied alone', async () => {
    const domain = 'single.example'
    await survey(opened.migration, [domain])
    const first = await provision(opened.migration, [domain], { mailboxes: [`BOB@${domain}`] })
    expect(first.domains[0]?.actions.map((result) => `${result.action.kind} ${result.action.item}`)).toEqual([
      `add-transport ${domain}`,
      `add-domain ${domain}`,
      `add-mailbox bob@${domain}`,
      `add-filter bob@${domain}`,
    ])
    expect(await copy(opened.migration, [domain], { mailboxes: [`bob@${domain}`] })).toMatchObject({
      ok: true,
    })
    const rest = await provision(opened.migration, [domain])
    expect(rest.domains[0]?.actions.map((result) => result.action.kind)).toEqual(['add-mailbox', 'add-alias'])
    await expect(provision(opened.migration, [domain], { mailboxes: ['x@single.example'] })).rejects.toThrow(
      /no mailbox x@/,
    )
  })
})

describe('what mailcow reports and is not so', () => {
  it('fails in the report, though the write was answered with success', async () => {
    const domain = 'swallowed.example'
    const { mailcow } = bed.testbed.new
    await survey(opened.migration, [domain])
    const held = mailcow.fail({ kind: 'slow', route: 'add/alias' })
    const running = provision(opened.migration, [domain])
    await expect.poll(() => held.remaining, { timeout: 15_000, interval: 5 }).toBe(0)
    const anna = mailcow.state.mailboxes.find((row) => row.username === `anna@${domain}`)
    if (anna === undefined) throw new Error('not made')
    anna.attributes['force_pw_update'] = '0'
    held.release()
    const report = await running
    expect(report).toMatchObject({ ok: false, domains: [{ outcome: 'partial' }] })
    expect(report.domains[0]?.actions.filter((result) => result.outcome === 'failed')).toEqual([
      {
        action: expect.objectContaining({ kind: 'add-mailbox', item: `anna@${domain}` }),
        outcome: 'failed',
        message: 'mailcow reports success, but read back it is there with another forcePasswordUpdate.',
      },
    ])
  })
})

describe('an interruption', () => {
  it('ends between two writes, and the next run goes on', async () => {
    const domain = 'stopped.example'
    await survey(opened.migration, [domain])
    const controller = new AbortController()
    const onEvent = (event: MigrationEvent): void => {
      if (event.type === 'action-started' && event.action.kind === 'add-domain')
        controller.abort(new Error('Ctrl-C'))
    }
    await using interrupted = await openMigration(opened.config, { onEvent })
    await expect(provision(interrupted, [domain], { signal: controller.signal })).rejects.toThrow('Ctrl-C')
    const { domains, mailboxes } = bed.testbed.new.mailcow.state
    expect(domains.some((row) => row.domain === domain)).toBe(true)
    expect(mailboxes.some((row) => row.domain === domain)).toBe(false)
    const [shown] = (await status(opened.migration, [domain])).domains
    expect(shown).toMatchObject({
      next: `mailmove provision ${domain}`,
      openActions: [{ command: `mailmove provision ${domain}` }],
    })
    const report = await provision(opened.migration, [domain])
    expect(report).toMatchObject({ ok: true, domains: [{ outcome: 'done' }] })
    expect(report.domains[0]?.actions.map((result) => result.action.kind)).not.toContain('add-domain')
  })
})
