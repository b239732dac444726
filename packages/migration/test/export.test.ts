import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { homeDirectory } from '@iteg/testbed'
import { connectManageSieve, type ManageSieveClient, masterLogin } from '@iteg/sieve-export'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Config,
  copy,
  DomainLockedError,
  domainConfig,
  type ExportedScript,
  exportDomains,
  type ExportMailbox,
  type ExportReport,
  GateError,
  openMigration,
  provision,
  Secret,
  ServerError,
  status,
  survey,
  UsageError,
} from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'

const MIB = 1024 * 1024
const DOMAIN = 'filters.example'
const [ANNA, BERT] = [`anna@${DOMAIN}`, `bert@${DOMAIN}`]
const [CARLA, RUHEND] = [`carla@${DOMAIN}`, `ruhend@${DOMAIN}`]

const annasFilter = Buffer.from(
  '# rule:[Kunden]\r\nrequire ["fileinto"];\r\n# Umlaut: \u00fc, and a byte that is no UTF-8: ',
)
const annasRule =
  '\r\nif header :contains "subject" "Rechnung" {\r\n  fileinto "INBOX.Kunden.Huber";\r\n}\r\n'
const original = Buffer.concat([annasFilter, Buffer.from([0xfc]), Buffer.from(annasRule)])
/** mailcow knows no spamtest. */
const unknownThere =
  'require ["spamtest"];\nrequire "fileinto";\nif spamtest :is "10" { fileinto "INBOX.Junk"; }\n'
/** Valid on the old server only; not even we can rewrite it. */
const broken = 'if header :is "a" "b" {\n  keep\n}\n'

let bed: Bed
let opened: OpenedMigration

function inventory(domain: string, names: readonly string[]) {
  return { domain, mailboxes: names.map((name) => ({ address: `${name}@${domain}`, quotaBytes: 50 * MIB })) }
}

beforeAll(async () => {
  const settings =
    'plugin {\n sieve_extensions = +notify +imapflags +spamtest\n sieve_spamtest_status_type = score\n sieve_spamtest_status_header = X-Spam-Score: (.*)\n sieve_spamtest_max_value = 10\n}\n'
  bed = await startBed(
    {
      domains: [
        inventory(DOMAIN, ['anna', 'bert', 'carla', 'ruhend']),
        inventory('second.example', ['anna', 'bert']),
        inventory('app.example', ['anna']),
      ],
    },
    { oldSettings: settings },
  )
  await bed.testbed.addOldMailbox(RUHEND, { active: 2 })
  for (const mailbox of [ANNA, RUHEND])
    await bed.testbed.old.doveadm('mailbox', 'create', '-u', mailbox, 'INBOX.Kunden.Huber')
  await onOld(ANNA, async (client) => {
    await client.putScript('main', original)
    await client.putScript('Abwesenheit "ü"', 'keep;\n')
    await client.putScript('Main', 'discard;\n')
    await client.setActive('main')
  })
  await onOld(BERT, async (client) => {
    await client.putScript('spam', unknownThere)
    await client.setActive('spam')
  })
  await onOld(RUHEND, (client) => client.putScript('x', original))
  opened = await bed.migration()
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

async function on<Value>(
  side: 'old' | 'new',
  mailbox: string,
  work: (client: ManageSieveClient) => Promise<Value>,
): Promise<Value> {
  const { sieve, master } = bed.testbed[side]
  const login = masterLogin(mailbox, master)
  await using client = await connectManageSieve({ ...sieve, tls: 'none' }, login, { allowInsecure: true })
  return await work(client)
}

const onOld = <Value>(mailbox: string, work: (client: ManageSieveClient) => Promise<Value>): Promise<Value> =>
  on('old', mailbox, work)
const onNew = <Value>(mailbox: string, work: (client: ManageSieveClient) => Promise<Value>): Promise<Value> =>
  on('new', mailbox, work)

function of(report: ExportReport, address: string): ExportMailbox {
  const found = report.domains
    .flatMap((domain) => domain.mailboxes)
    .find((mailbox) => mailbox.mailbox === address)
  if (found === undefined) throw new Error(`${address} is not in the report`)
  return found
}

function script(report: ExportReport, address: string, name: string): ExportedScript {
  const found = of(report, address).filters?.scripts.find((each) => each.name === name)
  if (found === undefined) throw new Error(`${address} has no script ${name} in the report`)
  return found
}

/** Every file and folder below, with what would tell that it was touched. */
async function picture(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const lines = entries.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name)
    const { mode, ino, mtimeMs, size } = await lstat(file)
    const content = entry.isFile() ? `${size} ${ino} ${mtimeMs}` : ''
    return `${path.relative(directory, file)} ${(mode & 0o7777).toString(8)} ${content}`
  })
  return (await Promise.all(lines)).toSorted()
}

