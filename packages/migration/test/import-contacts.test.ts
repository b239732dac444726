import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Config,
  domainConfig,
  exportDomains,
  type ExportMailbox,
  type ExportReport,
  provision,
  Secret,
  status,
  survey,
} from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed, writesSince } from './support/bed.ts'

// A real SOGo behind the double, which checks passwords as mailcow's web server does.
const data = path.join(import.meta.dirname, '../../sieve-export/test/data/roundcube')
/** The personal book, six groups of nine members, collected recipients and trusted senders. */
const CARDS = 27

let bed: Bed
let count = 0
let domain = ''
let anna = ''
let file = ''
let opened: OpenedMigration

beforeAll(async () => {
  const names = Array.from({ length: 16 }, (_, index) => `contacts${index}.example`)
  bed = await startBed({
    domains: names.map((name) => ({
      domain: name,
      mailboxes: ['anna', 'leer'].map((local) => ({
        address: `${local}@${name}`,
        quotaBytes: 50 * 1024 * 1024,
      })),
    })),
  })
  await bed.testbed.sogo()
}, 60_000)
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(async () => {
  domain = `contacts${count}.example`
  count += 1
  anna = `anna@${domain}`
  file = path.join(bed.testbed.dir, `${domain}.sqlite`)
  await copyFile(path.join(data, 'roundcube-1.6.sqlite'), file)
  inRoundcube("delete from contacts where vcard like '%bulk.example%'")
  inRoundcube(`update users set username = '${anna}' where username = 'anna@example.org'`)
  opened = await bed.migration({ change: importing() })
  await survey(opened.migration, [domain])
  await provision(opened.migration, [domain])
})

afterEach(() => opened[Symbol.asyncDispose]())

function inRoundcube(statement: string): void {
  const db = new DatabaseSync(file)
  db.exec(statement)
  db.close()
}

function importing(more: Partial<ReturnType<typeof domainConfig>> = {}) {
  return (config: Config): Config => {
    const url = `sqlite:${file}`
    return {
      ...config,
      old: { ...config.old, addressBooks: { kind: 'roundcube', url: new Secret('URL', () => url) } },
      domains: new Map([[domain, { ...domainConfig(config, domain), importContacts: true, ...more }]]),
    }
  }
}

const mailboxIn = (report: ExportReport, address = anna): ExportMailbox | undefined =>
  report.domains[0]?.mailboxes.find(({ mailbox }) => mailbox === address)

async function run(from: OpenedMigration = opened, dryRun = false): Promise<ExportMailbox> {
  const found = mailboxIn(await exportDomains(from.migration, [domain], { dryRun }))
  if (found === undefined) throw new Error('the mailbox is not in the report')
  return found
}

const imported = async (from?: OpenedMigration) => (await run(from)).addressBooks?.import

/** What reached SOGo for anna, but for looking. */
function davWrites(from = 0): readonly string[] {
  return bed.testbed.new.mailcow.davRequests
    .slice(from)
    .filter(({ user, method }) => user === anna && !['PROPFIND', 'GET'].includes(method))
    .map(({ method }) => method)
}

const davCount = (): number => bed.testbed.new.mailcow.davRequests.length

/** As the user, with a password of his own. */
async function asAnna(method: string, name: string, body?: string): Promise<Response> {
  const { mailcow } = bed.testbed.new
  const { url } = mailcow
  await mailcow.userChangesPassword(anna, 'Annas-0wn-word')
  const authorization = `Basic ${Buffer.from(`${anna}:Annas-0wn-word`).toString('base64')}`
  return fetch(`${url}/SOGo/dav/${encodeURIComponent(anna)}/Contacts/${name}`, {
    method,
    headers: { authorization, depth: '1', ...(body === undefined ? {} : { 'content-type': 'text/vcard' }) },
    ...(body === undefined ? {} : { body }),
  })
}

async function cardsThere(): Promise<ReadonlyMap<string, string>> {
  const listed = await (await asAnna('PROPFIND', 'personal/')).text()
  const names = new Set([...listed.matchAll(/([\da-f-]{36}\.vcf)</g)].map(([, name = '']) => name))
  const cards = new Map<string, string>()
  for (const name of names) cards.set(name, await (await asAnna('GET', `personal/${name}`)).text())
  return cards
}

