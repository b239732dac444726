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
})

test('a mailbox that is gone lets nobody in', async () => {
  await write('delete/mailbox', [address])
  expect([await login(PASSWORD), await asMaster()]).toEqual(['NO', 'EOF'])
})