const changed =
  (domain: string, settings: Partial<ReturnType<typeof domainConfig>>) =>
  (config: Config): Config => ({
    ...config,
    domains: new Map([[domain, { ...domainConfig(config, domain), ...settings }]]),
  })

describe('export', () => {
  it('needs a domain that was surveyed; survey tells of the filters beforehand', async () => {
    await expect(exportDomains(opened.migration, [])).rejects.toBeInstanceOf(UsageError)
    await expect(exportDomains(opened.migration, [DOMAIN])).rejects.toBeInstanceOf(GateError)
    const [found] = (await survey(opened.migration, [DOMAIN])).domains
    const filters = new Map(found?.mailboxes.map((mailbox) => [mailbox.address, mailbox.filters]))
    expect(found?.totals.filters).toBe(2)
    expect(filters.get(ANNA)).toEqual({ scripts: 3, active: 'main', kinds: ['folders'] })
    expect(filters.get(BERT)).toEqual({ scripts: 1, active: 'spam', kinds: ['spam'] })
    expect(filters.get(CARLA)).toEqual({ scripts: 0 })
    expect(found?.findings).toContainEqual(
      expect.objectContaining({ code: 'script-loses', severity: 'yellow', item: `${BERT}: spam` }),
    )
    const nobody = { mailboxes: [`nobody@${DOMAIN}`] }
    await expect(exportDomains(opened.migration, [DOMAIN], nobody)).rejects.toBeInstanceOf(UsageError)
  })

  it('writes nothing in a dry run, but says what it would write', async () => {
    const report = await exportDomains(opened.migration, [DOMAIN], { dryRun: true })
    expect(report).toMatchObject({
      dryRun: true,
      ok: true,
      domains: [{ outcome: 'planned' }],
      totals: { scripts: 5 },
    })
    await expect(stat(report.directory)).rejects.toMatchObject({ code: 'ENOENT' })
    const ledger = await opened.migration.ledger('write')
    expect(await ledger.stages.latest(DOMAIN, 'export')).toBeUndefined()
  })

  it('works before the mailboxes are on mailcow, also for inactive ones, and says what is unchecked', async () => {
    const report = await exportDomains(opened.migration, [DOMAIN])
    expect(report).toMatchObject({
      schema: 'mailmove.export/1',
      ok: true,
      source: 'managesieve',
      directory: path.join(opened.workDir, 'exports'),
      totals: { mailboxes: 4, withScripts: 3, scripts: 5, active: 2 },
    })
    const main = script(report, ANNA, 'main')
    expect(main).toMatchObject({ active: true, listed: true, verdict: 'unchecked', state: 'present' })
    expect(main.reason).toContain('not on mailcow yet')
    expect((await readFile(main.original)).equals(original)).toBe(true)
    expect(script(report, RUHEND, 'x').verdict).toBe('unchecked')
    expect(of(report, CARLA)).toMatchObject({ outcome: 'unchanged', filters: { scripts: [] } })
    expect(of(report, CARLA).directory).toBeUndefined()
  })

  it('names folders as the copier does, and changes nothing else', async () => {
    const report = await exportDomains(opened.migration, [DOMAIN])
    const { rewritten = '', changes } = script(report, ANNA, 'main')
    const expected = Buffer.concat([
      annasFilter,
      Buffer.from([0xfc]),
      Buffer.from(annasRule.replace('INBOX.Kunden.Huber', 'Kunden/Huber')),
    ])
    expect((await readFile(rewritten)).equals(expected)).toBe(true)
    expect(changes).toHaveLength(1)
  })

  it('gives each script a file of its own, readable by its owner only', async () => {
    const { directory } = await exportDomains(opened.migration, [DOMAIN])
    const files = (await picture(directory)).map((line) => line.split(' ').slice(0, -3).join(' '))
    expect(files.filter((line) => line.startsWith(`${ANNA}/sieve/original/`))).toEqual([
      `${ANNA}/sieve/original/^abwesenheit %22ü%22.sieve 600`,
      `${ANNA}/sieve/original/^main.sieve 600`,
      `${ANNA}/sieve/original/main.sieve 600`,
    ])
    for (const line of await picture(directory)) expect(line).toMatch(/ (?:600 \d|700 $)/)
  })

  it('changes nothing the second time, and says so', async () => {
    const before = await picture(path.join(opened.workDir, 'exports'))
    const report = await exportDomains(opened.migration, [DOMAIN])
    expect(report.domains[0]).toMatchObject({ outcome: 'unchanged' })
    expect(of(report, ANNA).outcome).toBe('unchanged')
    expect(await picture(report.directory)).toEqual(before)
    const ledger = await opened.migration.ledger('write')
    expect((await ledger.stages.latest(DOMAIN, 'export'))?.summary).toContain('nothing new')
  })

  it('asks mailcow once the mailboxes are there, and names what does not work', async () => {
    await onOld(RUHEND, (client) => client.setActive('x'))
    await provision(opened.migration, [DOMAIN])
    const report = await exportDomains(opened.migration, [DOMAIN])
    expect(script(report, ANNA, 'main')).toMatchObject({ verdict: 'accepted', remarks: [] })
    expect(script(report, RUHEND, 'x')).toMatchObject({ verdict: 'accepted', active: true })
    const spam = script(report, BERT, 'spam')
    expect(spam.losses.join(' ')).toContain('spamtest')
    const [domain] = report.domains
    const found = domain?.findings.find(({ item }) => item === `${BERT}: spam`)
    expect(found).toMatchObject({ severity: 'yellow', code: expect.stringMatching(/^script-/) })
    // Nothing was put there.
    for (const mailbox of [ANNA, BERT, RUHEND])
      expect(await onNew(mailbox, (client) => client.listScripts())).toEqual([])
  })

  it('puts a script that mailcow refuses aside, with its lines', async () => {
    const home = homeDirectory(bed.testbed.old, BERT)
    await writeFile(path.join(home, 'sieve/broken.sieve'), broken)
    const report = await exportDomains(opened.migration, [DOMAIN])
    const refused = script(report, BERT, 'broken')
    expect(refused).toMatchObject({
      verdict: 'refused',
      active: false,
      remarks: [{ severity: 'error', line: 3 }],
    })
    expect(refused.rewritten).toBeUndefined()
    expect(await readFile(refused.original, 'utf8')).toBe(broken)
    expect(report.domains[0]?.findings).toContainEqual(
      expect.objectContaining({
        code: 'script-not-compiling',
        severity: 'info',
        item: `${BERT}: broken`,
        message: expect.stringMatching(
          /^This script does not work on mailcow: line 3, column 1: \P{Cc}+\.$/u,
        ),
      }),
    )
    // The others of the mailbox, and the other mailboxes, go on.
    expect(script(report, BERT, 'spam')).toMatchObject({ verdict: 'accepted', active: true })
    expect(report.domains[0]?.mailboxes.map(({ outcome }) => outcome)).not.toContain('failed')
    expect(await readFile(of(report, BERT).filters?.summary ?? '', 'utf8')).toContain(
      'Der neue Server nimmt das Skript nicht an.',
    )
  })

  it('keeps what is gone on the old server, and marks it', async () => {
    await onOld(ANNA, (client) => client.deleteScript('Main'))
    const report = await exportDomains(opened.migration, [DOMAIN])
    const gone = script(report, ANNA, 'Main')
    expect(gone).toMatchObject({ state: 'removed', active: false })
    expect(await readFile(gone.original, 'utf8')).toBe('discard;\n')
    expect(await readFile(of(report, ANNA).filters?.summary ?? '', 'utf8')).toContain('inzwischen gelöscht')
    const again = await exportDomains(opened.migration, [DOMAIN])
    expect(of(again, ANNA)).toMatchObject({ outcome: 'unchanged' })
    await onOld(ANNA, (client) => client.putScript('Main', 'keep;\n'))
    const back = await exportDomains(opened.migration, [DOMAIN])
    expect(script(back, ANNA, 'Main').state).toBe('present')
  })

  it('writes for the user in his language', async () => {
    const mailboxes = new Map([[ANNA, { language: 'en', skip: false }]])
    await using english = await bed.migration({
      workDir: opened.workDir,
      change: changed(DOMAIN, { mailboxes }),
    })
    const report = await exportDomains(english.migration, [DOMAIN], { mailboxes: [ANNA] })
    expect(report.domains[0]?.mailboxes.map(({ mailbox }) => mailbox)).toEqual([ANNA])
    expect(of(report, ANNA)).toMatchObject({ language: 'en', outcome: 'done' })
    const text = await readFile(of(report, ANNA).filters?.summary ?? '', 'utf8')
    expect(text).toContain('Mail filters of anna@filters.example')
    expect(text).toContain('"main" (was active)')
  })

  it('goes where it is told to, and follows no link there', async () => {
    const directory = path.join(opened.workDir, 'elsewhere')
    const report = await exportDomains(opened.migration, [DOMAIN], { directory, mailboxes: [BERT] })
    expect(report).toMatchObject({ directory, ok: true })
    expect(await readdir(directory)).toEqual([BERT])
    await symlink('/tmp', path.join(directory, ANNA))
    const trap = exportDomains(opened.migration, [DOMAIN], { directory, mailboxes: [ANNA] })
    await expect(trap).rejects.toThrow(/is in the way/)
    expect(await readlink(path.join(directory, ANNA))).toBe('/tmp')
    const file = path.join(opened.workDir, 'file')
    await writeFile(file, '')
    await expect(exportDomains(opened.migration, [DOMAIN], { directory: file })).rejects.toBeInstanceOf(
      UsageError,
    )
  })

  it('tells status what is next, and what is exported', async () => {
    expect((await exportDomains(opened.migration, [DOMAIN])).ok).toBe(true)
    const [before] = (await status(opened.migration, [DOMAIN])).domains
    expect(before?.next).toBe(`mailmove copy ${DOMAIN}`)
    const anna = before?.mailboxes.find(({ mailbox }) => mailbox === ANNA)
    expect(anna?.exported).toMatchObject({ scripts: 3, installed: false })
    expect(before?.openActions.map(({ command }) => command)).not.toContain(`mailmove export ${DOMAIN}`)
    // Survey and export say the same; it counts once.
    await survey(opened.migration, [DOMAIN])
    const [again] = (await status(opened.migration, [DOMAIN])).domains
    const ledger = await opened.migration.ledger('read')
    const rows = (await ledger.findings.list(DOMAIN)).filter(({ code }) => code === 'script-loses')
    expect([rows.length, before?.counts.yellow]).toEqual([2, again?.counts.yellow])
  })

  it('lets only one run work on a domain', async () => {
    const ledger = await opened.migration.ledger('write')
    await using lock = await ledger.lockDomain(DOMAIN, { command: 'another one' })
    await expect(exportDomains(opened.migration, [DOMAIN])).rejects.toBeInstanceOf(DomainLockedError)
    expect(lock.holder.domain).toBe(DOMAIN)
    const report = await exportDomains(opened.migration, [DOMAIN], { dryRun: true })
    expect(report.ok).toBe(true)
  })

  it('ends when it is interrupted, and says so', async () => {
    const controller = new AbortController()
    await using interrupted = await openMigration(opened.config, {
      onEvent: (event) => {
        if (event.type === 'mailbox-started') controller.abort(new Error('Ctrl-C'))
      },
    })
    const options = { signal: controller.signal }
    await expect(exportDomains(interrupted, [DOMAIN], options)).rejects.toThrow('Ctrl-C')
    const [domain] = (await status(opened.migration, [DOMAIN])).domains
    expect(domain?.openActions[0]).toMatchObject({ command: `mailmove export ${DOMAIN}` })
    expect((await exportDomains(opened.migration, [DOMAIN])).ok).toBe(true)
  })
})

