import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliver, startTestbed } from '../src/index.ts'
import type { Testbed } from '../src/index.ts'
import { mailbox, PASSWORD, send } from './mailcow-http.ts'
import { RawImap } from './raw-imap.ts'

/** What is written through the API is what the new Dovecot does, from the moment of the answer on. */

const address = 'anna@acme.test'
let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['mailcow'] })
  await write('add/domain', { domain: 'acme.test', defquota: 10, maxquota: 500, quota: 5000, mailboxes: 50 })
  await write('add/mailbox', mailbox(address))
})
afterAll(() => bed?.stop())

/** One write; it must succeed. */
async function write(path: string, body: unknown): Promise<void> {
  const { url, apiKey } = bed.new.mailcow
  const headers = { 'X-API-Key': apiKey, 'Content-Type': 'application/json' }
  const answer = await send(url, { method: 'POST', path: `/api/v1/${path}`, headers, body })
  expect(answer).toMatchObject({ status: 200, body: expect.any(Array) })
  expect(JSON.stringify(answer.body)).not.toContain('"danger"')
}

const edit = (attr: Record<string, unknown>): Promise<void> =>
  write('edit/mailbox', { items: [address], attr })

async function login(password: string, user = address): Promise<string> {
  await using imap = await RawImap.connect(bed.new.imap)
  return (await imap.command(`LOGIN "${user}" "${password}"`)).status
}

/** A login at ManageSieve (RFC 5804 §2.1). */
async function sieveLogin(password: string): Promise<string> {
  const initial = Buffer.from(`\0${address}\0${password}`).toString('base64')
  const socket = connect(bed.new.sieve)
  let text = ''
  let greetings = 0
  for await (const chunk of socket) {
    text += String(chunk)
    const answers = text.match(/^(?:OK|NO|BYE)/gm) ?? []
    const [, answer] = answers
    if (answer !== undefined) return answer
    if (answers.length > greetings) socket.write(`AUTHENTICATE "PLAIN" "${initial}"\r\n`)
    greetings = answers.length
  }
  return 'EOF'
}

const asMaster = (): Promise<string> => login(bed.new.master.password, `${address}*${bed.new.master.user}`)

const script = (folder: string): string => `require ["fileinto", "mailbox"]; fileinto :create "${folder}";`

async function messagesIn(folder: string): Promise<number> {
  const out = await bed.new.doveadm('-f', 'tab', 'fetch', '-u', address, 'uid', 'mailbox', folder)
  return out.trim().split('\n').length - 1
}

const now = async (): Promise<readonly string[]> => [await login(PASSWORD), await asMaster()]

test('passwords', async () => {
  expect([await login(PASSWORD), await login('New-secret-2')]).toEqual(['OK', 'NO'])
  await edit({ password: 'New-secret-2', password2: 'New-secret-2' })
  expect([await login(PASSWORD), await login('New-secret-2')]).toEqual(['NO', 'OK'])
  await edit({ password: PASSWORD, password2: PASSWORD })
  expect(await login(PASSWORD)).toBe('OK')
})

test('protocols and app passwords', async () => {
  await edit({ imap_access: 0 })
  const app = { username: address, app_name: 'phone', active: 1, app_passwd: 'App-secret-1' }
  await write('add/app-passwd', { ...app, app_passwd2: 'App-secret-1', protocols: ['imap_access'] })
  expect([await login(PASSWORD), await login('App-secret-1'), await asMaster()]).toEqual(['NO', 'OK', 'OK'])
  await edit({ imap_access: 1 })
  const { appPasswords } = bed.new.mailcow.state
  await write(
    'delete/app-passwd',
    appPasswords.map((entry) => entry.id),
  )
  expect([await login(PASSWORD), await login('App-secret-1')]).toEqual(['OK', 'NO'])
})

