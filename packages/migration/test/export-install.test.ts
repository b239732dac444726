import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { connectManageSieve, type ManageSieveClient, masterLogin } from '@iteg/sieve-export'
import { deliver, homeDirectory } from '@iteg/testbed'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Config,
  domainConfig,
  exportDomains,
  type FilterInstall,
  provision,
  status,
  survey,
} from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed } from './support/bed.ts'
import { startSieveRelay } from './support/sieve-relay.ts'

const NAME = 'mailmove-import'
const oldScript =
  'require ["fileinto"];\nif header :contains "subject" "Rechnung" { fileinto "INBOX.Kunden"; }\n'
const newScript = oldScript.replace('INBOX.Kunden', 'Kunden')

let bed: Bed
let count = 0
let domain = ''
let anna = ''
let opened: OpenedMigration

// Each test has a domain of its own, provisioned, with one mailbox whose active script is `main`.
beforeAll(async () => {
  const names = Array.from({ length: 16 }, (_, index) => `install${index}.example`)
  bed = await startBed({
    domains: names.map((name) => ({
      domain: name,
      mailboxes: [{ address: `anna@${name}`, quotaBytes: 50 * 1024 * 1024 }],
    })),
  })
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(async () => {
  domain = `install${count}.example`
  count += 1
  anna = `anna@${domain}`
  await bed.testbed.old.doveadm('mailbox', 'create', '-u', anna, 'INBOX.Kunden')
  await on('old', async (client) => {
    await client.putScript('main', oldScript)
    await client.setActive('main')
  })
  opened = await bed.migration({ change: installing() })
  await survey(opened.migration, [domain])
  await provision(opened.migration, [domain])
})

afterEach(() => opened[Symbol.asyncDispose]())

function installing(more: Partial<ReturnType<typeof domainConfig>> = {}) {
  return (config: Config): Config => ({
    ...config,
    domains: new Map([[domain, { ...domainConfig(config, domain), filters: 'install', ...more }]]),
  })
}

async function on<Value>(
  side: 'old' | 'new',
  work: (client: ManageSieveClient) => Promise<Value>,
): Promise<Value> {
  const { sieve, master } = bed.testbed[side]
  const login = masterLogin(anna, master)
  await using client = await connectManageSieve({ ...sieve, tls: 'none' }, login, { allowInsecure: true })
  return await work(client)
}

async function install(from: OpenedMigration = opened): Promise<FilterInstall> {
  const report = await exportDomains(from.migration, [domain])
  const found = report.domains[0]?.mailboxes[0]?.filters?.install
  if (found === undefined) throw new Error('nothing is said of installing')
  return found
}

const scriptsThere = (): Promise<Record<string, string>> =>
  on('new', async (client) => {
    const found: Record<string, string> = {}
    for (const { name, active } of await client.listScripts())
      found[active ? `${name} ACTIVE` : name] = Buffer.from(await client.getScript(name)).toString()
    return found
  })

async function writes(): Promise<readonly string[]> {
  const ledger = await opened.migration.ledger('write')
  const all = await ledger.writes.list(domain)
  return all
    .filter(({ system }) => system === 'new-sieve')
    .map(
      ({ operation, item, result }) =>
        `${operation} ${item.split('/')[1] ?? ''} ${result?.outcome ?? 'open'}`,
    )
    .toReversed()
}

describe('filters: install', () => {
  it('puts the rewritten script there, active, and mail is filed by it', async () => {
    expect(await install()).toEqual({
      outcome: 'installed',
      name: NAME,
      active: true,
      message: `It is on mailcow as "${NAME}". It is the active one there.`,
    })
    expect(await scriptsThere()).toEqual({ [`${NAME} ACTIVE`]: newScript })
    expect(await writes()).toEqual([`sieve.put ${NAME} done`, `sieve.activate ${NAME} done`])
    await bed.testbed.new.doveadm('mailbox', 'create', '-u', anna, 'Kunden')
    await deliver(bed.testbed.new.lmtp, { to: anna, raw: 'Subject: Rechnung 1\r\n\r\nx\r\n' })
    const filed = await bed.testbed.new.doveadm('mailbox', 'status', '-u', anna, 'messages', 'Kunden')
    expect(filed).toContain('messages=1')
    // Nothing twice.
    expect(await install()).toMatchObject({ outcome: 'unchanged', name: NAME, active: true })
    expect(await writes()).toHaveLength(2)
    const [found] = (await status(opened.migration, [domain])).domains
    expect(found?.mailboxes[0]?.exported).toMatchObject({ scripts: 1, installed: true })
    expect(found?.openActions).toEqual([])
  })

  it('does so only where it is asked for', async () => {
    await using other = await bed.migration({
      workDir: opened.workDir,
      change: installing({ filters: 'export' }),
    })
    const report = await exportDomains(other.migration, [domain])
    expect(report.domains[0]?.mailboxes[0]?.filters?.install).toBeUndefined()
    expect(await scriptsThere()).toEqual({})
  })

  it('plans in a dry run, and writes nothing', async () => {
    const report = await exportDomains(opened.migration, [domain], { dryRun: true })
    expect(report.domains[0]?.mailboxes[0]?.filters?.install).toMatchObject({
      outcome: 'planned',
      name: NAME,
    })
    expect([await scriptsThere(), await writes()]).toEqual([{}, []])
  })

  it('leaves it inactive when told so', async () => {
    await using inactive = await bed.migration({
      workDir: opened.workDir,
      change: installing({ activateFilters: false }),
    })
    expect(await install(inactive)).toMatchObject({ outcome: 'installed', active: false })
    expect(await scriptsThere()).toEqual({ [NAME]: newScript })
    // Told otherwise later, it becomes active.
    expect(await install()).toMatchObject({ outcome: 'updated', active: true })
  })

  it('never touches what the user made there: neither his scripts nor which one is active', async () => {
    await on('new', async (client) => {
      await client.putScript('sogo', 'keep;\n')
      await client.putScript(NAME, 'discard;\n')
      await client.setActive('sogo')
    })
    expect(await install()).toEqual({
      outcome: 'installed',
      name: `${NAME}-2`,
      active: false,
      message: `It is on mailcow as "${NAME}-2". It is not active: "sogo" is, and stays so.`,
    })
    const there = { 'sogo ACTIVE': 'keep;\n', [NAME]: 'discard;\n', [`${NAME}-2`]: newScript }
    expect(await scriptsThere()).toEqual(there)
    expect(await install()).toMatchObject({ outcome: 'unchanged', name: `${NAME}-2`, active: false })
    expect(await scriptsThere()).toEqual(there)
  })

  it('follows the old script as long as nobody changed ours', async () => {
    await install()
    const later = `${oldScript}# more\n`
    await on('old', (client) => client.putScript('main', later))
    expect(await install()).toMatchObject({ outcome: 'updated', active: true })
    expect(await scriptsThere()).toEqual({ [`${NAME} ACTIVE`]: `${newScript}# more\n` })
    await on('new', (client) => client.putScript(NAME, 'keep; # mine\n'))
    await on('old', (client) => client.putScript('main', oldScript))
    expect(await install()).toMatchObject({
      outcome: 'left',
      message: expect.stringContaining('changed there'),
    })
    expect(await scriptsThere()).toEqual({ [`${NAME} ACTIVE`]: 'keep; # mine\n' })
  })

  it('does not put back what was removed or switched off there', async () => {
    await install()
    await on('new', (client) => client.setActive(undefined))
    expect(await install()).toMatchObject({
      outcome: 'left',
      message: expect.stringContaining('switched off'),
    })
    await on('new', (client) => client.deleteScript(NAME))
    expect(await install()).toMatchObject({
      outcome: 'left',
      message: expect.stringContaining('removed there'),
    })
    expect(await scriptsThere()).toEqual({})
  })

  it('switches ours off when the user has switched off his on the old server', async () => {
    await install()
    await on('old', (client) => client.setActive(undefined))
    expect(await install()).toMatchObject({ outcome: 'updated', active: false })
    expect(await scriptsThere()).toEqual({ [NAME]: newScript })
    expect(await install()).toMatchObject({ outcome: 'none' })
    await on('old', (client) => client.setActive('main'))
    expect(await install()).toMatchObject({ outcome: 'updated', active: true })
  })

  it('takes included scripts along, under their names', async () => {
    await on('old', async (client) => {
      await client.putScript('list', oldScript)
      await client.putScript(
        'main',
        'require "include";\ninclude :personal "list";\ninclude :optional "none";\n',
      )
    })
    expect(await install()).toMatchObject({ outcome: 'installed', active: true })
    expect(Object.keys(await scriptsThere()).toSorted()).toEqual(['list', `${NAME} ACTIVE`])
    expect(await install()).toMatchObject({ outcome: 'unchanged' })
  })

  it('leaves a mailbox alone once it was handed over', async () => {
    const ledger = await opened.migration.ledger('write')
    await ledger.mailboxes.markAnnounced(anna)
    expect(await install()).toMatchObject({
      outcome: 'left',
      message: expect.stringContaining('handed over'),
    })
    expect(await scriptsThere()).toEqual({})
  })

  it('waits for a mailbox that is not there yet, and status says so', async () => {
    await using early = await bed.migration({ change: installing() })
    await survey(early.migration, [domain])
    expect(await install(early)).toMatchObject({ outcome: 'waiting' })
    const ledger = await early.migration.ledger('write')
    const write = await ledger.writes.recordIntent({
      domain,
      system: 'mailcow',
      operation: 'add-mailbox',
      item: anna,
      creates: { kind: 'mailbox', key: anna },
    })
    await ledger.writes.recordOutcome(write, { outcome: 'done' })
    const toDo = async (): Promise<readonly unknown[]> =>
      (await status(early.migration, [domain])).domains[0]?.openActions.map(({ message }) => message) ?? []
    const waiting = 'The filters of 1 mailboxes are exported, but not on mailcow yet (filters: install).'
    expect(await toDo()).toContain(waiting)
    expect(await install(early)).toMatchObject({ outcome: 'installed' })
    expect(await toDo()).not.toContain(waiting)
  })

  it('does not install what mailcow refuses', async () => {
    await writeFile(`${homeDirectory(bed.testbed.old, anna)}/sieve/main.sieve`, 'keep\n')
    expect(await install()).toMatchObject({
      outcome: 'none',
      message: expect.stringContaining('does not take'),
    })
    expect(await scriptsThere()).toEqual({})
  })
})

describe('a run that dies in the middle', () => {
  it.each(['PUTSCRIPT', 'SETACTIVE'])(
    'at %s, done but not answered: the next one finds it and does nothing twice',
    async (command) => {
      await using relay = await startSieveRelay(bed.testbed.new.sieve)
      const answered = relay.withholdAnswerTo(command)
      const script = fileURLToPath(new URL('./support/export-child.ts', import.meta.url))
      const args = [bed.testbed.config ?? '', opened.workDir, opened.config.secrets.key.file, domain]
      const flags = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning']
      const child = spawn(process.execPath, [...flags, script, ...args, String(relay.port)], {
        env: { PATH: process.env['PATH'], ...bed.testbed.env },
        stdio: 'ignore',
      })
      const ended = once(child, 'close')
      await answered
      child.kill('SIGKILL')
      await ended
      const [before] = (await status(opened.migration, [domain])).domains
      expect(before?.openActions.map((action) => action.command)).toContain(`mailmove export ${domain}`)
      expect(await install()).toMatchObject({ name: NAME, active: true })
      expect(await scriptsThere()).toEqual({ [`${NAME} ACTIVE`]: newScript })
      expect(await writes()).toEqual([`sieve.put ${NAME} done`, `sieve.activate ${NAME} done`])
      expect((await status(opened.migration, [domain])).domains[0]?.openActions).toEqual([])
    },
  )

  it('before the script was sent: the next one sends it', async () => {
    const ledger = await opened.migration.ledger('write')
    const item = `${anna}/${NAME}`
    await ledger.writes.recordIntent({
      domain,
      system: 'new-sieve',
      operation: 'sieve.put',
      item,
      payload: { source: 'main', sha256: 'never sent' },
      creates: { kind: 'sieve-script', key: item },
    })
    expect(await install()).toMatchObject({ outcome: 'installed', name: NAME, active: true })
    expect(await writes()).toEqual([
      `sieve.put ${NAME} failed`,
      `sieve.put ${NAME} done`,
      `sieve.activate ${NAME} done`,
    ])
  })
})