describe('servers that are away or say no', () => {
  const unreachable = { host: '127.0.0.1', port: 9, tls: 'none' } as const

  it('ends when the old one is away, and says what could be done', async () => {
    await using away = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({ ...config, old: { ...config.old, sieve: unreachable } }),
    })
    const [found] = (await survey(away.migration, [DOMAIN])).domains
    const unread = found?.findings.filter(({ code }) => code === 'filters-unread') ?? []
    // Said once, and no obstacle for anything else.
    expect(unread).toMatchObject([{ severity: 'yellow', message: expect.stringContaining('127.0.0.1:9') }])
    expect(found?.mailboxes.every(({ filters }) => filters === undefined)).toBe(true)
    const failure = exportDomains(away.migration, [DOMAIN])
    await expect(failure).rejects.toBeInstanceOf(ServerError)
    await expect(failure).rejects.toMatchObject({
      server: 'old.sieve',
      hint: expect.stringContaining('old.sieveFiles'),
    })
  })

  it('exports all the same when mailcow is away, names it once, and is complete the next time', async () => {
    await using away = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({ ...config, new: { ...config.new, sieve: unreachable } }),
    })
    const report = await exportDomains(away.migration, [DOMAIN])
    expect(report).toMatchObject({ ok: false, domains: [{ outcome: 'partial' }] })
    expect(of(report, ANNA)).toMatchObject({ outcome: 'failed', failure: { code: 'new-sieve-unreachable' } })
    expect(script(report, ANNA, 'main').verdict).toBe('unchecked')
    expect(of(report, CARLA).outcome).toBe('unchanged')
    expect((await exportDomains(opened.migration, [DOMAIN])).ok).toBe(true)
  })

  it('stops after two refused logins when a master password is wrong', async () => {
    const wrong = new Secret('${WRONG}', () => 'wrong-password')
    await using old = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({
        ...config,
        old: { ...config.old, master: { ...config.old.master, password: wrong } },
      }),
    })
    const refusals = async (): Promise<number> =>
      ((await bed.testbed.old.log()).match(/managesieve-login.*auth failed/g) ?? []).length
    const before = await refusals()
    const report = await exportDomains(old.migration, [DOMAIN])
    expect(report.domains[0]?.outcome).toBe('failed')
    expect(JSON.stringify(report)).not.toContain('wrong-password')
    expect((await refusals()) - before).toBeLessThanOrEqual(4)
    expect((await exportDomains(opened.migration, [DOMAIN])).ok).toBe(true)
  })
})

