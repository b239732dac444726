import { compare } from 'bcryptjs'
import { expect, test } from 'vitest'
import { mailbox, PASSWORD, start, type Started } from './mailcow-http.ts'
import { readData } from './mailcow-recordings.ts'

async function withDomain(limits: Record<string, unknown> = {}): Promise<Started> {
  const started = await start()
  const wanted = { domain: 'acme.test', defquota: 10, maxquota: 500, quota: 5000, mailboxes: 50, ...limits }
  await started.api.post('add/domain', wanted)
  return started
}

function bcryptOf(hash: string | undefined): string {
  return (hash ?? '').replace('{BLF-CRYPT}', '')
}

test('a mailbox becomes an account that takes exactly its password', async () => {
  await using started = await withDomain()
  const more = { quota: '20', protocol_access: ['imap', 'sieve'] }
  await started.api.post('add/mailbox', mailbox('Anna@acme.test', more))
  const account = started.accounts.accounts.get('anna@acme.test')
  expect(account).toMatchObject({
    address: 'anna@acme.test',
    quotaBytes: 20 * 1_048_576,
    active: 1,
    access: { imap: true, pop3: false, smtp: false, sieve: true },
  })
  expect(await compare(PASSWORD, bcryptOf(account?.passwordHash))).toBe(true)
  expect(await compare('Secret-pass-2', bcryptOf(account?.passwordHash))).toBe(false)
})

test('edits reach the account: password, quota, protocols, and who may log in', async () => {
  await using started = await withDomain()
  await started.api.post('add/mailbox', mailbox('anna@acme.test'))
  const edit = (attr: Record<string, unknown>): Promise<unknown> =>
    started.api.post('edit/mailbox', { items: ['anna@acme.test'], attr })
  const account = () => started.accounts.accounts.get('anna@acme.test')
  await edit({ password: 'New-secret-2', password2: 'New-secret-2', quota: 0, smtp_access: 0 })
  expect(account()).toMatchObject({ quotaBytes: 0, active: 1, access: { imap: true, smtp: false } })
  expect(await compare('New-secret-2', bcryptOf(account()?.passwordHash))).toBe(true)
  // The domain inactive: no password works, the master user still does.
  await started.api.post('edit/domain', { items: ['acme.test'], attr: { active: 0 } })
  expect(account()?.active).toBe(2)
  await edit({ active: 0 })
  expect(account()?.active).toBe(0)
  await started.api.post('edit/domain', { items: ['acme.test'], attr: { active: 1 } })
  await edit({ active: 1 })
  expect(account()?.active).toBe(1)
})

test('app passwords and the active filters are told, and go with the mailbox', async () => {
  await using started = await withDomain()
  const { accounts, api } = started
  await api.post('add/mailbox', mailbox('anna@acme.test'))
  const appPassword = { username: 'anna@acme.test', app_name: 'phone', active: 1, protocols: ['imap_access'] }
  await api.post('add/app-passwd', {
    ...appPassword,
    app_passwd: 'App-secret-1',
    app_passwd2: 'App-secret-1',
  })
  expect(accounts.appPasswords.get('anna@acme.test')).toMatchObject([
    { id: 1, name: 'phone', access: { imap: true, pop3: false, smtp: false, sieve: false } },
  ])
  const filter = { username: 'anna@acme.test', script_desc: 'x', filter_type: 'prefilter', active: 1 }
  await api.post('add/filter', { ...filter, script_data: 'keep;' })
  await api.post('add/filter', { ...filter, script_data: 'discard;' })
  await api.post('add/filter', { ...filter, script_data: 'stop;', filter_type: 'postfilter' })
  expect(accounts.filters.get('anna@acme.test')).toEqual({ prefilter: 'discard;', postfilter: 'stop;' })
  await api.post('edit/filter', { items: [3], attr: { active: 0 } })
  expect(accounts.filters.get('anna@acme.test')).toEqual({ prefilter: 'discard;' })
  await api.post('edit/app-passwd', { items: [1], attr: { username: 'anna@acme.test', active: 0 } })
  expect(accounts.appPasswords.get('anna@acme.test')).toEqual([])
  await api.post('delete/mailbox', ['anna@acme.test'])
  expect(accounts.accounts.size + accounts.appPasswords.size + accounts.filters.size).toBe(0)
})