test('an app password opens its protocols and no others, as long as it is active', async () => {
  const password = 'App-secret-2'
  const app = { username: address, app_name: 'scripts', active: 1, app_passwd: password }
  const logins = async (): Promise<readonly string[]> => [await login(password), await sieveLogin(password)]
  await write('add/app-passwd', { ...app, app_passwd2: password, protocols: ['sieve_access'] })
  expect(await logins()).toEqual(['NO', 'OK'])
  const [{ id } = { id: 0 }] = bed.new.mailcow.state.appPasswords
  const change = (attr: Record<string, unknown>): Promise<void> =>
    write('edit/app-passwd', { items: [id], attr: { username: address, ...attr } })
  await change({ protocols: ['imap_access'] })
  expect(await logins()).toEqual(['OK', 'NO'])
  await change({ protocols: ['imap_access', 'sieve_access'], active: 0 })
  expect(await logins()).toEqual(['NO', 'NO'])
  await write('delete/app-passwd', [id])
  expect([await sieveLogin(PASSWORD), await login(PASSWORD)]).toEqual(['OK', 'OK'])
  await edit({ sieve_access: 0 })
  expect([await sieveLogin(PASSWORD), await login(PASSWORD)]).toEqual(['NO', 'OK'])
  await edit({ sieve_access: 1 })
})

test('active flags, of the mailbox and of its domain', async () => {
  await edit({ active: 2 })
  expect(await now()).toEqual(['NO', 'OK'])
  await edit({ active: 0 })
  expect(await now()).toEqual(['NO', 'EOF'])
  await edit({ active: 1 })
  await write('edit/domain', { items: ['acme.test'], attr: { active: 0 } })
  expect(await now()).toEqual(['NO', 'OK'])
  await write('edit/domain', { items: ['acme.test'], attr: { active: 1 } })
  expect(await now()).toEqual(['OK', 'OK'])
})

test('quotas', async () => {
  const append = async (): Promise<string> => {
    await using imap = await RawImap.login(bed.new.imap, address, PASSWORD)
    const message = Buffer.from(`Subject: x\r\n\r\n${'x'.repeat(700 * 1024)}`)
    return (await imap.command('APPEND INBOX', message)).text.replace(/\[APPENDUID.*\] /, '')
  }
  expect(await append()).toBe('Append completed')
  expect(await append()).toContain('[OVERQUOTA]')
  await edit({ quota: 3 })
  expect(await append()).toBe('Append completed')
  const { url, apiKey } = bed.new.mailcow
  const headers = { 'X-API-Key': apiKey }
  const path = `/api/v1/get/mailbox/${address}`
  const shown = (await send(url, { method: 'GET', path, headers, body: null })).body
  expect(shown).toMatchObject({ quota: 3 * 1024 * 1024, messages: 2 })
})

test('filters: the active one only, with the text that was sent last', async () => {
  const arrive = (subject: string): Promise<unknown> =>
    deliver(bed.new.lmtp, {
      to: address,
      raw: `From: a@outside.example\r\nMessage-ID: <${subject}@outside.example>\r\nSubject: ${subject}\r\n\r\ntext\r\n`,
    })
  const filter = { username: address, script_desc: 'x', filter_type: 'prefilter', active: 1 }
  await write('add/filter', { ...filter, script_data: script('First') })
  await arrive('one')
  await write('add/filter', { ...filter, script_data: script('Second') })
  await arrive('two')
  expect([await messagesIn('First'), await messagesIn('Second')]).toEqual([1, 1])
  const inbox = await messagesIn('INBOX')
  const ids = bed.new.mailcow.state.filters.map((entry) => entry.id)
  for (const id of ids) await write('edit/filter', { items: [id], attr: { active: 0 } })
  await arrive('three')
  expect([await messagesIn('INBOX'), await messagesIn('Second')]).toEqual([inbox + 1, 1])
  const [first = 0, second = 0] = ids
  await write('edit/filter', { items: [second], attr: { active: 1, filter_type: 'postfilter' } })
  await write('edit/filter', { items: [first], attr: { active: 1 } })
  // A prefilter that files the mail comes first: the postfilter then has nothing to keep in the inbox.
  await arrive('four')
  expect([await messagesIn('INBOX'), await messagesIn('First')]).toEqual([inbox + 1, 2])
  await write('delete/filter', [first])
  await arrive('five')
  expect([await messagesIn('First'), await messagesIn('INBOX')]).toEqual([2, inbox + 1])
  await write('delete/filter', [second])
  await arrive('six')
  expect(await messagesIn('INBOX')).toBe(inbox + 2)
})

test('a mailbox that is gone lets nobody in', async () => {
  await write('delete/mailbox', [address])
  expect([await login(PASSWORD), await asMaster()]).toEqual(['NO', 'EOF'])
})