describe('access by app password', () => {
  it('makes one for ManageSieve only while it is needed, and leaves nothing behind', async () => {
    const domain = 'app.example'
    await onOld(`anna@${domain}`, async (client) => {
      await client.putScript('main', 'keep;\n')
      await client.setActive('main')
    })
    await using app = await bed.migration({
      change: (config) => ({
        ...changed(domain, { filters: 'install' })(config),
        new: { ...config.new, access: 'appPassword' },
      }),
    })
    await survey(app.migration, [domain])
    await provision(app.migration, [domain])
    const { mailcow } = bed.testbed.new
    const from = mailcow.requests.length
    const dry = await exportDomains(app.migration, [domain], { dryRun: true })
    expect([dry.ok, writesSince(bed.testbed, from)]).toEqual([true, []])
    const report = await exportDomains(app.migration, [domain])
    expect(report).toMatchObject({ ok: true, totals: { installed: 1 } })
    expect(writesSince(bed.testbed, from)).toEqual(['add/app-passwd', 'delete/app-passwd'])
    const added = mailcow.requests.slice(from).find((call) => call.path === 'add/app-passwd')
    expect(added?.body).toMatchObject({
      app_name: 'mailmove: brings your mail filters along (removed afterwards)',
      protocols: ['sieve_access'],
    })
    expect(mailcow.state.appPasswords).toEqual([])
    const ledger = await app.migration.ledger('write')
    expect(await ledger.appPasswords.outstanding()).toEqual([])
    // What was recorded and never made, or left for another use, is no obstacle.
    const key = await app.migration.key()
    const left = { domain, mailbox: `anna@${domain}`, name: 'mailmove: something else', password: 'x' }
    await ledger.appPasswords.intend(key, left)
    expect(await exportDomains(app.migration, [domain])).toMatchObject({ ok: true })
    expect(await copy(app.migration, [domain])).toMatchObject({ ok: true })
    expect(await ledger.appPasswords.outstanding()).toEqual([])
  })
})