function named(cards: ReadonlyMap<string, string>, name: string): readonly [string, string] {
  const found = [...cards].find(([, card]) => card.includes(`FN:${name}`))
  if (found === undefined) throw new Error(`${name} is not there`)
  return found
}

async function writes(): Promise<readonly string[]> {
  const ledger = await opened.migration.ledger('write')
  return (await ledger.writes.list(domain))
    .filter(({ system }) => system === 'new-carddav')
    .map(({ operation, item, result }) => `${operation} ${item} ${result?.outcome ?? 'open'}`)
}

const appPasswordsOnMailcow = (): number =>
  bed.testbed.new.mailcow.state.appPasswords.filter(({ mailbox }) => mailbox === anna).length

describe('importContacts', () => {
  it('puts them into SOGo by an app password that is gone afterwards, and nothing twice', async () => {
    const from = bed.testbed.new.mailcow.requests.length
    const found = await run()
    expect(found).toMatchObject({
      outcome: 'done',
      addressBooks: { import: { outcome: 'imported', message: `${CARDS} cards put into SOGo.` } },
    })
    expect(found.addressBooks?.import?.books.map(({ name, written }) => [name, written])).toEqual([
      ['Persönliches Adressbuch', 15],
      ['Familie', 2],
      ['Verein Süd, e.V.', 3],
      ['Emoji 🎄; Gruppe', 1],
      ['Obst', 1],
      ['Politik', 1],
      ['Land', 1],
      ['Gesammelte Empfänger', 2],
      ['Vertrauenswürdige Absender', 1],
    ])
    expect(writesSince(bed.testbed, from)).toEqual(['add/app-passwd', 'delete/app-passwd'])
    const call = bed.testbed.new.mailcow.requests
      .slice(from)
      .find(({ path: route }) => route === 'add/app-passwd')
    expect(call?.body).toMatchObject({ username: anna, protocols: ['dav_access'] })
    expect([appPasswordsOnMailcow(), await writes()]).toEqual([0, [`addressBooks.import ${anna} done`]])
    const cards = await cardsThere()
    expect(cards.size).toBe(15)
    expect(named(cards, 'Emoji 😀 Grüße')[1]).toContain('N:😀 Grüße;Emoji')
    const [standing] = (await status(opened.migration, [domain])).domains
    const [known] = standing?.mailboxes ?? []
    expect(known?.exported).toMatchObject({ contacts: 18, imported: true })

    // Nothing twice: SOGo is not even asked, and mailcow for no app password.
    const [before, davBefore] = [bed.testbed.new.mailcow.requests.length, davCount()]
    expect(await imported()).toEqual({
      outcome: 'unchanged',
      message: `${CARDS} cards were put into SOGo before; nothing is new.`,
      books: [],
    })
    expect([writesSince(bed.testbed, before), davCount() - davBefore]).toEqual([[], 0])
  })

  it('does so only where it is asked for', async () => {
    const mailboxes = new Map([[anna, { skip: false, importContacts: false }]])
    for (const settings of [{ importContacts: false }, { mailboxes }]) {
      await using other = await bed.migration({ workDir: opened.workDir, change: importing(settings) })
      const found = await run(other)
      expect(found.addressBooks?.books[0]?.contacts).toBe(15)
      expect(found.addressBooks?.import).toBeUndefined()
    }
    expect(davWrites()).toEqual([])
    // And for a single mailbox of a domain that does not.
    await using single = await bed.migration({
      workDir: opened.workDir,
      change: importing({
        importContacts: false,
        mailboxes: new Map([[anna, { skip: false, importContacts: true }]]),
      }),
    })
    expect(await imported(single)).toMatchObject({ outcome: 'imported' })
  })

  it('plans in a dry run: nothing is written, neither there nor here', async () => {
    const from = bed.testbed.new.mailcow.requests.length
    const found = await run(opened, true)
    expect(found).toMatchObject({
      outcome: 'planned',
      addressBooks: { import: { outcome: 'planned', message: `${CARDS} cards would be put into SOGo.` } },
    })
    expect([writesSince(bed.testbed, from), davWrites(), await writes()]).toEqual([[], [], []])
    await run()
    inRoundcube(
      "update contacts set vcard = replace(vcard, 'FN:Petra', 'FN:Petra-') where name like 'Petra%'",
    )
    expect((await run(opened, true)).addressBooks?.import?.message).toBe('1 card would be put into SOGo.')
  })

  it('follows the old server, and gives the user the last word', async () => {
    await run()
    const cards = await cardsThere()
    const [changed, card] = named(cards, 'Doppelt Eins')
    await asAnna('PUT', `personal/${changed}`, card.replace('FN:Doppelt Eins', 'FN:Von mir'))
    const [deleted] = named(cards, 'Doppelt Zwei')
    await asAnna('DELETE', `personal/${deleted}`)
    inRoundcube(
      "update contacts set vcard = replace(vcard, 'END:VCARD', 'NOTE:neu' || char(13) || char(10) || 'END:VCARD') where email in ('dup@example.com', 'petra@example.com')",
    )
    const report = await exportDomains(opened.migration, [domain])
    expect(mailboxIn(report)?.addressBooks?.import).toMatchObject({
      outcome: 'imported',
      // One of them is in a group, too.
      message: '2 cards put into SOGo, 23 cards there already, 2 cards left as the user has them.',
    })
    expect(report.domains[0]?.findings).toMatchObject([
      {
        code: 'contacts-left-alone',
        severity: 'info',
        item: anna,
        message: expect.stringContaining('Doppelt Eins (Persönliches Adressbuch)'),
      },
    ])
    const after = await cardsThere()
    expect(after.get(changed)).toContain('FN:Von mir')
    expect(after.get(changed)).not.toContain('NOTE:neu')
    expect(after.has(deleted)).toBe(false)
    expect(named(after, 'Petra Photo')[1]).toContain('NOTE:neu')
  })

  it('waits for a mailbox that is not on mailcow yet, and status says so', async () => {
    await using early = await bed.migration({ change: importing() })
    await survey(early.migration, [domain])
    const from = davCount()
    expect(await imported(early)).toMatchObject({ outcome: 'waiting' })
    expect(davCount()).toBe(from)
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
    const waiting = 'The contacts of 1 mailboxes are exported, but not in SOGo yet (importContacts).'
    expect(await toDo()).toContain(waiting)
    expect(await imported(early)).toMatchObject({ outcome: 'imported' })
    expect(await toDo()).not.toContain(waiting)
  })

  it('puts them into a mailbox that was made anew, although it had put them into the one before', async () => {
    await run()
    for (const name of (await cardsThere()).keys()) await asAnna('DELETE', `personal/${name}`)
    const ledger = await opened.migration.ledger('write')
    const mailbox = { kind: 'mailbox', key: anna } as const
    for (const change of [{ removes: mailbox }, { creates: mailbox }] as const) {
      const write = await ledger.writes.recordIntent({
        domain,
        system: 'mailcow',
        operation: 'x',
        item: anna,
        ...change,
      })
      await ledger.writes.recordOutcome(write, { outcome: 'done' })
    }
    expect(await imported()).toMatchObject({ outcome: 'imported' })
    expect((await cardsThere()).size).toBe(15)
  })

  it('has nothing to put where there are no contacts', async () => {
    const report = await exportDomains(opened.migration, [domain])
    expect(mailboxIn(report, `leer@${domain}`)?.addressBooks).toBeUndefined()
    inRoundcube('delete from contacts')
    inRoundcube('delete from collected_addresses')
    expect(await imported()).toMatchObject({ outcome: 'none', message: 'There are no contacts.' })
  })
})

