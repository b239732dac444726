import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectManageSieve, masterLogin } from '@iteg/sieve-export'
import { deliver } from '@iteg/testbed'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  accept,
  announce,
  check,
  copy,
  exportDomains,
  passwordReset,
  previewNotices,
  provision,
  status,
  survey,
  verify,
  warn,
} from '../src/index.ts'
import { tellOldServerStays } from '../src/stages/notifying/taken-back.ts'
import { Secret } from '../src/config/secret.ts'
import { type Bed, type OpenedMigration, startBed } from './support/bed.ts'
import { notifying, oldMails, recordLastDelta, sealedPassword, sentTo } from './support/notices.ts'

let bed: Bed
let count = 0
let domain = ''
let anna = ''
let bob = ''
let opened: OpenedMigration

// Each test has a domain of its own, provisioned: anna, and bob who is switched off or forwards, as the test wants it.
beforeAll(async () => {
  const names = Array.from({ length: 15 }, (_, index) => `notice${index}.example`)
  bed = await startBed({
    domains: [...names, 'example.org'].map((name) => ({
      domain: name,
      mailboxes: [
        { address: `anna@${name}`, name: 'Anna <img src=x>', quotaBytes: 50 * 1024 * 1024 },
        { address: `bob@${name}`, name: 'Bob', quotaBytes: 50 * 1024 * 1024 },
      ],
      aliases: [
        { address: `bob@${name}`, targets: ['friend@outside.example'] },
        { address: `info@${name}`, targets: [`anna@${name}`] },
      ],
    })),
  })
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(async () => {
  domain = `notice${count}.example`
  count += 1
  anna = `anna@${domain}`
  bob = `bob@${domain}`
  bed.testbed.sink.clear()
  opened = await bed.migration({
    change: notifying(bed.testbed, domain, { contacts: ['chef@outside.example'] }),
  })
  await survey(opened.migration, [domain])
  await provision(opened.migration, [domain])
})
// What stays open keeps the ledger's files open.
afterEach(() => opened[Symbol.asyncDispose]())

async function putScript(content: string): Promise<void> {
  const { sieve, master } = bed.testbed.old
  await using client = await connectManageSieve({ ...sieve, tls: 'none' }, masterLogin(anna, master), {
    allowInsecure: true,
  })
  await client.putScript('mine', content)
  await client.setActive('mine')
}

/** A mail server that knows nobody. */
async function startRefusing(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo: (_address, _session, callback) => {
      callback(Object.assign(new Error('5.1.1 no such user here'), { responseCode: 550 }))
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Every byte below the working folder. */
function workFolder(): readonly { readonly path: string; readonly bytes: Buffer; readonly mode: number }[] {
  return readdirSync(opened.workDir, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(opened.workDir, name)
    const stats = statSync(path)
    return stats.isFile() ? [{ path: name, bytes: readFileSync(path), mode: stats.mode & 0o777 }] : []
  })
}

describe('announce', () => {
  it('sends nothing before the last delta is verified, and nothing opens that gate', async () => {
    await expect(announce(opened.migration, [domain])).rejects.toMatchObject({
      code: 'gate',
      message: expect.stringContaining('not verified'),
    })
    await expect(
      accept(opened.migration, { domain, code: 'last-delta', reason: 'because' }),
    ).rejects.toMatchObject({ code: 'usage' })
    expect(await oldMails(bed.testbed, anna)).toEqual([])
  })

  it('puts password, settings and the user’s own files into the old mailbox, once', async () => {
    const script =
      'require "fileinto";\nif header :contains "subject" "Rechnung" { fileinto "INBOX.Kunden"; }\n'
    await putScript(script)
    const exported = await exportDomains(opened.migration, [domain])
    const [file] =
      exported.domains[0]?.mailboxes.find(({ mailbox }) => mailbox === anna)?.filters?.scripts ?? []
    const password = (await sealedPassword(opened.migration, anna)) ?? ''
    await recordLastDelta(opened.migration, domain)
    const report = await announce(opened.migration, [domain])
    expect(report.domains[0]?.notices).toMatchObject([
      { recipient: anna, kind: 'hand-over', via: 'append', outcome: 'sent' },
      { recipient: bob, outcome: 'letter', letter: expect.stringContaining(`letters/${domain}/bob@`) },
      { recipient: 'chef@outside.example', kind: 'digest', via: 'smtp', outcome: 'sent' },
    ])
    expect(report.domains[0]?.findings).toMatchObject([{ code: 'notice-forwarded', item: bob }])
    const [mail, ...more] = await oldMails(bed.testbed, anna)
    expect(more).toEqual([])
    expect(mail?.messageId).toBe(report.domains[0]?.notices[0]?.messageId)
    expect(mail?.from?.text).toContain('admin@iteg.example')
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail?.text).toContain(password)
    expect(mail?.html).toContain(password)
    expect(mail?.html).not.toContain('<img src=x>')
    expect(mail?.text).toContain('993')
    expect(mail?.text).toContain('465')
    expect(mail?.html).toContain('href="https://mail.iteg.example"')
    expect(mail?.attachments.map(({ filename }) => filename)).toEqual(['mine.sieve'])
    expect(mail?.attachments[0]?.content.equals(readFileSync(file?.rewritten ?? file?.original ?? ''))).toBe(
      true,
    )
    // Once: nothing the second time, and the mailbox is its user's from here on.
    const again = await announce(opened.migration, [domain])
    expect(again.domains[0]?.notices[0]).toMatchObject({ outcome: 'already' })
    expect(await oldMails(bed.testbed, anna)).toHaveLength(1)
    const ledger = await opened.migration.ledger('write')
    expect((await ledger.mailboxes.get(anna))?.announcedAt).toBeInstanceOf(Date)
    expect(await ledger.domains.phase(domain)).toBe('additive')
    const twice = await announce(opened.migration, [domain], { again: true })
    expect(twice.domains[0]?.notices[0]).toMatchObject({ outcome: 'sent' })
    const ids = (await oldMails(bed.testbed, anna)).map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(2)
  })

  it('attaches address books from Roundcube byte for byte, and names what is too large', async () => {
    const database = join(opened.workDir, 'roundcube.sqlite')
    copyFileSync(
      join(import.meta.dirname, '../../sieve-export/test/data/roundcube/roundcube-1.6.sqlite'),
      database,
    )
    const [owner, name] = ['anna@example.org', 'example.org']
    await using books = await bed.migration({
      change: (config) => {
        const base = notifying(bed.testbed, name)(config)
        const url = new Secret('${ROUNDCUBE_DB_URL}', () => `sqlite:${database}`)
        return { ...base, old: { ...base.old, addressBooks: { kind: 'roundcube', url } } }
      },
    })
    const { migration, workDir } = books
    await survey(migration, [name])
    await provision(migration, [name])
    await exportDomains(migration, [name])
    const folder = join(workDir, 'exports', owner, 'addressbooks')
    const cards = readFileSync(join(folder, 'personal.vcf'))
    expect(cards.toString().match(/^BEGIN:VCARD/gm)).toHaveLength(315)
    const tooLarge = join(folder, 'collected-recipients.vcf')
    writeFileSync(tooLarge, readFileSync(tooLarge, 'utf8').padEnd(4 * 1024 * 1024 + 1, '\n'))
    await recordLastDelta(migration, name)
    const previewed = await previewNotices(migration, { domain: name, kind: 'hand-over' })
    const report = await announce(migration, [name], { mailboxes: [owner] })
    for (const each of [previewed.recipients[0], report.domains[0]?.notices[0]])
      expect(each).toMatchObject({ recipient: owner, leftOut: ['collected-recipients.vcf'] })
    const [mail] = await oldMails(bed.testbed, owner)
    expect(mail?.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      ['personal-groups.vcf', 'text/vcard'],
      ['personal.vcf', 'text/vcard'],
      ['trusted-senders.vcf', 'text/vcard'],
    ])
    expect(mail?.attachments[1]?.content.equals(cards)).toBe(true)
    expect(mail?.attachments[2]?.content.equals(readFileSync(join(folder, 'trusted-senders.vcf')))).toBe(true)
    expect(mail?.text).toContain('personal.vcf')
    expect(mail?.text).not.toContain('collected-recipients.vcf')
  })

  it('takes the hand-over back once, and hands over anew after the next cut-over', async () => {
    await recordLastDelta(opened.migration, domain)
    await announce(opened.migration, [domain])
    const ledger = await opened.migration.ledger('write')
    const since = new Date()
    const back = await tellOldServerStays(opened.migration, ledger, domain, since, {})
    expect(back).toMatchObject([
      { recipient: anna, kind: 'keep-old-server', via: 'append', outcome: 'sent' },
      // His hand-over was printed: this is, too.
      { recipient: bob, outcome: 'sent', letter: expect.stringContaining('keep-old-server') },
    ])
    const again = await tellOldServerStays(opened.migration, ledger, domain, since, {})
    expect(again.map(({ outcome }) => outcome)).toEqual(['already', 'already'])
    const mails = await oldMails(bed.testbed, anna)
    expect(mails.map(({ subject }) => subject)).toEqual([
      expect.any(String),
      expect.stringContaining('weiter wie bisher'),
    ])
    expect(await announce(opened.migration, [domain])).toMatchObject({ totals: { sent: 1 } })
    expect(await announce(opened.migration, [domain])).toMatchObject({ totals: { sent: 0 } })
    expect(await oldMails(bed.testbed, anna)).toHaveLength(3)
  })

  it('never carries its notices over, and misses none of them', async () => {
    await copy(opened.migration, [domain], { mailboxes: [anna] })
    await deliver(bed.testbed.old.lmtp, { to: anna, raw: 'Subject: from a customer\r\n\r\nhello\r\n' })
    await recordLastDelta(opened.migration, domain)
    await announce(opened.migration, [domain], { mailboxes: [anna] })
    const copied = await copy(opened.migration, [domain], { mailboxes: [anna] })
    expect(copied.domains[0]?.mailboxes[0]?.fates).toMatchObject({ copied: 1, excluded: 1 })
    const verified = await verify(opened.migration, [domain], { mailboxes: [anna] })
    expect(verified.domains[0]?.mailboxes[0]).toMatchObject({ outcome: 'equal', differenceCount: 0 })
  })

  it('keeps the initial password out of everything but the mail and the letter', async () => {
    const passwords = [
      await sealedPassword(opened.migration, anna),
      await sealedPassword(opened.migration, bob),
    ]
    await recordLastDelta(opened.migration, domain)
    const reports = [
      await previewNotices(opened.migration, { domain, kind: 'hand-over' }),
      await announce(opened.migration, [domain]),
      await status(opened.migration, [domain]),
    ]
    const files = workFolder()
    for (const password of passwords.map((each) => each ?? 'none')) {
      expect(JSON.stringify([reports, opened.events])).not.toContain(password)
      for (const { path, bytes } of files.filter((each) => !each.path.startsWith('letters/')))
        expect([path, bytes.includes(password)]).toEqual([path, false])
    }
    const letters = files.filter(({ path }) => path.startsWith('letters/'))
    expect(letters).toHaveLength(1)
    expect(letters[0]?.bytes.includes(passwords[1] ?? '')).toBe(true)
    for (const { path, mode } of files.filter((each) => /^(?:letters|previews)\//.test(each.path)))
      expect([path, mode]).toEqual([path, 0o600])
    const preview = files.find(({ path }) => path === `previews/${domain}/hand-over/1.txt`)
    expect(preview?.bytes.toString()).toContain('•')
  })

  it('sends to a mailbox that forwards once somebody has accepted it, and prints the letter too', async () => {
    await recordLastDelta(opened.migration, domain)
    const first = await announce(opened.migration, [domain])
    expect(first.ok).toBe(false)
    await accept(opened.migration, { domain, code: 'notice-forwarded', item: bob, reason: 'he looks in' })
    const second = await announce(opened.migration, [domain])
    expect(second.ok).toBe(true)
    expect(second.domains[0]?.notices.find(({ recipient }) => recipient === bob)).toMatchObject({
      outcome: 'sent',
      letter: expect.any(String),
    })
    expect(await oldMails(bed.testbed, bob)).toHaveLength(1)
    expect(bed.testbed.sink.messages().filter(({ to }) => to.includes('friend@outside.example'))).toEqual([])
  })
})

describe('warn', () => {
  it('mails each mailbox and contact once for each version of the text', async () => {
    const report = await warn(opened.migration, [domain])
    expect(report.domains[0]?.notices).toMatchObject([
      { recipient: anna, kind: 'pre-warning', via: 'smtp', outcome: 'sent' },
      { recipient: bob, kind: 'pre-warning', outcome: 'letter' },
      { recipient: 'chef@outside.example', kind: 'pre-warning-contact', outcome: 'sent' },
    ])
    const [toAnna, ...more] = await sentTo(bed.testbed, anna)
    expect(more).toEqual([])
    // The bare list: no colleague learns where bob's mail goes.
    expect(toAnna?.text).toContain(bob)
    expect(toAnna?.text).not.toContain('friend@outside.example')
    const [toContact] = await sentTo(bed.testbed, 'chef@outside.example')
    expect(toContact?.text).toContain('friend@outside.example')
    expect(report.domains[0]?.gate).toMatchObject({ daysAhead: 5 })
    await warn(opened.migration, [domain])
    expect(await sentTo(bed.testbed, anna)).toHaveLength(1)
    await warn(opened.migration, [domain], { again: true })
    expect(await sentTo(bed.testbed, anna)).toHaveLength(2)
  })

  it('knows from the log who uses POP3, and who never comes', async () => {
    const log = join(opened.workDir, 'dovecot.log')
    const logins = [
      ['2026-11-02', 'pop3', anna],
      ['2026-11-03', 'imap', 'x@other.example'],
      ['2026-11-20', 'pop3', anna],
    ]
    const lines = logins.map(
      ([day, service, user]) =>
        `${day} 08:00:00 ${service}-login: Info: Login: user=<${user}>, method=PLAIN, rip=192.0.2.7\n`,
    )
    writeFileSync(log, lines.join(''))
    await using read = await bed.migration({
      workDir: opened.workDir,
      change: (config) => {
        const base = notifying(bed.testbed, domain)(config)
        return { ...base, old: { ...base.old, loginLog: log } }
      },
    })
    const surveyed = await survey(read.migration, [domain])
    expect(surveyed.domains[0]?.mailboxes).toMatchObject([
      { address: anna, logins: { protocols: ['pop3'], usesPop3: true } },
      { address: bob, logins: { protocols: [], usesPop3: false } },
    ])
    const report = await warn(read.migration, [domain])
    expect(report.domains[0]?.findings.map(({ code, item }) => [code, item])).toEqual([
      ['notice-forwarded', bob],
      ['notice-unread', bob],
    ])
    const [mail] = await sentTo(bed.testbed, anna)
    expect(mail?.text).toContain('POP3')
  })

  it('puts a mailbox that is full on the list, and one that would be full gets a quota notice', async () => {
    await using tight = await bed.migration({
      workDir: opened.workDir,
      change: (config) =>
        notifying(bed.testbed, domain, {
          mailboxes: new Map([[anna, { skip: false, quotaBytes: 1024 * 1024 }]]),
        })(config),
    })
    for (let index = 0; index < 3; index += 1)
      await deliver(bed.testbed.old.lmtp, {
        to: anna,
        raw: `Subject: ${index}\r\n\r\n${'x'.repeat(70)}\r\n`.padEnd(500_000, 'y\r\n'),
      })
    await survey(tight.migration, [domain])
    const report = await warn(tight.migration, [domain])
    expect(
      report.domains[0]?.notices.map(({ recipient, kind, outcome }) => [recipient, kind, outcome]),
    ).toEqual([
      [anna, 'pre-warning', 'sent'],
      [bob, 'pre-warning', 'letter'],
      [anna, 'quota', 'sent'],
    ])
  })

  it('shows what the mail server refuses', async () => {
    await using refusing = await startRefusing()
    await using other = await bed.migration({
      workDir: opened.workDir,
      change: notifying(
        bed.testbed,
        domain,
        { contacts: ['nobody@outside.example'] },
        {
          smtp: { host: '127.0.0.1', port: refusing.port, tls: 'none', ratePerSecond: 0 },
        },
      ),
    })
    const report = await warn(other.migration, [domain])
    expect(report.domains[0]?.notices.find(({ recipient }) => recipient === anna)).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('550 5.1.1 no such user here'),
    })
    expect(report).toMatchObject({ ok: false, totals: { failed: 2 } })
    // Nothing arrived: the next run tries again by itself.
    const next = await warn(opened.migration, [domain])
    expect(next.domains[0]?.notices[0]).toMatchObject({ recipient: anna, outcome: 'sent' })
  })

  it('keeps a mail from a script that would throw it away or send it on', async () => {
    await putScript('redirect "friend@outside.example";\n')
    const report = await warn(opened.migration, [domain], { dryRun: true })
    expect(report.domains[0]?.findings).toMatchObject([
      { code: 'notice-forwarded', item: anna },
      { code: 'notice-forwarded', item: bob },
    ])
    await putScript('require "fileinto"; if address :domain "from" "iteg.example" { discard; }\n')
    const next = await warn(opened.migration, [domain])
    expect(next.domains[0]?.findings.map(({ code }) => code)).toContain('notice-discarded')
    expect(await sentTo(bed.testbed, anna)).toEqual([])
  })
})

describe('check', () => {
  it('tries the mail server and the texts, and sends nothing', async () => {
    const good = await check(opened.migration)
    const of = (report: typeof good) =>
      report.results.filter(({ subject }) => subject.startsWith('notify.')).map((result) => result.status)
    expect(of(good)).toEqual(['ok', 'ok'])
    const templates = join(opened.workDir, 'texts')
    mkdirSync(join(templates, 'de'), { recursive: true })
    writeFileSync(join(templates, 'de', 'hand-over.md'), '---\nsubject: x\n---\n\nHallo {{ passwort }}\n')
    await using mistyped = await bed.migration({ change: notifying(bed.testbed, domain, {}, { templates }) })
    const bad = await check(mistyped.migration)
    expect(of(bad)).toEqual(['failed'])
    expect(bad.results.at(-1)?.detail).toContain('hand-over.md:5:')
    const smtp = { host: '127.0.0.1', port: 1, tls: 'none' as const }
    await using away = await bed.migration({ change: notifying(bed.testbed, domain, {}, { smtp }) })
    expect(of(await check(away.migration))).toEqual(['ok', 'failed'])
    expect(bed.testbed.sink.messages()).toEqual([])
  })
})

describe('password reset', () => {
  it('sets, reads back and tells a new password, and never that of others', async () => {
    const old = await sealedPassword(opened.migration, anna)
    const report = await passwordReset(opened.migration, anna)
    const fresh = (await sealedPassword(opened.migration, anna)) ?? ''
    expect(fresh).not.toBe(old)
    expect(report).toMatchObject({
      password: 'set',
      ok: true,
      notice: { kind: 'password-reset', outcome: 'sent' },
    })
    expect(report.changedAt).toBeDefined()
    expect(JSON.stringify(report)).not.toContain(fresh)
    const mails = await oldMails(bed.testbed, anna)
    expect(mails).toHaveLength(1)
    expect(mails[0]?.text).toContain(fresh)
    const client = await opened.migration.mailcow()
    expect(await client.mailboxes.get(anna)).toMatchObject({ forcePasswordUpdate: true })
    await expect(passwordReset(opened.migration, `nobody@${domain}`)).rejects.toMatchObject({ code: 'usage' })
    // A second one is another one, with a mail of its own.
    await passwordReset(opened.migration, anna)
    expect(await sealedPassword(opened.migration, anna)).not.toBe(fresh)
    expect(await oldMails(bed.testbed, anna)).toHaveLength(2)
  })
})
