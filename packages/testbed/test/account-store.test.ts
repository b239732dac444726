import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dovecotAccountStore } from '../src/accounts/dovecot-account-store.ts'
import { deliver, startTestbed } from '../src/index.ts'
import type { AccountStore, Endpoint, MailboxAccount, Testbed } from '../src/index.ts'
import { RawImap } from './raw-imap.ts'

let bed: Testbed
let store: AccountStore
beforeAll(async () => {
  bed = await startTestbed({ only: ['mailcow'] })
  store = dovecotAccountStore(bed.new)
})
afterAll(() => bed?.stop())

const everything = { imap: true, pop3: true, smtp: true, sieve: true }

function account(address: string, more: Partial<MailboxAccount> = {}): MailboxAccount {
  return {
    address,
    passwordHash: '{PLAIN}main-Passw0rd',
    quotaBytes: 0,
    active: 1,
    access: everything,
    ...more,
  }
}

async function login(user: string, password: string, server: Endpoint = bed.new.imap): Promise<string> {
  await using imap = await RawImap.connect(server)
  return (await imap.command(`LOGIN "${user}" "${password.replaceAll(/[\\"]/g, String.raw`\$&`)}"`)).status
}

const asMaster = (address: string): Promise<string> =>
  login(`${address}*${bed.new.master.user}`, bed.new.master.password)

test('every form of a stored password that mailcow takes opens the mailbox, and the others do not', async () => {
  const acceptance: {
    results: readonly { scheme?: string; hash?: string; plainPasswordAccepted?: boolean }[]
  } = JSON.parse(
    readFileSync(
      new URL('../data/mailcow-recordings/password-hash-acceptance.json', import.meta.url),
      'utf8',
    ),
  )
  const opened: Record<string, boolean> = {}
  const wanted: Record<string, boolean> = {}
  for (const { scheme, hash, plainPasswordAccepted } of acceptance.results) {
    // Dovecot knows two schemes that mailcow's own check does not: the double never stores those.
    if (scheme === undefined || hash === undefined || plainPasswordAccepted !== true) continue
    await store.setMailbox(account('hash@api.test', { passwordHash: hash }))
    wanted[scheme] = true
    opened[scheme] = (await login('hash@api.test', 'Old-Pass-9')) === 'OK'
  }
  expect(Object.keys(wanted)).toHaveLength(18)
  expect(opened).toEqual(wanted)
})

test('app passwords log in beside the password, for their protocols, until they are gone', async () => {
  const address = 'apps@api.test'
  await store.setMailbox(account(address, { access: { ...everything, pop3: false } }))
  const app = (id: number, access = everything) => ({
    id,
    name: `app ${id}`,
    passwordHash: `{PLAIN}app-${id}`,
    access,
  })
  await store.setAppPasswords(address, [app(1), app(2, { ...everything, imap: false })])
  expect(await login(address, 'main-Passw0rd')).toBe('OK')
  expect(await login(address, 'app-1')).toBe('OK')
  expect(await login(address, 'app-2')).toBe('NO')
  await store.setMailbox(account(address, { access: { ...everything, imap: false } }))
  expect([await login(address, 'main-Passw0rd'), await login(address, 'app-1')]).toEqual(['NO', 'OK'])
  expect(await asMaster(address)).toBe('OK')
  await store.setAppPasswords(address, [])
  expect(await login(address, 'app-1')).toBe('NO')
})

test('active 2 leaves the master user in, active 0 nobody', async () => {
  const address = 'state@api.test'
  const states: string[][] = []
  for (const active of [1, 2, 0] as const) {
    await store.setMailbox(account(address, { active }))
    states.push([await login(address, 'main-Passw0rd'), await asMaster(address)])
  }
  expect(states).toEqual([
    ['OK', 'OK'],
    ['NO', 'OK'],
    ['NO', 'EOF'],
  ])
})

const mail = (subject: string, more = ''): string =>
  `From: a@outside.example\r\nMessage-ID: <${subject}.${Math.random()}@outside.example>\r\nSubject: ${subject}\r\n${more}\r\ntext\r\n`

/** The subjects in each folder. */
async function contents(address: string): Promise<Record<string, string[]>> {
  const out = await bed.new.doveadm('-f', 'tab', 'fetch', '-u', address, 'mailbox hdr.subject', 'all')
  const found: Record<string, string[]> = {}
  for (const line of out.trim().split('\n').slice(1)) {
    const [folder = '', subject = ''] = line.split('\t')
    found[folder] = [...(found[folder] ?? []), subject].toSorted()
  }
  return found
}