describe('old.sieveFiles', () => {
  it("shows what ManageSieve hides, and takes the server's own scripts along", async () => {
    const { mailDirectory } = bed.testbed.old
    await writeFile(path.join(homeDirectory(bed.testbed.old, CARLA), '.dovecot.sieve'), 'discard;\n')
    const own = path.join(bed.testbed.dir, 'own-scripts')
    await mkdir(own)
    await writeFile(path.join(own, 'Before all.sieve'), 'keep;\n')
    const sieveFiles = {
      home: `${mailDirectory}/%d/%n`,
      directory: 'sieve',
      active: '.dovecot.sieve',
      global: [own],
    }
    await using files = await bed.migration({
      workDir: opened.workDir,
      change: (config) => ({
        ...config,
        old: { ...config.old, sieveFiles, sieve: { host: '127.0.0.1', port: 9, tls: 'none' } },
      }),
    })
    const report = await exportDomains(files.migration, [DOMAIN])
    expect(report).toMatchObject({ ok: true, source: 'files' })
    expect(script(report, CARLA, 'dovecot')).toMatchObject({
      active: true,
      listed: false,
      verdict: 'accepted',
    })
    expect(report.domains[0]?.findings.map(({ code }) => code)).toContain('script-unlisted')
    expect(script(report, ANNA, 'main')).toMatchObject({ active: true, listed: true, state: 'present' })
    expect(of(report, ANNA).outcome).toBe('unchanged')
    expect(report.globalScripts).toHaveLength(1)
    expect(await readFile(report.globalScripts[0] ?? '', 'utf8')).toBe('keep;\n')
    expect(path.basename(report.globalScripts[0] ?? '')).toBe('^before all.sieve')
  })

  it('takes a missing home for what it is: nobody there yet, or the wrong place', async () => {
    const domain = 'second.example'
    const sieveFiles = { home: '/nowhere/%d/%n', directory: 'sieve', active: '.dovecot.sieve', global: [] }
    await using files = await bed.migration({
      change: (config) => ({ ...config, old: { ...config.old, sieveFiles } }),
    })
    await survey(files.migration, [domain])
    const report = await exportDomains(files.migration, [domain])
    // Both mailboxes are empty.
    expect(report.ok).toBe(true)
    expect(of(report, `anna@${domain}`).filters?.warnings.join(' ')).toContain('/nowhere/second.example/anna')
  })
})
