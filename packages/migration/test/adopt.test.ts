import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  adopt,
  announce,
  type Config,
  openMigration,
  passwordReset,
  provision,
  survey,
} from '../src/index.ts'
import { openLedger } from '../src/ledger/ledger.ts'
import { type Bed, type OpenedMigration, startBed } from './support/bed.ts'
import { notifying, oldMails, recordLastDelta, sealedPassword, sentTo } from './support/notices.ts'

const DAY_MS = 86_400_000
const contact = 'chef@outside.example'
let bed: Bed
let logs: string
let count = 0
let domain = ''
let anna = ''
let bob = ''
let opened: OpenedMigration

// Each test has a domain of its own whose two mailboxes were handed over.
beforeAll(async () => {
  logs = mkdtempSync(join(tmpdir(), 'mailmove-adopt-'))
  const names = Array.from({ length: 10 }, (_, index) => `adopt${index}.example`)
  bed = await startBed({
    domains: names.map((name) => ({
      domain: name,
      mailboxes: [
        { address: `anna@${name}`, name: 'Anna', quotaBytes: 50 * 1024 * 1024 },
        { address: `bob@${name}`, name: 'Bob', quotaBytes: 50 * 1024 * 1024 },
      ],
    })),
  })
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  rmSync(logs, { recursive: true, force: true })
})
beforeEach(async () => {
  domain = `adopt${count}.example`
  count += 1
  anna = `anna@${domain}`
  bob = `bob@${domain}`
  bed.testbed.sink.clear()
  opened = await bed.migration({ change: notifying(bed.testbed, domain, { contacts: [contact] }) })
  await survey(opened.migration, [domain])
  await provision(opened.migration, [domain])
  await recordLastDelta(opened.migration, domain)
  await announce(opened.migration, [domain])
  bed.testbed.sink.clear()
})

/** The same working folder, some days later. */
async function later<T>(
  days: number,
  work: (migration: OpenedMigration['migration']) => Promise<T>,
  change: (config: Config) => Config = (config) => config,
): Promise<T> {
  const now = () => new Date(Date.now() + days * DAY_MS)
  await using migration = await openMigration(change(opened.config), { now })
  return await work(migration)
}

/** As a user does it in mailcow's web interface. */
function chooseOwnPassword(address: string): void {
  const row = bed.testbed.new.mailcow.state.mailboxes.find(({ username }) => username === address)
  if (row === undefined) throw new Error(`no ${address}`)
  row.attributes = { ...row.attributes, force_pw_update: '0', passwd_update: '2026-12-24 18:00:01' }
}

const line = (time: string, user: string, extra = '') =>
  `${time} imap-login: Info: Login: user=<${user}>, method=PLAIN, rip=198.51.100.7, lip=192.0.2.1, mpid=1${extra}, session=<a>\n`
const at = (minute: number) => `2027-01-01 10:0${minute}:00`
const wishing = (config: Config): Config => ({
  ...config,
  adopt: { ...config.adopt, removeNotices: true },
})

/** A run with `--remind`, some days later. */
function remind(days: number) {
  return later(days, (migration) => adopt(migration, [domain], { remind: true }))
}

