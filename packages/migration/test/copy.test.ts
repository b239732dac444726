import { existsSync } from 'node:fs'
import { deliver, fillMailbox } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accept,
  copy,
  type CopyMailbox,
  type CopyReport,
  DomainLockedError,
  domainConfig,
  GateError,
  type MailboxConfig,
  type MigrationEvent,
  openMigration,
  provision,
  Secret,
  status,
  survey,
  UsageError,
  verify,
} from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'
import { message, messages } from './support/mail.ts'

const MIB = 1024 * 1024
const DOMAIN = 'copy.example'
const NAMES = ['plain', 'full', 'gone', 'odd', 'empty', 'vanishing', 'emptied']
const [PLAIN, FULL, GONE, ODD] = [at('plain'), at('full'), at('gone'), at('odd')]
const [EMPTY, VANISHING, EMPTIED] = [at('empty'), at('vanishing'), at('emptied')]

function at(name: string): string {
  return `${name}@${DOMAIN}`
}

let bed: Bed
let opened: OpenedMigration

function inventory(domain: string, names: readonly string[]) {
  return { domain, mailboxes: names.map((name) => ({ address: `${name}@${domain}`, quotaBytes: 50 * MIB })) }
}

beforeAll(async () => {
  bed = await startBed({
    domains: [
      inventory(DOMAIN, NAMES),
      inventory('second.example', ['anna', 'bob']),
      inventory('app.example', ['anna']),
      inventory('left.example', ['anna']),
    ],
  })
  const { old } = bed.testbed
  fillMailbox(
    old,
    PLAIN,
    new Map([
      ['INBOX', messages('plain', 20)],
      ['Kunden.Huber & Söhne', messages('customer', 5)],
    ]),
  )
  fillMailbox(old, FULL, new Map([['INBOX', messages('big', 8, MIB)]]))
  fillMailbox(old, GONE, new Map([['INBOX', messages('gone', 3)]]))
  const nothing = { ...message('nothing'), raw: Buffer.alloc(0) }
  fillMailbox(old, ODD, new Map([['INBOX', [message('before'), nothing, message('after')]]]))
  fillMailbox(
    old,
    VANISHING,
    new Map([
      ['INBOX', messages('stays', 2)],
      ['Projekt', messages('project', 4)],
    ]),
  )
  fillMailbox(old, EMPTIED, new Map([['INBOX', messages('emptied', 30)]]))
  fillMailbox(old, 'anna@second.example', new Map([['INBOX', messages('second', 10)]]))
  fillMailbox(old, 'anna@app.example', new Map([['INBOX', messages('app', 10)]]))
  opened = await withQuota(4 * MIB)
  await survey(opened.migration, [DOMAIN])
  await accept(opened.migration, { domain: DOMAIN, code: 'over-quota', reason: 'to see what happens' })
  await provision(opened.migration, [DOMAIN])
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

/** The working folder of the first, with another quota for the mailbox that is too full. */
function withQuota(quotaBytes: number): Promise<OpenedMigration> {
  const mailboxes = new Map<string, MailboxConfig>([[FULL, { quotaBytes, skip: false }]])
  return bed.migration({
    ...(opened === undefined ? {} : { workDir: opened.workDir }),
    change: (config) => ({
      ...config,
      domains: new Map([[DOMAIN, { ...domainConfig(config, DOMAIN), mailboxes }]]),
    }),
  })
}

function of(report: CopyReport, address: string): CopyMailbox {
  const found = report.domains
    .flatMap((domain) => domain.mailboxes)
    .find((mailbox) => mailbox.mailbox === address)
  if (found === undefined) throw new Error(`${address} is not in the report`)
  return found
}

async function onMailcow(user: string, folder = 'INBOX'): Promise<number> {
  const text = await bed.testbed.new.doveadm('mailbox', 'status', '-u', user, 'messages', folder)
  return Number(/messages=(\d+)/.exec(text)?.[1])
}

describe('copy', () => {
  let report: CopyReport

  it('plans without a word to any server when asked for a dry run', async () => {
    const from = bed.testbed.new.mailcow.requests.length
    const planned = await copy(opened.migration, [DOMAIN], { dryRun: true })
    expect(of(planned, PLAIN)).toMatchObject({ outcome: 'planned', sourceMessages: 25, fates: { copied: 0 } })
    expect(bed.testbed.new.mailcow.requests.length).toBe(from)
    expect(await onMailcow(PLAIN)).toBe(0)
  })

  it('goes on with the others when one mailbox cannot be entered, or is full in the middle', async () => {
    await bed.testbed.addOldMailbox(GONE, { active: 0 })
    report = await copy(opened.migration, [DOMAIN])
    expect(report).toMatchObject({ ok: false, domains: [{ outcome: 'partial', phase: 'mirror' }] })
    const total = { messages: 75, bytes: expect.any(Number) }
    expect(opened.events).toContainEqual({
      type: 'domain-started',
      stage: 'copy',
      domain: DOMAIN,
      mailboxes: NAMES.length,
      total,
    })
    expect(of(report, PLAIN)).toMatchObject({ outcome: 'done', fates: { copied: 25 }, sourceMessages: 25 })
    expect(of(report, EMPTY)).toMatchObject({ outcome: 'unchanged', sourceMessages: 0 })
    expect(of(report, GONE)).toMatchObject({
      outcome: 'failed',
      failure: { code: expect.stringMatching(/^old-/) },
    })
    expect(of(report, FULL)).toMatchObject({ outcome: 'failed', failure: { code: 'target-over-quota' } })
    expect(await onMailcow(PLAIN, 'Kunden/Huber & Söhne')).toBe(5)
  })

  it('keeps what the new server refuses as a file, and says where', async () => {
    const odd = of(report, ODD)
    expect(odd).toMatchObject({ outcome: 'done', fates: { copied: 2, setAside: 1 }, sourceMessages: 3 })
    const [aside] = odd.setAside
    expect(aside?.reason).toMatch(/\S/)
    expect(existsSync(aside?.file ?? '')).toBe(true)
    expect(aside?.file?.startsWith(opened.workDir)).toBe(true)
  })

  it('tells status what to do', async () => {
    const [domain] = (await status(opened.migration, [DOMAIN])).domains
    const problem = (address: string): string | undefined =>
      domain?.mailboxes.find((mailbox) => mailbox.mailbox === address)?.problem
    expect(problem(GONE)).toMatch(/old server/)
    expect(problem(FULL)).toMatch(/\S/)
    expect(domain?.openActions.map((action) => action.message).join(' ')).toContain('copy did not end well')
    expect(domain?.next).toMatch(/^mailmove (?:copy|survey) copy\.example$/)
  })

  it('ends well once the causes are repaired, and then changes nothing', async () => {
    await bed.testbed.addOldMailbox(GONE)
    await using repaired = await withQuota(20 * MIB)
    await provision(repaired.migration, [DOMAIN])
    const second = await copy(repaired.migration, [DOMAIN])
    // All is done but for the message that was set aside, and nobody has said that this is as it should be.
    expect(second).toMatchObject({ ok: false, domains: [{ outcome: 'done' }] })
    const request = { domain: DOMAIN, code: 'message-set-aside', reason: 'nobody needs it' }
    expect(await accept(repaired.migration, request)).toMatchObject({ accepted: [{ severity: 'red' }] })
    expect(of(second, PLAIN)).toMatchObject({ outcome: 'unchanged', fates: { copied: 0, alreadyThere: 25 } })
    expect(await onMailcow(FULL)).toBe(8)
    const third = await copy(repaired.migration, [DOMAIN])
    expect(third).toMatchObject({ ok: true, totals: { copied: 0 }, domains: [{ outcome: 'unchanged' }] })
    expect(of(third, ODD).setAside).toMatchObject([{ accepted: 'nobody needs it' }])
    const ledger = await repaired.migration.ledger('write')
    expect((await ledger.stages.latest(DOMAIN, 'copy'))?.summary).toContain('nothing new')
  })

  it('verifies by content, and freezes the proof', async () => {
    const verified = await verify(opened.migration, [DOMAIN])
    expect(verified).toMatchObject({ ok: true, domains: [{ outcome: 'equal', full: true }] })
    const odd = verified.domains[0]?.mailboxes.find((mailbox) => mailbox.mailbox === ODD)
    expect(odd).toMatchObject({ sourceMessages: 3, matched: 2, explained: 1 })
    const ledger = await opened.migration.ledger('write')
    const frozen = (await ledger.verifyReports.list(DOMAIN)).filter((each) => each.mailbox === undefined)
    expect(frozen).toMatchObject([{ green: true, coverage: 'full', digest: verified.domains[0]?.digest }])
    const [domain] = (await status(opened.migration, [DOMAIN])).domains
    expect(domain?.totals).toMatchObject({ mailboxes: 7, copied: 7, verified: 7 })
    expect(domain?.next).toBe(`mailmove export ${DOMAIN}`)
  })

  it('finds what differs, and takes a quota warning of mailcow for what it is', async () => {
    const { new: target } = bed.testbed
    const warning = 'From: quota-warning@localhost\r\nSubject: Quota warning\r\n\r\n80 %\r\n'
    await deliver(target.lmtp, { to: PLAIN, raw: warning })
    expect(await verify(opened.migration, [DOMAIN], { mailboxes: [PLAIN] })).toMatchObject({
      ok: true,
      domains: [{ full: false, mailboxes: [{ extras: 1 }] }],
    })
    await target.doveadm('expunge', '-u', PLAIN, 'mailbox', 'INBOX', 'subject', 'plain 7')
    await deliver(target.lmtp, { to: PLAIN, raw: message('stranger').raw })
    const verified = await verify(opened.migration, [DOMAIN], { mailboxes: [PLAIN] })
    expect(verified.ok).toBe(false)
    const [mailbox] = verified.domains[0]?.mailboxes ?? []
    expect(
      mailbox?.differences.map((difference) => `${difference.kind} ${difference.subject}`).toSorted(),
    ).toEqual(['extra stranger', 'missing plain 7'])
    expect((await status(opened.migration, [DOMAIN])).domains[0]?.next).toBe(`mailmove copy ${DOMAIN}`)
    await target.doveadm('expunge', '-u', PLAIN, 'mailbox', 'INBOX', 'subject', 'stranger')
    await copy(opened.migration, [DOMAIN], { mailboxes: [PLAIN] })
    expect(await verify(opened.migration, [DOMAIN], { mailboxes: [PLAIN] })).toMatchObject({ ok: true })
  })
})

describe('a source that is not what it was', () => {
  it('deletes nothing when a folder vanishes or a mailbox lists empty, until somebody says so', async () => {
    const { old } = bed.testbed
    await copy(opened.migration, [DOMAIN], { mailboxes: [VANISHING, EMPTIED] })
    await old.doveadm('mailbox', 'delete', '-u', VANISHING, 'INBOX.Projekt')
    await old.doveadm('expunge', '-u', EMPTIED, 'mailbox', 'INBOX', 'all')
    const report = await copy(opened.migration, [DOMAIN], { mailboxes: [VANISHING, EMPTIED] })
    expect(of(report, VANISHING).failure?.code).toBe('folder-disappeared')
    expect(of(report, EMPTIED).failure?.code).toMatch(/source-suddenly-empty|too-many-deletions/)
    expect([await onMailcow(VANISHING, 'Projekt'), await onMailcow(EMPTIED)]).toEqual([4, 30])
    const red = (await status(opened.migration, [DOMAIN])).domains[0]?.blockedBy ?? []
    for (const { code, item } of red)
      await accept(opened.migration, {
        domain: DOMAIN,
        code,
        ...(item === undefined ? {} : { item }),
        reason: 'on purpose',
      })
    const again = await copy(opened.migration, [DOMAIN], { mailboxes: [VANISHING, EMPTIED] })
    expect(again.domains[0]?.mailboxes.map((mailbox) => mailbox.failure)).toEqual([undefined, undefined])
    expect(await onMailcow(EMPTIED)).toBe(0)
  })
})

describe('what copy refuses', () => {
  it('needs a domain, a survey, and provision', async () => {
    await expect(copy(opened.migration, [])).rejects.toThrow(UsageError)
    await using fresh = await bed.migration()
    await expect(copy(fresh.migration, ['second.example'])).rejects.toMatchObject({
      hint: 'Run first: mailmove survey second.example',
    })
    await survey(fresh.migration, ['second.example'])
    const error = await copy(fresh.migration, ['second.example']).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(GateError)
    expect(error).toMatchObject({ hint: 'Run first: mailmove provision second.example' })
    await expect(copy(opened.migration, [DOMAIN], { mailboxes: ['nobody@copy.example'] })).rejects.toThrow(
      /no mailbox nobody@copy.example/,
    )
  })

  it('stops after two refused logins when the master password is wrong', async () => {
    await using wrong = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({
        ...config,
        copy: { ...config.copy, mailboxesAtOnce: 1 },
        old: { ...config.old, master: { ...config.old.master, password: new Secret('${X}', () => 'wrong') } },
      }),
    })
    const before = (await bed.testbed.old.log()).length
    const report = await copy(wrong.migration, [DOMAIN])
    expect(report.domains[0]?.outcome).toBe('failed')
    const codes = report.domains[0]?.mailboxes.map((mailbox) => mailbox.failure?.code) ?? []
    expect(codes.filter((code) => code === 'old-login-refused')).toHaveLength(2)
    expect(codes.filter((code) => code === 'login-not-tried')).toHaveLength(NAMES.length - 2)
    const refused = (await bed.testbed.old.log()).slice(before).match(/auth failed|Password mismatch/gi) ?? []
    expect(refused.length).toBeGreaterThan(0)
  })

  it('lets only one run work on a domain', async () => {
    const ledger = await opened.migration.ledger('write')
    await using lock = await ledger.lockDomain(DOMAIN, { command: 'mailmove cutover copy.example' })
    expect(lock.holder.domain).toBe(DOMAIN)
    const refused = copy(opened.migration, [DOMAIN])
    await expect(refused).rejects.toThrow(DomainLockedError)
    await expect(refused).rejects.toThrow(/mailmove cutover copy\.example/)
    const [domain] = (await status(opened.migration, [DOMAIN])).domains
    expect(domain?.running).toContain('mailmove cutover copy.example')
  })

  it('stops when it is interrupted, says so, and goes on at the next run', async () => {
    await using fresh = await bed.migration()
    await survey(fresh.migration, ['second.example'])
    await provision(fresh.migration, ['second.example'])
    const controller = new AbortController()
    const onEvent = (event: MigrationEvent): void => {
      if (event.type === 'mailbox-started') controller.abort(new Error('Ctrl-C'))
    }
    await using interrupted = await openMigration(fresh.config, { onEvent })
    await expect(copy(interrupted, ['second.example'], { signal: controller.signal })).rejects.toThrow(
      'Ctrl-C',
    )
    const [domain] = (await status(fresh.migration, ['second.example'])).domains
    expect(domain?.openActions[0]).toMatchObject({ command: 'mailmove copy second.example' })
    const report = await copy(fresh.migration, ['second.example'])
    expect(report).toMatchObject({ ok: true, totals: { sourceMessages: 10 } })
    expect(await onMailcow('anna@second.example')).toBe(10)
  })
})

