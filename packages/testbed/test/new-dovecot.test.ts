import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awkwardMessages, startTestbed } from '../src/index.ts'
import type { NewMailbox, Testbed } from '../src/index.ts'
import { RawImap } from './raw-imap.ts'

/** What the real mailcow answered, by the name of the try; strings in JSON, or lists of them. */
const behaviours: readonly { readonly name: string; readonly cap?: string; readonly r?: unknown }[] =
  JSON.parse(readFileSync(new URL('../data/mailcow-recordings/imap-behaviour.json', import.meta.url), 'utf8'))
const sieveBehaviours: readonly { readonly name: string; readonly r?: unknown }[] = JSON.parse(
  readFileSync(new URL('../data/mailcow-recordings/sieve-behaviour.json', import.meta.url), 'utf8'),
)

function recorded(name: string): unknown {
  const found = behaviours.find((behaviour) => behaviour.name === name)
  if (found === undefined) throw new Error(`nothing was recorded as ${name}`)
  return found.r ?? found.cap
}

/** Every string in it, in order. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.flatMap((item) => strings(item)) : []
}

function extensions(greeting: readonly string[]): string[] {
  return greeting.filter((line) => line.startsWith('"SIEVE"'))
}

let bed: Testbed
let users = 0
beforeAll(async () => {
  bed = await startTestbed({ only: ['mailcow'] })
})
afterAll(() => bed?.stop())

async function newUser(quotaBytes = 0): Promise<NewMailbox & { readonly imap: RawImap }> {
  users += 1
  const user = await bed.addNewMailbox(`user${users}@imap.test`, { quotaBytes })
  return { ...user, imap: await RawImap.login(bed.new.imap, user.address, user.password) }
}

function list(untagged: readonly string[]): string[] {
  return untagged
    .filter((line) => /^(?:LIST|LSUB) /.test(line))
    .map((line) => line.slice(5))
    .toSorted()
}

const words = (text: string): string[] => text.split(' ').toSorted()

test('it offers what mailcow offers, before and after the login', async () => {
  await using before = await RawImap.connect(bed.new.imap)
  const early = await before.command('CAPABILITY')
  expect(words(early.untagged[0] ?? '')).toEqual(
    words(`CAPABILITY ${String(recorded('greeting and pre-login capability'))}`),
  )
  await using user = (await newUser()).imap
  const late = await user.command('CAPABILITY')
  expect(words(late.untagged[0] ?? '')).toEqual(
    words(`CAPABILITY ${String(recorded('post-login capability'))}`),
  )
})

test('a new mailbox has mailcow’s namespaces and folders', async () => {
  await using imap = (await newUser()).imap
  const [, namespace] = strings(recorded('namespace'))
  expect((await imap.command('NAMESPACE')).untagged).toEqual([`NAMESPACE ${namespace}`])
  for (const [command, name] of [
    ['LIST "" "*"', 'list on first login'],
    ['LSUB "" "*"', 'lsub on first login'],
    ['LIST (SPECIAL-USE) "" "*"', 'LIST (SPECIAL-USE)'],
  ] as const)
    expect(list((await imap.command(command)).untagged)).toEqual(strings(recorded(name)).toSorted())
})

test('CREATE takes and refuses the names that mailcow takes and refuses', async () => {
  await using imap = (await newUser()).imap
  const wanted: Record<string, unknown> = {}
  const got: Record<string, unknown> = {}
  for (const { name, r } of behaviours) {
    if (!/^CREATE .*[^)]$|\(\d+\)$/.test(name) || name === 'CREATE with USE') continue
    const folder = name
      .slice('CREATE '.length)
      .replace(/x+\((\d+)\)/, (_, length) => 'x'.repeat(Number(length)))
    const [status, text = ''] = strings(r)
    wanted[name] = [status, text.replace(/ \([\d. +]+secs\)\.$/, '')]
    const answer = await imap.command(`CREATE "${folder}"`)
    got[name] = [answer.status, answer.text]
  }
  expect(Object.keys(got)).toHaveLength(22)
  expect(got).toEqual(wanted)
  const folders = list((await imap.command('LIST "" "*"')).untagged)
  const long = 'x'.repeat(200)
  expect(folders).toEqual(
    strings(recorded('LIST after creates'))
      .map((line) => line.replace(/x{100,}$/, long))
      .toSorted(),
  )
})

test('a folder that was made by itself can be deleted, and is back', async () => {
  await using imap = (await newUser()).imap
  expect((await imap.command('DELETE INBOX')).text).toBe("INBOX can't be deleted")
  expect((await imap.command('DELETE Trash')).status).toBe('OK')
  expect(list((await imap.command('LIST "" "Trash"')).untagged)).toEqual([
    '(\\HasNoChildren \\Trash) "/" Trash',
  ])
})

test('a full mailbox refuses, Trash holds as much again, and the double sees what is used', async () => {
  const { imap, address } = await newUser(1024 * 1024)
  await using _ = imap
  const append = async (folder: string, kibibytes: number): Promise<string> => {
    // One line: line ends count less on disk than on the wire.
    const message = Buffer.from(`Subject: x\r\n\r\n${'x'.repeat(kibibytes * 1024)}`)
    const answer = await imap.command(`APPEND ${folder}`, message)
    return `${answer.status} ${answer.text.replace(/\[APPENDUID \d+ \d+\] /, '')}`
  }
  expect(await append('INBOX', 300)).toBe('OK Append completed')
  expect(await append('INBOX', 600)).toBe('OK Append completed')
  expect(await append('INBOX', 400)).toBe('NO [OVERQUOTA] Quota exceeded (mailbox for user is full)')
  expect(await append('Trash', 400)).toBe('OK Append completed')
  expect(await append('Trash', 700)).toBe('OK Append completed')
  const root = await imap.command('GETQUOTAROOT INBOX')
  expect(root.untagged).toEqual(['QUOTAROOT INBOX Userquota', 'QUOTA Userquota (STORAGE 2001 1024)'])
  expect(await bed.new.doveadm('-f', 'flow', 'quota', 'get', '-u', address)).toContain('Value=2001')
})

test('APPEND keeps every awkward message, but for line ends and NUL', async () => {
  await using imap = (await newUser()).imap
  await imap.command('CREATE odd')
  for (const { raw } of awkwardMessages()) expect((await imap.command('APPEND odd', raw)).status).toBe('OK')
  await imap.command('SELECT odd')
  const { untagged } = await imap.command('FETCH 1:* BODY.PEEK[]')
  const kept = untagged.map((line) => /BODY\[\] \{\d+\}\r\n(.*)\)$/s.exec(line)?.[1])
  const wanted = awkwardMessages().map(({ raw }) =>
    raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n').replaceAll('\0', '\u0080'),
  )
  expect(kept).toEqual(wanted)
})

test('APPEND refuses what mailcow refuses', async () => {
  await using imap = (await newUser()).imap
  const message = Buffer.from('Subject: x\r\n\r\nx\r\n')
  expect(await imap.command('APPEND INBOX', Buffer.alloc(0))).toMatchObject({
    status: 'NO',
    text: "Can't save a zero byte message",
  })
  expect((await imap.command('APPEND Nope', message)).text).toBe("[TRYCREATE] Mailbox doesn't exist: Nope")
})

test('who may log in: as on mailcow', async () => {
  const { address, password } = await newUser()
  const { user, password: masterPassword } = bed.new.master
  const login = async (name: string, secret: string): Promise<string> => {
    await using imap = await RawImap.connect(bed.new.imap)
    return (await imap.command(`LOGIN "${name}" "${secret}"`)).status
  }
  expect(await login(address.toUpperCase(), password)).toBe('OK')
  expect(await login(address.split('@')[0] ?? '', password)).toBe('NO')
  expect(await login(`${address}*${user}`, masterPassword)).toBe('OK')
  expect(await login(`${address}*migrator`, masterPassword)).toBe('NO')
  expect(await login(user, masterPassword)).toBe('NO')
  // Not a word, only the end of the connection.
  expect(await login(`nobody@imap.test*${user}`, masterPassword)).toBe('EOF')
  await bed.addNewMailbox(address, { active: 2 })
  expect([await login(address, password), await login(`${address}*${user}`, masterPassword)]).toEqual([
    'NO',
    'OK',
  ])
  await bed.addNewMailbox(address, { active: 0 })
  expect([await login(address, password), await login(`${address}*${user}`, masterPassword)]).toEqual([
    'NO',
    'EOF',
  ])
})

test('ManageSieve offers mailcow’s extensions', async () => {
  await using sieve = await RawImap.connect(bed.new.sieve)
  const greeting = [sieve.greeting]
  while (!greeting.at(-1)?.startsWith('OK')) greeting.push((await sieve.line()) ?? 'OK')
  const recordedGreeting = strings(sieveBehaviours.find(({ name }) => name === 'greeting')?.r)
  expect(extensions(greeting)).toEqual(extensions(recordedGreeting))
  expect(extensions(greeting)).toHaveLength(1)
})

test('mail can be kept compressed and encrypted, as mailcow keeps it', async () => {
  await using crypted = await startTestbed({ only: ['mailcow'], storage: 'as-mailcow' })
  const { address, password } = await crypted.addNewMailbox('secret@imap.test')
  await using imap = await RawImap.login(crypted.new.imap, address, password)
  const raw = Buffer.from(`Subject: hidden\r\n\r\n${'plain words\r\n'.repeat(2000)}`)
  expect((await imap.command('APPEND INBOX', raw)).status).toBe('OK')
  await imap.command('SELECT INBOX')
  const { untagged } = await imap.command('FETCH 1 BODY.PEEK[]')
  expect(untagged[0]).toContain(raw.toString())
  const grep = await crypted.run('grep', ['-rlF', 'plain words', crypted.new.mailDirectory])
  expect(grep).toMatchObject({ stdout: '', code: 1 })
  const found = await crypted.run('sh', [
    '-c',
    'head -c 7 "$1"/imap.test/secret/Maildir/*/*,S=*',
    'x',
    crypted.new.mailDirectory,
  ])
  expect(found.stdout).toBe('CRYPTED')
})
