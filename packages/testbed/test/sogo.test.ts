import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestbed } from '../src/index.ts'
import type { Testbed } from '../src/index.ts'

const anna = 'anna@sogo.example'
let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['mailcow'] })
  await api('add/domain', { domain: 'sogo.example', defquota: '10', maxquota: '100', quota: '1000' })
  await api('add/mailbox', {
    local_part: 'anna',
    domain: 'sogo.example',
    name: 'Anna',
    quota: '10',
    password: 'Users-0wn-word',
    password2: 'Users-0wn-word',
    active: '1',
  })
  for (const protocol of ['dav_access', 'imap_access'])
    await api('add/app-passwd', {
      username: anna,
      app_name: protocol,
      app_passwd: `app-Passw0rd-${protocol}`,
      app_passwd2: `app-Passw0rd-${protocol}`,
      active: '1',
      protocols: [protocol],
    })
}, 60_000)
afterAll(() => bed.stop())

async function api(path: string, body: unknown): Promise<void> {
  const { url, apiKey } = bed.new.mailcow
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(await response.text()).toContain('"success"')
}

async function dav(method: string, path: string, password: string, body?: string): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${anna}:${password}`).toString('base64')}`
  return fetch(`${bed.new.mailcow.url}/SOGo/dav/${anna}/Contacts/${path}`, {
    method,
    headers: { authorization, depth: '1', ...(body === undefined ? {} : { 'content-type': 'text/vcard' }) },
    ...(body === undefined ? {} : { body }),
  })
}

test('SOGo answers behind the double, to those whose password may use DAV', async () => {
  const word = 'app-Passw0rd-dav_access'
  // nginx is there, SOGo is not yet
  expect((await dav('PROPFIND', '', word)).status).toBe(502)
  await bed.sogo()
  await bed.sogo()
  for (const refused of ['wrong', '', 'app-Passw0rd-imap_access'])
    expect((await dav('PROPFIND', '', refused)).status).toBe(401)
  expect((await dav('PROPFIND', '', 'Users-0wn-word')).status).toBe(207)
  const card = 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a\r\nFN:Bärbel 🎄\r\nN:Grün;Bärbel;;;\r\nEND:VCARD\r\n'
  const made = await dav('PUT', 'personal/a.vcf', word, card)
  expect([made.status, made.headers.get('etag')]).toEqual([201, '"gcs00000000"'])
  expect(await (await dav('GET', 'personal/a.vcf', word)).text()).toContain('FN:Bärbel 🎄')
  expect(await (await dav('PROPFIND', 'personal/', word)).text()).toContain(
    `/SOGo/dav/${anna}/Contacts/personal/a.vcf`,
  )
  expect(bed.new.mailcow.davRequests.map(({ status }) => status)).toEqual([
    502, 401, 401, 401, 207, 201, 200, 207,
  ])
  expect(Object.values(bed.new.mailcow.state.fail2ban.attempts).flat()).toHaveLength(3)
}, 60_000)

test('PostgreSQL lets the user of a database read it, and nothing else', async () => {
  const server = await bed.postgreSql()
  const url = await server.load('books', "create table t (a text); insert into t values ('Grün');")
  expect((await server.ask(url, 'select a from t')).stdout.trim()).toBe('Grün')
  expect((await server.ask(url, "insert into t values ('x')")).stderr).toContain('permission denied')
}, 60_000)