test('a renamed mailbox keeps its account, its app passwords and its filters', async () => {
  await using started = await withDomain()
  const { accounts, api } = started
  await api.post('add/mailbox', mailbox('anna@acme.test'))
  await api.post('add/alias', { address: 'team@acme.test', goto: 'anna@acme.test,x@far.example', active: 1 })
  const script = { script_desc: 'x', script_data: 'keep;', filter_type: 'prefilter', active: 1 }
  await api.post('add/filter', { username: 'anna@acme.test', ...script })
  const hash = accounts.accounts.get('anna@acme.test')?.passwordHash
  const wish = { domain: 'acme.test', old_local_part: 'anna', new_local_part: 'anni', create_alias: 1 }
  await api.post('edit/rename-mbox', { items: ['anna@acme.test'], attr: wish })
  expect([...accounts.accounts.keys()]).toEqual(['anni@acme.test'])
  expect(accounts.accounts.get('anni@acme.test')?.passwordHash).toBe(hash)
  expect(accounts.filters.get('anni@acme.test')).toEqual({ prefilter: 'keep;' })
  expect(await api.get('get/alias/anna@acme.test')).toMatchObject({ goto: 'anni@acme.test', active: 1 })
  // mailcow's own mistake: among several targets the old name stays.
  expect(await api.get('get/alias/team@acme.test')).toMatchObject({ goto: 'anna@acme.test,x@far.example' })
})

test('usage is read when it is asked for', async () => {
  await using started = await withDomain()
  await started.api.post('add/mailbox', mailbox('anna@acme.test', { quota: 1 }))
  expect(await started.api.get('get/domain/acme.test')).toMatchObject({ bytes_total: 0, msgs_total: 0 })
  started.accounts.setUsage('anna@acme.test', { bytes: 1_048_576, messages: 3 })
  expect(await started.api.get('get/mailbox/anna@acme.test')).toMatchObject({
    quota_used: 1_048_576,
    messages: 3,
    percent_in_use: 100,
    percent_class: 'danger',
  })
  expect(await started.api.get('get/domain/acme.test')).toMatchObject({
    bytes_total: '1048576',
    msgs_total: '3',
  })
  started.accounts.setActiveUserScript('anna@acme.test', 'keep;')
  expect(await started.api.get('get/active-user-sieve/anna@acme.test')).toEqual(['keep;'])
})

interface HashCase {
  readonly scheme?: string
  readonly hash?: string
  readonly plainPasswordAccepted?: boolean
}

test('hashes with a scheme are kept, everything else is the password itself', async () => {
  await using started = await withDomain()
  const recorded: { readonly results: readonly HashCase[] } = JSON.parse(
    readData('password-hash-acceptance.json'),
  )
  const cases = recorded.results.filter((entry) => entry.hash !== undefined)
  expect(cases).toHaveLength(21)
  const kept: [string, boolean][] = []
  const literal: [string, boolean][] = []
  for (const [index, { hash = '', scheme = '' }] of cases.entries()) {
    await started.api.post('add/mailbox', mailbox(`h${index}@acme.test`, { password: hash, password2: hash }))
    const stored = started.accounts.accounts.get(`h${index}@acme.test`)?.passwordHash
    kept.push([scheme, stored === hash])
    literal.push([scheme, stored !== hash && (await compare(hash, bcryptOf(stored)))])
  }
  expect(kept).toEqual(cases.map((entry) => [entry.scheme, entry.plainPasswordAccepted]))
  expect(literal).toEqual(cases.map((entry) => [entry.scheme, entry.plainPasswordAccepted === false]))
})

/** Eight mailboxes of 50 MiB at once, where three and 100 MiB are allowed. */
async function race(unlocked: boolean): Promise<Started> {
  const started = await start({ unlocked })
  const limits = { defquota: 10, maxquota: 100, quota: 100, mailboxes: 3 }
  await started.api.post('add/domain', { domain: 'race.test', ...limits })
  // Held back, so that all of them go on at the same moment.
  const fault = started.double.fail({ kind: 'slow', route: 'add/mailbox', times: 8 })
  const calls = Array.from({ length: 8 }, (_, index) =>
    started.api.post('add/mailbox', mailbox(`r${index}@race.test`, { quota: 50 })),
  )
  while (fault.remaining > 0) await started.api.get('get/status/version')
  fault.release()
  await Promise.all(calls)
  return started
}

test('without locks parallel calls overshoot the limits, as they do on mailcow', async () => {
  await using serial = await race(false)
  expect(serial.accounts.accounts.size).toBe(2)
  await using unlocked = await race(true)
  expect(unlocked.accounts.accounts.size).toBeGreaterThan(3)
  const domain = await unlocked.api.get('get/domain/race.test')
  expect(domain).toMatchObject({ mboxes_left: 3 - unlocked.accounts.accounts.size })
})