describe('adopt', () => {
  it('knows who has a password of his own without a single login, and then forgets ours', async () => {
    expect(await sealedPassword(opened.migration, anna)).toBeDefined()
    const from = bed.testbed.new.mailcow.requests.length
    const before = await adopt(opened.migration, [domain])
    expect(before).toMatchObject({ schema: 'mailmove.adopt/1', ok: true })
    expect(before.domains[0]).toMatchObject({
      outcome: 'waiting',
      counts: { mailboxes: 2, waiting: 2, done: 0 },
      next: `mailmove adopt ${domain} --remind`,
    })
    // One list for all mailboxes.
    expect(bed.testbed.new.mailcow.requests.slice(from).map(({ path }) => path)).toEqual([
      expect.stringMatching(/^get\/logs\/sasl\//),
      expect.stringMatching(/^get\/mailbox\/all\//),
    ])
    chooseOwnPassword(anna)
    const dry = await adopt(opened.migration, [domain], { dryRun: true })
    expect(dry.domains[0]?.mailboxes[0]).toMatchObject({ ownPassword: true, initialPassword: 'kept' })
    const after = await adopt(opened.migration, [domain])
    expect(after.domains[0]?.mailboxes).toMatchObject([
      { mailbox: anna, state: 'done', ownPassword: true, initialPassword: 'removed' },
      { mailbox: bob, state: 'waiting', ownPassword: false, initialPassword: 'kept' },
    ])
    expect(await sealedPassword(opened.migration, anna)).toBeUndefined()
    expect(await sealedPassword(opened.migration, bob)).toBeDefined()
    chooseOwnPassword(bob)
    expect((await adopt(opened.migration, [domain])).domains[0]).toMatchObject({ outcome: 'done' })
    expect((await adopt(opened.migration, [domain])).domains[0]?.mailboxes[1]).toMatchObject({
      initialPassword: 'none',
    })
  })

  it('takes a password that an admin set for a user’s own, and one that we set anew for ours', async () => {
    await passwordReset(opened.migration, anna)
    const client = await opened.migration.mailcow()
    const { passwordChangedAt } = (await client.mailboxes.get(bob)) ?? {}
    const row = bed.testbed.new.mailcow.state.mailboxes.find(({ username }) => username === bob)
    if (row === undefined || passwordChangedAt === null || passwordChangedAt === undefined)
      throw new Error('no bob')
    row.attributes = { ...row.attributes, passwd_update: '2026-12-24 18:00:01' }
    const report = await adopt(opened.migration, [domain])
    expect(report.domains[0]?.mailboxes).toMatchObject([
      { mailbox: anna, ownPassword: false, initialPassword: 'kept' },
      { mailbox: bob, ownPassword: true, initialPassword: 'removed' },
    ])
  })

  it('leaves our own logins out on mailcow, and master logins on the old server', async () => {
    const { state } = bed.testbed.new.mailcow
    const ledger = await opened.migration.ledger('write')
    await ledger.appPasswords.intend(await opened.migration.key(), {
      domain,
      mailbox: anna,
      name: 'ours',
      password: 'x',
    })
    await ledger.appPasswords.markCreated(anna, 'ours', '77')
    await ledger.appPasswords.markRemoved(anna, 'ours')
    const row = { service: 'imap', username: anna, real_rip: '198.51.100.7', app_password: 0 }
    state.saslLog.push(
      { ...row, datetime: at(1) },
      { ...row, datetime: at(2), app_password: 77 },
      { ...row, datetime: at(3), real_rip: '127.0.0.1' },
      { ...row, datetime: at(4), real_rip: '203.0.113.9' },
      { ...row, service: 'smtp', datetime: at(5), app_password: 3 },
      // Before the hand-over nobody but us knew a password.
      { ...row, service: 'pop3', datetime: '2020-01-01 10:00:00' },
    )
    const log = join(logs, `${domain}.log`)
    const now = new Date()
    const stamp = (days: number) =>
      `${new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 19)}+00:00`
    writeFileSync(`${log}.1.gz`, gzipSync(line(stamp(-1), bob).replace('imap-login', 'pop3-login')))
    writeFileSync(log, line(stamp(2), anna) + line(stamp(2.1), bob, ', master_user=migrator'))
    chooseOwnPassword(anna)
    const mailbox = state.mailboxes.find(({ username }) => username === anna)
    if (mailbox !== undefined)
      mailbox.attributes = { ...mailbox.attributes, passwd_update: stamp(1).slice(0, 19).replace('T', ' ') }
    const report = await later(
      3,
      (migration) => adopt(migration, [domain]),
      (config) => ({
        ...config,
        old: { ...config.old, loginLog: log },
        adopt: { ...config.adopt, ownAddresses: ['203.0.113.0/24'] },
      }),
    )
    const [first, second] = report.domains[0]?.mailboxes ?? []
    expect(first).toMatchObject({
      state: 'still-on-old-server',
      newLogins: [{ protocol: 'imap' }, { protocol: 'smtp' }],
      oldLogins: [{ protocol: 'imap' }],
    })
    expect(new Date(first?.newLogins[0]?.at ?? '').getMinutes()).toBe(1)
    expect(second?.oldLogins?.map(({ protocol }) => protocol)).toEqual(['pop3'])
    expect(report.domains[0]?.findings).toMatchObject([{ code: 'still-on-old-server', item: anna }])
  })

  it('sends each reminder once, then tells the contact, once', async () => {
    chooseOwnPassword(bob)
    const password = (await sealedPassword(opened.migration, anna)) ?? 'none'
    expect((await remind(1)).domains[0]?.notices).toEqual([])
    for (const [index, day] of [3, 7, 14].entries()) {
      const planned = await later(day, (migration) =>
        adopt(migration, [domain], { remind: true, dryRun: true }),
      )
      expect(planned.domains[0]?.notices).toMatchObject([{ recipient: anna, outcome: 'planned' }])
      const report = await remind(day)
      expect(report.domains[0]?.notices).toMatchObject([
        { recipient: anna, kind: 'reminder', via: 'append', outcome: 'sent' },
      ])
      expect(report.domains[0]?.mailboxes[0]).toMatchObject({ state: 'waiting', onDigest: false })
      // The hand-over, and the reminders so far.
      const mails = await oldMails(bed.testbed, anna)
      expect(mails).toHaveLength(index + 2)
      expect(mails.at(-1)?.text).toContain(password)
      // After the last one the contact is next.
      const again = day < 14 ? await remind(day + 0.1) : undefined
      expect(again?.domains[0]?.notices ?? []).toEqual([])
    }
    expect(await oldMails(bed.testbed, bob)).toHaveLength(1)
    const last = await remind(15)
    expect(last.domains[0]?.notices).toMatchObject([{ recipient: contact, kind: 'digest', outcome: 'sent' }])
    expect(last.domains[0]?.mailboxes[0]).toMatchObject({ onDigest: true, reminders: [1, 2, 3] })
    expect(last.domains[0]?.findings).toMatchObject([{ code: 'own-password-missing', item: anna }])
    const [digest, ...more] = await sentTo(bed.testbed, contact)
    expect(more).toEqual([])
    expect(digest?.text).toContain(anna)
    expect(digest?.text).not.toContain(password)
    expect((await remind(16)).domains[0]?.notices).toEqual([])
    expect(await sentTo(bed.testbed, contact)).toHaveLength(1)
    expect(await oldMails(bed.testbed, anna)).toHaveLength(4)
  })

  it('takes our notices out of the old mailbox where that is wished for, and nothing else', async () => {
    chooseOwnPassword(anna)
    await adopt(opened.migration, [domain])
    expect(await oldMails(bed.testbed, anna)).toHaveLength(1)
    const report = await later(1, (migration) => adopt(migration, [domain]), wishing)
    expect(report.domains[0]?.mailboxes[0]).toMatchObject({ noticesRemoved: 1 })
    expect(await oldMails(bed.testbed, anna)).toEqual([])
    expect(await oldMails(bed.testbed, bob)).toHaveLength(1)
    const ledger = await opened.migration.ledger('write')
    expect(await ledger.writes.list(domain, { limit: 1 })).toMatchObject([
      { operation: 'notices.remove', item: anna, result: { outcome: 'done' } },
    ])
  })

  it('waits for the hand-over', async () => {
    await using other = await bed.migration()
    await survey(other.migration, ['adopt9.example'])
    await expect(adopt(other.migration, ['adopt9.example'])).rejects.toMatchObject({ code: 'gate' })
  })

  it('makes up for a run that died before it had read the mark back', async () => {
    const name = 'adopt8.example'
    await using other = await bed.migration()
    await survey(other.migration, [name])
    await provision(other.migration, [name])
    await using ledger = await openLedger(other.workDir)
    const marks = await ledger.initialPasswords.list(name)
    expect([...marks.keys()].toSorted()).toEqual([`anna@${name}`, `bob@${name}`])
    const client = await other.migration.mailcow()
    expect(marks.get(`anna@${name}`)).toEqual((await client.mailboxes.get(`anna@${name}`))?.passwordChangedAt)
  })
})
