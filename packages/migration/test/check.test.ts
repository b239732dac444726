import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { oddCertificates } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  check,
  type CheckReport,
  type CheckResult,
  type Config,
  copy,
  provision,
  Secret,
  survey,
} from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'

let bed: Bed
let opened: OpenedMigration

beforeAll(async () => {
  bed = await startBed()
  opened = await bed.migration()
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

async function checkWith(change: (config: Config) => Config): Promise<CheckReport> {
  await using changed = await bed.migration({ change })
  return await check(changed.migration)
}

function of(report: CheckReport, subject: CheckResult['subject']): CheckResult {
  const found = report.results.filter((result) => result.subject === subject)
  expect(found).toHaveLength(1)
  const [result] = found
  if (result === undefined) throw new Error(`no result on ${subject}`)
  return result
}

function withKey(key: () => string): (config: Config) => Config {
  return (config) => ({
    ...config,
    new: { ...config.new, mailcow: { ...config.new.mailcow, apiKey: new Secret('${KEY}', key) } },
  })
}

describe('check', () => {
  it('finds everything in order, makes nothing, and writes nothing that could change mailcow', async () => {
    const { mailcow } = bed.testbed.new
    const before = JSON.stringify(mailcow.state.domains)
    const from = mailcow.requests.length
    const report = await check(opened.migration)
    expect(report).toMatchObject({ ok: true, refusedLogins: 0 })
    expect(of(report, 'old.imap').facts).toMatchObject({
      separator: '.',
      prefix: 'INBOX.',
      multiappend: true,
    })
    expect(of(report, 'old.imap.master').detail).toMatch(/shows \d+ folders with \d+ messages/)
    expect(of(report, 'new.mailcow').facts).toMatchObject({ version: '2026-07a' })
    expect(of(report, 'new.mailcow.apiKey').facts).toMatchObject({ access: 'read-write' })
    expect(of(report, 'new.mailcow.passwordPolicy').status).toBe('warning')
    expect(of(report, 'new.imap.master').status).toBe('skipped')
    expect(of(report, 'new.sieve').status).toBe('skipped')
    expect(of(report, 'ledger').detail).toContain('none yet')
    expect(writesSince(bed.testbed, from)).toEqual(['edit/domain'])
    expect(JSON.stringify(mailcow.state.domains)).toBe(before)
    await expect(opened.migration.ledger('read')).rejects.toMatchObject({ code: 'ledger_missing' })
  })

  it('looks into a mailbox on mailcow once there is one of ours', async () => {
    await using moved = await bed.migration()
    await survey(moved.migration, ['example.at'])
    await provision(moved.migration, ['example.at'])
    await copy(moved.migration, ['example.at'], { mailboxes: ['anna@example.at'] })
    const report = await check(moved.migration)
    expect(of(report, 'new.imap.master')).toMatchObject({ status: 'ok' })
    expect(of(report, 'new.sieve')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/\S+@\S+ has \d+ scripts?\.$/),
      facts: { extensions: expect.stringContaining('fileinto') },
    })
    expect(of(report, 'ledger').facts).toMatchObject({ domains: 1 })
  })

  it('says in one sentence each what is wrong with the servers, and goes on', async () => {
    const report = await checkWith((config) => ({
      ...config,
      old: { ...config.old, imap: { ...config.old.imap, port: 1 }, smtp: { host: '127.0.0.1', port: 1 } },
      new: { ...config.new, mailcow: { ...config.new.mailcow, url: 'http://127.0.0.1:1' } },
    }))
    expect(report.ok).toBe(false)
    const failed = report.results.filter((result) => result.status === 'failed')
    expect(failed.map((result) => result.subject)).toEqual(['old.imap', 'new.mailcow'])
    for (const result of failed)
      expect([result.detail, result.remedy]).toEqual([expect.stringMatching(/\.$/), expect.any(String)])
    expect(of(report, 'old.smtp').status).toBe('warning')
    expect(of(report, 'new.imap').status).toBe('ok')
  })

  it.each(Object.entries(oddCertificates))(
    'refuses a certificate that is wrong (%s)',
    async (_name, host) => {
      const report = await checkWith((config) => ({
        ...config,
        old: { ...config.old, imap: { ...config.old.imap, host } },
        new: { ...config.new, imap: { ...config.new.imap, host } },
      }))
      expect(of(report, 'old.imap')).toMatchObject({
        status: 'failed',
        remedy: expect.stringContaining('tlsOptions'),
      })
      expect(of(report, 'new.imap').status).toBe('failed')
      expect(report.refusedLogins).toBe(0)
    },
  )

  it('names a read-only key, a wrong one, and asks mailcow no more than it must', async () => {
    const readOnly = await checkWith(withKey(() => bed.testbed.new.mailcow.readOnlyKey))
    expect(of(readOnly, 'new.mailcow.apiKey')).toMatchObject({
      status: 'failed',
      facts: { access: 'read-only' },
    })
    const from = bed.testbed.new.mailcow.requests.length
    const wrong = await checkWith(withKey(() => 'WRONG-KEY-0000'))
    expect(of(wrong, 'new.mailcow.apiKey').status).toBe('failed')
    expect(of(wrong, 'new.mailcow').status).toBe('ok')
    // mailcow counts every one of these for fail2ban.
    expect(bed.testbed.new.mailcow.requests.length - from).toBe(1)
    expect(JSON.stringify(wrong)).not.toContain('WRONG-KEY-0000')
  })

  it('tries a wrong master password twice at most, and never shows it', async () => {
    const report = await checkWith((config) => ({
      ...config,
      old: {
        ...config.old,
        master: { ...config.old.master, password: new Secret('${X}', () => 'not-the-password') },
      },
    }))
    expect(of(report, 'old.imap').status).toBe('ok')
    expect(of(report, 'old.imap.master')).toMatchObject({ status: 'failed' })
    expect(report.refusedLogins).toBe(2)
    expect(JSON.stringify(report)).not.toContain('not-the-password')
  })

  it('says what is wrong with inventory and key file', async () => {
    const path = join(opened.workDir, '..', 'broken.yaml')
    await writeFile(path, 'domains:\n  - domain: example.at\n    mailboxs: []\n')
    const report = await checkWith((config) => ({
      ...config,
      secrets: { key: { file: join(opened.workDir, '..', 'missing.key') } },
      old: { ...config.old, inventory: [{ kind: 'file', path, format: 'yaml' }] },
    }))
    expect(of(report, 'old.inventory').detail).toMatch(/broken\.yaml:3:5/)
    expect(of(report, 'secrets.key').status).toBe('failed')
    expect(of(report, 'old.imap.master').status).toBe('skipped')
  })

  it('knows whether mailcow could ban this machine', async () => {
    const { fail2ban } = bed.testbed.new.mailcow.state
    expect(fail2ban).toBeDefined()
    const report = await check(opened.migration)
    expect(of(report, 'new.mailcow.allowList')).toMatchObject({ status: 'ok', facts: { maxAttempts: 10 } })
  })
})