function filing(folder: string, word: string): string {
  return `require ["fileinto", "mailbox"]; if header :contains "subject" "${word}" { fileinto :create "${folder}"; stop; }`
}

test('filters run at delivery, around the user’s own script, and redirects reach the sink', async () => {
  const address = 'sieve@api.test'
  await store.setMailbox(account(address))
  await store.setFilters(address, { prefilter: filing('Pre', 'pre'), postfilter: filing('Post', 'post') })
  await bed.run('doveadm', ['-c', bed.new.dovecotConfig, 'sieve', 'put', '-u', address, '-a', 'own'], {
    input: filing('Own', 'own'),
  })
  expect(await store.activeUserScript(address)).toBe(filing('Own', 'own'))
  for (const subject of ['pre', 'pre-own', 'own', 'own-post', 'post', 'plain'])
    await deliver(bed.new.lmtp, { to: address, raw: mail(subject) })
  await deliver(bed.new.lmtp, { to: address, raw: mail('spam', 'X-Spam-Flag: YES\r\n') })
  await deliver(bed.new.lmtp, {
    to: address.replace('@', '+shop@'),
    raw: mail('tagged', 'X-Moo-Tag: YES\r\n'),
  })
  expect(await contents(address)).toEqual({
    INBOX: ['plain'],
    'INBOX/Shop': ['tagged'],
    Junk: ['spam'],
    Own: ['own', 'own-post'],
    Post: ['post'],
    Pre: ['pre', 'pre-own'],
  })
  // Replaced within the same second, and already compiled once: the new text counts.
  await store.setFilters(address, { prefilter: 'require ["copy"]; redirect :copy "copy@outside.example";' })
  await deliver(bed.new.lmtp, { to: address, raw: mail('forwarded') })
  const copy = await bed.sink.waitFor(({ to }) => to.includes('copy@outside.example'))
  expect(copy.from).toBe(address)
  expect(copy.raw.toString()).toContain('Subject: forwarded')
  expect((await contents(address))['INBOX']).toEqual(['forwarded', 'plain'])
  await store.setFilters(address, { prefilter: 'redirect "only@outside.example";' })
  await deliver(bed.new.lmtp, { to: address, raw: mail('passed on') })
  await bed.sink.waitFor(({ to }) => to.includes('only@outside.example'))
  expect((await contents(address))['INBOX']).toEqual(['forwarded', 'plain'])
})

test('a filter that Dovecot refuses is skipped: the mail is in the inbox', async () => {
  const address = 'broken@api.test'
  await store.setMailbox(account(address))
  await store.setFilters(address, { prefilter: 'require ["spamtest"]; if spamtest :is "1" { discard; }' })
  await deliver(bed.new.lmtp, { to: address, raw: mail('kept') })
  expect(await contents(address)).toEqual({ INBOX: ['kept'] })
})

test('what is used is known at once, and goes with the mailbox', async () => {
  const address = 'usage@api.test'
  await store.setMailbox(account(address))
  expect(await store.usage(address)).toEqual({ bytes: 0, messages: 0 })
  await using imap = await RawImap.login(bed.new.imap, address, 'main-Passw0rd')
  for (const folder of ['INBOX', 'Trash'])
    await imap.command(`APPEND ${folder}`, Buffer.from(`Subject: x\n\n${'x'.repeat(988)}`))
  expect(await store.usage(address)).toEqual({ bytes: 2000, messages: 2 })
  await store.removeMailbox(address)
  expect([await login(address, 'main-Passw0rd'), await asMaster(address)]).toEqual(['NO', 'EOF'])
  await store.setMailbox(account(address))
  expect(await store.usage(address)).toEqual({ bytes: 0, messages: 0 })
  expect(await login(address, 'main-Passw0rd')).toBe('OK')
})

test('a renamed mailbox takes its mail along', async () => {
  await store.setMailbox(account('before@api.test'))
  await deliver(bed.new.lmtp, { to: 'before@api.test', raw: mail('moves') })
  await store.renameMailbox('before@api.test', 'after@elsewhere.test')
  expect(await contents('after@elsewhere.test')).toEqual({ INBOX: ['moves'] })
  expect(await login('before@api.test', 'main-Passw0rd')).toBe('NO')
  expect(await login('after@elsewhere.test', 'main-Passw0rd')).toBe('OK')
})

test('an address cannot lead out of the folders of the bed', async () => {
  await expect(store.setMailbox(account('../../x@api.test'))).rejects.toThrow('no address')
  await expect(store.removeMailbox('a@../..')).rejects.toThrow('no address')
})
