import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type Endpoint, MessageHasher, readMailbox } from '@iteg/imap-sync'
import { awkwardMessages, deliver, fillMailbox } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archive, restore, survey, UsageError } from '../src/index.ts'
import { type Bed, type OpenedMigration, startBed } from './support/bed.ts'
import { messages } from './support/mail.ts'

const DOMAIN = 'archive.example'
const [ANNA, BOB, CARL, DORA] = [at('anna'), at('bob'), at('carl'), at('dora')]
const PASSWORD = 'a-password-of-the-test'
const HOSTILE = ['x~y', '%2e%2e', 'C:\\x "y"', '-rf *', 'Kunden.Huber & Söhne', '雪'.repeat(40)]

function at(name: string): string {
  return `${name}@${DOMAIN}`
}

let bed: Bed
let opened: OpenedMigration
let folder: string

beforeAll(async () => {
  bed = await startBed({
    domains: [{ domain: DOMAIN, mailboxes: [ANNA, BOB, CARL, DORA].map((address) => ({ address })) }],
  })
  const { old } = bed.testbed
  fillMailbox(
    old,
    ANNA,
    new Map([
      ['INBOX', awkwardMessages()],
      ['Gesendet', messages('same', 3)],
      ['Sent', messages('same', 2)],
      ['Leer', []],
      ...HOSTILE.map((name, index) => [name, messages(`in ${index}`, 2)] as const),
    ]),
    { subscriptions: ['Kunden.Huber & Söhne', 'x~y'] },
  )
  fillMailbox(old, BOB, new Map([['INBOX', messages('bob', 40, 300_000)]]))
  fillMailbox(old, CARL, new Map([['INBOX', messages('carl', 5)]]))
  fillMailbox(
    old,
    DORA,
    new Map([
      ['INBOX', messages('dora', 2)],
      ['~root', messages('root', 2)],
    ]),
  )
  opened = await bed.migration()
  await survey(opened.migration, [DOMAIN])
  folder = await mkdtemp(join(tmpdir(), 'mailmove-archive-'))
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const login = (user: string, password: string): Endpoint => ({
  server: { host: bed.testbed.new.imap.host, port: bed.testbed.new.imap.port, tls: 'none' },
  login: { user, password },
})

function oldLogin(address: string): Endpoint {
  const { imap, master } = opened.config.old
  return {
    server: imap,
    login: { user: `${address}${master.separator}${master.user}`, password: master.password.reveal() },
  }
}

/** Folder, content, flags and date of everything in a mailbox, as comparable lines without the folder's name unless it is asked for. */
async function contentsOf(endpoint: Endpoint, rename: (name: string) => string): Promise<readonly string[]> {
  await using reader = await readMailbox(endpoint)
  const lines: string[] = []
  for (const { wire, name, selectable } of reader.listing.folders) {
    if (!selectable) continue
    const { messages: found } = await reader.open(wire)
    for await (const one of found) {
      if (one.kind === 'unreadable') throw new Error(`unreadable: ${wire} ${one.uid}`)
      const hasher = new MessageHasher()
      for await (const chunk of one.chunks) hasher.update(chunk)
      const flags = one.flags.filter((flag) => flag !== '\\Recent').toSorted()
      lines.push([rename(name), hasher.digest(), flags.join(' '), one.date?.seconds].join(' | '))
    }
  }
  return lines.toSorted()
}

const ROLES: Readonly<Record<string, string>> = { Gesendet: 'Sent' }
/** As the copier names them on the new server. */
function onNew(name: string): string {
  const plain = name.replace(/^INBOX\./, '')
  return ROLES[plain] ?? plain
}

describe('archive', () => {
  it('says what it would do, and makes nothing', async () => {
    const report = await archive(opened.migration, [DOMAIN], { dryRun: true })
    expect(report.domains[0]?.mailboxes.map(({ outcome }) => outcome)).toEqual([
      'planned',
      'planned',
      'planned',
      'planned',
    ])
    expect(await readdir(opened.workDir)).not.toContain('archive')
  })

  it('goes on after kill -9: what is complete is not read again, what was cut off is begun anew', async () => {
    const script = fileURLToPath(new URL('./support/archive-child.ts', import.meta.url))
    const args = [bed.testbed.config ?? '', opened.workDir, opened.config.secrets.key.file, DOMAIN, BOB]
    const flags = ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning']
    const child = spawn(process.execPath, [...flags, script, ...args], {
      env: { PATH: process.env['PATH'], ...bed.testbed.env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [, signal]: unknown[] = await once(child, 'close')
    expect(signal).toBe('SIGKILL')
    const where = join(opened.workDir, 'archive', DOMAIN)
    expect(await readdir(where)).toEqual([`${ANNA}.json`, `${ANNA}.tar.gz`, `${BOB}.tar.gz.part`])
    const before = await stat(join(where, `${ANNA}.tar.gz`))
    const report = await archive(opened.migration, [DOMAIN])
    expect(report.ok).toBe(false)
    expect(report.domains[0]?.mailboxes).toMatchObject([
      { mailbox: ANNA, outcome: 'unchanged' },
      { mailbox: BOB, outcome: 'done', messages: 40 },
      { mailbox: CARL, outcome: 'done', messages: 5 },
      // The server lists a folder that it never opens: named, and no reason to leave the rest.
      {
        mailbox: DORA,
        outcome: 'partial',
        messages: 2,
        refusedFolders: expect.arrayContaining([expect.stringContaining('~root')]),
      },
    ])
    expect((await stat(join(where, `${ANNA}.tar.gz`))).ino).toBe(before.ino)
    expect((await readdir(where)).some((name) => name.endsWith('.part'))).toBe(false)
    for (const name of await readdir(where)) expect((await stat(join(where, name))).mode & 0o777).toBe(0o600)
    expect((await stat(where)).mode & 0o777).toBe(0o700)
  })

  it('begins again when told so, with what has come since', async () => {
    await deliver(bed.testbed.old.lmtp, { to: CARL, raw: 'Subject: late\r\n\r\nlate\r\n' })
    const report = await archive(opened.migration, [DOMAIN], { again: true, mailboxes: [CARL] })
    expect(report.domains[0]?.mailboxes).toMatchObject([{ mailbox: CARL, outcome: 'done', messages: 6 }])
  })

  it('unpacks with tar into a Maildir, with no name that leads out of it', async () => {
    const file = join(opened.workDir, 'archive', DOMAIN, `${ANNA}.tar.gz`)
    const child = spawn('tar', ['-xzf', file, '-C', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
    expect((await once(child, 'close'))[0]).toBe(0)
    expect((await readdir(folder)).toSorted()).toEqual(['Maildir', 'manifest', 'manifest.json'])
    const made = await readdir(join(folder, 'Maildir'))
    expect(made).toEqual(expect.arrayContaining(['cur', 'new', 'tmp']))
    expect(made.filter((name) => name.startsWith('.')).length).toBeGreaterThanOrEqual(HOSTILE.length + 3)
  })
})

const file = (address: string): string => join(opened.workDir, 'archive', DOMAIN, `${address}.tar.gz`)
const unpacked = async (bytes: Buffer, change: (tar: Buffer) => Buffer): Promise<Buffer> =>
  promisify(gzip)(change(await promisify(gunzip)(bytes)))

const damaged = async (
  name: string,
  change: (bytes: Buffer) => Promise<Buffer> | Buffer,
): Promise<string> => {
  const path = join(folder, name)
  await copyFile(file(CARL), path)
  await writeFile(path, await change(await readFile(path)))
  return path
}

describe('restore', () => {
  it('puts everything into an empty mailbox: folders, contents, flags, dates', async () => {
    await bed.testbed.addNewMailbox('other@elsewhere.example', { password: PASSWORD })
    const endpoint = login('other@elsewhere.example', PASSWORD)
    const target = { kind: 'other', address: 'other@elsewhere.example', endpoint } as const
    const first = await restore(opened.migration, file(ANNA), target)
    expect(first).toMatchObject({ ok: true, missing: 0, changed: 0, refusals: [] })
    expect(first.totals.restored).toBe(first.totals.messages)
    const names = new Map(first.folders.map(({ source, target: to }) => [source, to]))
    const before = await contentsOf(oldLogin(ANNA), (name) => names.get(name) ?? onNew(name))
    expect(await contentsOf(endpoint, (name) => name)).toEqual(before)
    expect(names.get('INBOX.Gesendet')).toBe('Sent')
    await using reader = await readMailbox(endpoint)
    const subscribed = reader.listing.folders.filter((one) => one.subscribed).map(({ name }) => name)
    expect(subscribed).toContain(names.get('INBOX.Kunden.Huber & Söhne'))
    expect(subscribed).not.toContain('Leer')
    expect(reader.listing.folders.map(({ name }) => name)).toContain('Leer')

    const again = await restore(opened.migration, file(ANNA), target)
    expect(again).toMatchObject({ ok: true, totals: { restored: 0, alreadyThere: first.totals.messages } })
    expect(await contentsOf(endpoint, (name) => name)).toEqual(before)
  })

  it('adds what is missing to a mailbox that is used, and leaves the rest', async () => {
    await bed.testbed.addNewMailbox(CARL, { password: PASSWORD })
    await deliver(bed.testbed.new.lmtp, { to: CARL, raw: 'Subject: own\r\n\r\nown\r\n' })
    const report = await restore(opened.migration, file(CARL), { kind: 'new', address: CARL })
    expect(report).toMatchObject({ ok: true, totals: { messages: 6, restored: 6 } })
    expect(await contentsOf(login(CARL, PASSWORD), (name) => name)).toHaveLength(7)
  })

  it('only looks with a dry run', async () => {
    const report = await restore(opened.migration, file(BOB), { kind: 'new', address: BOB }, { dryRun: true })
    expect(report).toMatchObject({ dryRun: true, totals: { messages: 40, restored: 0 } })
  })

  it.each<readonly [string, (bytes: Buffer) => Promise<Buffer> | Buffer]>([
    ['cut-off.tar.gz', (bytes) => bytes.subarray(0, bytes.length - 200)],
    ['empty.tar.gz', () => Buffer.alloc(0)],
    ['no-tar.tar.gz', () => promisify(gzip)('not a tar at all')],
    [
      'flipped.tar.gz',
      (bytes) => Buffer.concat([bytes.subarray(0, 300), Buffer.from([1, 2, 3]), bytes.subarray(303)]),
    ],
    [
      'changed-content.tar.gz',
      (bytes) =>
        unpacked(bytes, (tar) => {
          tar.write('Z', tar.indexOf('xxxxxxxx'))
          return tar
        }),
    ],
    [
      'changed-flags.tar.gz',
      (bytes) =>
        unpacked(bytes, (tar) => {
          tar.write('\\\\Draft', tar.indexOf('\\\\Seen"') - 0)
          return tar
        }),
    ],
    [
      'end-missing.tar.gz',
      (bytes) => unpacked(bytes, (tar) => tar.subarray(0, tar.indexOf('manifest.json'))),
    ],
    [
      'something-more.tar.gz',
      (bytes) =>
        unpacked(bytes, (tar) => {
          tar.write('Xaildir/', tar.indexOf('Maildir/cur/'))
          return tar
        }),
    ],
  ])('refuses %s, names it, and writes nothing', async (name, change) => {
    const path = await damaged(name, change)
    const target = { kind: 'new', address: CARL } as const
    const before = await contentsOf(login(CARL, PASSWORD), (one) => one)
    const error: unknown = await restore(opened.migration, path, target).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect(error).toMatchObject({ message: expect.stringContaining(name) })
    expect(await contentsOf(login(CARL, PASSWORD), (one) => one)).toEqual(before)
  })
})