describe('what goes wrong', () => {
  it('SOGo that is away: the files are written, the mailbox says why, and the next run makes up for it', async () => {
    const fault = bed.testbed.new.mailcow.fail({ kind: 'html502', route: /^dav\//, times: 100 })
    try {
      const report = await exportDomains(opened.migration, [domain])
      expect(mailboxIn(report)).toMatchObject({
        outcome: 'failed',
        failure: { code: 'contacts-busy', message: expect.stringContaining('502') },
        addressBooks: { books: [{ contacts: 15 }, {}, {}], import: { outcome: 'failed' } },
      })
      expect([report.ok, appPasswordsOnMailcow()]).toEqual([false, 0])
    } finally {
      fault.release()
    }
    expect(await imported()).toMatchObject({ outcome: 'imported' })
    expect((await status(opened.migration, [domain])).domains[0]?.openActions).toEqual([])
  }, 30_000)

  it('a mailbox that may not log in: named, and no login is repeated', async () => {
    const { state } = bed.testbed.new.mailcow
    const row = state.mailboxes.find(({ username }) => username === anna)
    if (row === undefined) throw new Error('anna is not on mailcow')
    row.active = 0
    const from = davCount()
    expect(await run()).toMatchObject({
      outcome: 'failed',
      failure: { code: 'contacts-login', remedy: expect.stringContaining('active on mailcow') },
    })
    expect([davCount() - from, appPasswordsOnMailcow()]).toEqual([1, 0])
    row.active = 1
  })

  it('a card that SOGo does not take: a finding names it, the others are there', async () => {
    const fault = bed.testbed.new.mailcow.fail({ kind: 'html500', route: 'dav/PUT' })
    const report = await exportDomains(opened.migration, [domain])
    fault.release()
    expect(mailboxIn(report)?.addressBooks?.import?.message).toBe(
      `${CARDS - 1} cards put into SOGo, 1 card not taken by SOGo.`,
    )
    expect(report.domains[0]?.findings).toMatchObject([
      { code: 'contacts-refused', severity: 'yellow', item: anna },
    ])
    // What was refused is tried again.
    expect((await imported())?.message).toBe(`1 card put into SOGo, ${CARDS - 1} cards there already.`)
  })
})

describe('a run that is killed', () => {
  it.each([
    ['before the first card is answered', 'dav/PUT', 0],
    ['in the middle of a book', 'dav/PUT', 5],
    ['while a book is made', 'dav/MKCOL', 1],
    ['while the app password is made', 'add/app-passwd', 0],
    ['while the app password is removed', 'delete/app-passwd', 0],
  ] as const)(
    '%s: the next one ends with every card once, and no app password',
    async (_when, route, after) => {
      const { mailcow } = bed.testbed.new
      if (after > 0) mailcow.fail({ kind: 'slow', route, times: after, delayMs: 0 })
      const held = mailcow.fail({ kind: 'slow', route })
      const script = fileURLToPath(new URL('./support/import-child.ts', import.meta.url))
      const args = [bed.testbed.config ?? '', opened.workDir, opened.config.secrets.key.file, domain, file]
      const flags = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning']
      const child = spawn(process.execPath, [...flags, script, ...args], {
        env: { PATH: process.env['PATH'], ...bed.testbed.env },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let said = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
      const ended = once(child, 'close')
      await expect
        .poll(() => held.remaining === 0 || child.exitCode !== null, { timeout: 30_000, interval: 10 })
        .toBe(true)
      expect([child.exitCode, said]).toEqual([null, ''])
      child.kill('SIGKILL')
      await ended
      // What the server had received already happens after all, behind the back of the next run.
      held.release()
      expect(await imported()).toMatchObject({ outcome: expect.stringMatching(/^(imported|unchanged)$/) })
      expect((await cardsThere()).size).toBe(15)
      const ledger = await opened.migration.ledger('write')
      expect(await ledger.importedCards.count(anna)).toBe(CARDS)
      expect([appPasswordsOnMailcow(), await ledger.appPasswords.outstanding(domain)]).toEqual([0, []])
      expect((await status(opened.migration, [domain])).domains[0]?.openActions).toEqual([])
      const davBefore = davCount()
      expect(await imported()).toMatchObject({ outcome: 'unchanged' })
      expect(davCount()).toBe(davBefore)
    },
    60_000,
  )
})