function withBooks(url: string): (config: Config) => Config {
  return (config) => ({
    ...config,
    old: { ...config.old, addressBooks: { kind: 'roundcube', url: new Secret('URL', () => url) } },
  })
}

function withoutBooks(config: Config): Config {
  const { addressBooks, ...old } = config.old
  return addressBooks === undefined ? config : { ...config, old }
}

function roundcube(name: string): string {
  return `sqlite:${join(import.meta.dirname, '../../sieve-export/test/data/roundcube', name)}`
}

describe('what filters and address books need', () => {
  it('the old ManageSieve is tried with a mailbox', async () => {
    const report = await check(opened.migration)
    expect(of(report, 'old.sieve')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^The master login works: \S+@\S+ has \d+ scripts?\.$/),
      facts: { extensions: expect.stringContaining('fileinto') },
    })
    const away = await checkWith((config) => ({
      ...config,
      old: { ...config.old, sieve: { ...config.old.sieve, port: 1 } },
    }))
    expect(of(away, 'old.sieve')).toMatchObject({
      status: 'failed',
      remedy: expect.stringContaining('old.sieveFiles'),
    })
    const untrusted = await checkWith((config) => {
      const { tlsOptions: _, ...sieve } = config.old.sieve
      return { ...config, old: { ...config.old, sieve } }
    })
    expect(of(untrusted, 'old.sieve')).toMatchObject({
      status: 'failed',
      remedy: expect.stringContaining('old.sieve.tlsOptions.ca'),
    })
  })

  it('says nothing of address books that are not configured, and much of those that are', async () => {
    const without = await checkWith(withoutBooks)
    expect(without.results.filter(({ subject }) => subject === 'old.addressBooks')).toEqual([])
    expect(
      of(await checkWith(withBooks(roundcube('roundcube-1.6.sqlite'))), 'old.addressBooks'),
    ).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/knows \d+ users/),
    })
    const strange = join(bed.testbed.dir, 'strange.sqlite')
    new DatabaseSync(strange).exec('create table recipes (name text)')
    expect(of(await checkWith(withBooks(`sqlite:${strange}`)), 'old.addressBooks')).toMatchObject({
      status: 'failed',
      remedy: expect.stringContaining('?prefix='),
    })
    const away = of(
      await checkWith(withBooks('mysql://reader:geheim@127.0.0.1:1/roundcube')),
      'old.addressBooks',
    )
    expect(away).toMatchObject({ status: 'failed', target: 'mysql://127.0.0.1:1/roundcube' })
    expect(JSON.stringify(away)).not.toContain('geheim')
  })

  it('tells a database of the inventory that is away from a broken file', async () => {
    const url = new Secret('URL', () => 'mysql://reader:x@127.0.0.1:1/postfixadmin')
    const away = await checkWith((config) => ({
      ...config,
      old: { ...config.old, inventory: [{ kind: 'postfixadmin', url }] },
    }))
    expect(of(away, 'old.inventory')).toMatchObject({ status: 'failed', cause: 'server' })
    const file = join(bed.testbed.dir, 'broken-inventory.yaml')
    await writeFile(file, 'domains: [')
    const broken = await checkWith((config) => ({
      ...config,
      old: { ...config.old, inventory: [{ kind: 'file', path: file, format: 'yaml' }] },
    }))
    expect(of(broken, 'old.inventory')).toMatchObject({ status: 'failed', cause: 'configuration' })
  })
})