describe('access by app password', () => {
  it('makes one for the copy only, and leaves nothing behind', async () => {
    await using app = await bed.migration({
      change: (config) => ({ ...config, new: { ...config.new, access: 'appPassword' } }),
    })
    await survey(app.migration, ['app.example'])
    await provision(app.migration, ['app.example'])
    const { mailcow } = bed.testbed.new
    const from = mailcow.requests.length
    expect(await copy(app.migration, ['app.example'])).toMatchObject({ ok: true, totals: { copied: 10 } })
    expect(writesSince(bed.testbed, from)).toEqual(['add/app-passwd', 'delete/app-passwd'])
    const added = mailcow.requests.slice(from).find((call) => call.path === 'add/app-passwd')
    expect(added?.body).toMatchObject({
      app_name: 'mailmove: copies your mail from the old server (removed afterwards)',
      protocols: ['imap_access'],
    })
    expect(mailcow.state.appPasswords).toEqual([])
    const ledger = await app.migration.ledger('write')
    expect(await ledger.appPasswords.outstanding()).toEqual([])
    expect(await ledger.secrets.list('app.example')).toHaveLength(1)
    expect(await verify(app.migration, ['app.example'])).toMatchObject({ ok: true })
    expect(mailcow.state.appPasswords).toEqual([])
  })

  it('says when it could not be removed, and the next copy removes it', async () => {
    await using app = await bed.migration({
      change: (config) => ({ ...config, new: { ...config.new, access: 'appPassword' } }),
    })
    const { mailcow } = bed.testbed.new
    await survey(app.migration, ['left.example'])
    await provision(app.migration, ['left.example'])
    mailcow.fail({ kind: 'html502', route: 'delete/app-passwd' })
    expect(await copy(app.migration, ['left.example'])).toMatchObject({ ok: true })
    expect(mailcow.state.appPasswords).toHaveLength(1)
    expect(
      app.events.some((event) => event.type === 'notice' && /could not be removed/.test(event.message)),
    ).toBe(true)
    const [domain] = (await status(app.migration, ['left.example'])).domains
    expect(domain?.openActions.map((action) => action.message).join(' ')).toContain('anna@left.example')
    await copy(app.migration, ['left.example'])
    expect(mailcow.state.appPasswords).toEqual([])
  })
})
