import { expect, test } from 'vitest'
import { RW_KEY, send, start } from './mailcow-http.ts'
import { comparable, readData, type Recording } from './mailcow-recordings.ts'

type Step =
  | (Omit<Recording, 'file'> & { readonly kind: 'http' })
  | { readonly kind: 'imap'; readonly name: string }
  | {
      readonly kind: 'web'
      readonly name: string
      readonly request: { readonly path: string; readonly form: { readonly attr?: string } | null }
    }

test('a whole domain is moved: every step over the API answers as mailcow did', async () => {
  await using started = await start()
  const scenario: { readonly steps: readonly Step[] } = JSON.parse(readData('scenario-domain-migration.json'))
  const got: unknown[] = []
  const want: unknown[] = []
  for (const step of scenario.steps) {
    if (step.kind === 'web' && step.request.path === '/api/v1/edit/self') {
      const wish: { user_new_pass: string } = JSON.parse(step.request.form?.attr ?? '{}')
      got.push([step.name, await started.double.userChangesPassword('anna@migrate.test', wish.user_new_pass)])
      want.push([step.name, !step.name.includes('too weak')])
    }
    if (step.kind !== 'http') continue
    const call = { ...step.request, headers: { ...step.request.headers, 'X-API-Key': RW_KEY } }
    got.push([step.name, withoutHash(comparable(await send(started.double.url, call), step.volatile))])
    want.push([step.name, withoutHash(comparable(step.response, step.volatile))])
  }
  expect(got).toEqual(want)
  expect(scenario.steps.filter((step) => step.kind === 'http')).toHaveLength(35)
})

/** The salt of an app password's hash is random; step 19 shows it. */
function withoutHash(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer).replaceAll(/"\{BLF-CRYPT\}[^"]*"/g, '"{BLF-CRYPT}"'))
}

test('whoever keeps the cookie keeps the rights and the messages of a call that crashed', async () => {
  await using started = await start()
  await started.api.post('add/domain', { domain: 'imap.test' })
  const path = '/api/v1/add/alias'
  const headers = { 'X-API-Key': RW_KEY, 'Content-Type': 'application/json' }
  const broken = { address: 'zz@imap.test', goto: ['big@imap.test'] }
  const crashed = await send(started.double.url, { method: 'POST', path, headers, body: broken })
  expect(crashed).toMatchObject({ status: 200, body: '' })
  const cookie = crashed.setsCookie?.split(';')[0] ?? ''
  const again = await send(started.double.url, {
    method: 'POST',
    path,
    headers: { ...headers, Cookie: cookie },
    body: { address: 'zz@imap.test', goto: 'big@imap.test', active: '1' },
  })
  expect(again.setsCookie).toBeUndefined()
  expect(again.body).toMatchObject([
    { type: 'danger', log: ['exception_handler'], msg: expect.stringMatching(/^An unknown error occured/) },
    { type: 'success', msg: ['alias_added', 'zz@imap.test', '1'] },
  ])
  const withoutKey = { method: 'GET', path: '/api/v1/get/domain/imap.test', body: null }
  const shown = await send(started.double.url, { ...withoutKey, headers: { Cookie: cookie } })
  expect(shown.body).toMatchObject({ domain_name: 'imap.test' })
  const stranger = await send(started.double.url, { ...withoutKey, headers: { Cookie: 'MCSESSID=0123' } })
  expect(stranger).toMatchObject({ status: 200, body: '' })
})
