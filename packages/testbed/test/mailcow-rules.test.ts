import { expect, test } from 'vitest'
import { mailbox, start, type Started } from './mailcow-http.ts'
import { readData } from './mailcow-recordings.ts'

/** Rules that the recordings do not show, or show only once. */

async function withDomain(more: Record<string, unknown> = {}): Promise<Started> {
  const started = await start()
  const limits = { defquota: 10, maxquota: 100, quota: 1000 }
  await started.api.post('add/domain', { domain: 'acme.test', ...limits, ...more })
  return started
}

const STAGED = { backupmx: 1, relay_all_recipients: 1, relay_unknown_only: 0 }

test('a relay domain becomes final only when all three flags are sent', async () => {
  await using started = await withDomain(STAGED)
  const edit = (attr: Record<string, unknown>): Promise<unknown> =>
    started.api.messages('edit/domain', { items: ['acme.test'], attr })
  const success = [['success', ['domain_modified', 'acme.test']]]
  expect(await edit({ backupmx: 0 })).toEqual(success)
  expect(await started.api.get('get/domain/acme.test')).toMatchObject(STAGED)
  const final = { backupmx: 0, relay_all_recipients: 0, relay_unknown_only: 0 }
  expect(await edit(final)).toEqual(success)
  expect(await started.api.get('get/domain/acme.test')).toMatchObject(final)
})

test('a mailbox of a relay domain says so, and an alias domain is refused until it is final', async () => {
  await using started = await withDomain(STAGED)
  await started.api.post('add/mailbox', mailbox('anna@acme.test'))
  expect(await started.api.get('get/mailbox/anna@acme.test')).toMatchObject({ is_relayed: 1 })
  const wish = { alias_domain: 'alt.test', target_domain: 'acme.test', active: 1 }
  expect(await started.api.messages('add/alias-domain', wish)).toEqual([
    ['danger', ['targetd_relay_domain', 'acme.test']],
  ])
  const final = { backupmx: 0, relay_all_recipients: 0, relay_unknown_only: 0 }
  await started.api.post('edit/domain', { items: ['acme.test'], attr: final })
  expect(await started.api.messages('add/alias-domain', wish)).toEqual([
    ['success', ['aliasd_added', 'alt.test']],
  ])
  const { domains, aliasDomains } = started.double.state
  expect(domains).toMatchObject([{ domain: 'acme.test', backupmx: 0, relayAllRecipients: 0 }])
  expect(aliasDomains).toMatchObject([{ aliasDomain: 'alt.test', targetDomain: 'acme.test', active: 1 }])
})

test('relay_unknown_only drags the other two along', async () => {
  await using started = await withDomain({ relay_unknown_only: 1 })
  expect(await started.api.get('get/domain/acme.test')).toMatchObject({
    backupmx: 1,
    relay_all_recipients: 1,
    relay_unknown_only: 1,
  })
})

test('transports: the name in the message is empty, bare addresses get brackets, unknown ids are removed', async () => {
  await using started = await start()
  const { api } = started
  const wish = { destination: 'acme.test', nexthop: '192.0.2.1', username: '', password: '', active: 1 }
  expect(await api.messages('add/transport', wish)).toEqual([['success', ['relayhost_added', '']]])
  expect(await api.messages('add/transport', wish)).toEqual([
    ['danger', ['transport_dest_exists', 'acme.test']],
  ])
  expect(await api.get('get/transport/all')).toMatchObject([
    { id: 1, destination: 'acme.test', nexthop: '[192.0.2.1]', active: 1, is_mx_based: 0 },
  ])
  const bracketed = { ...wish, destination: 'other.test', nexthop: '[192.0.2.1]:25' }
  expect(await api.messages('add/transport', bracketed)).toEqual([['success', ['relayhost_added', '']]])
  expect(await api.messages('delete/transport', ['1', 77])).toEqual([
    ['success', ['relayhost_removed', '1']],
    ['success', ['relayhost_removed', '77']],
  ])
  expect(started.double.state.transports.map((row) => row.destination)).toEqual(['other.test'])
})

test('a forwarding host keeps its spam unless the filter is asked for', async () => {
  await using started = await start()
  const { api } = started
  await api.post('add/fwdhost', { hostname: '192.0.2.10', filter_spam: 1 })
  await api.post('add/fwdhost', { hostname: '192.0.2.11' })
  await api.post('add/fwdhost', { hostname: '192.0.2.12', filter_spam: '1' })
  await api.post('edit/fwdhost', { items: ['192.0.2.12'], attr: { keep_spam: '1' } })
  expect(await api.get('get/fwdhost/all')).toEqual([
    { host: '192.0.2.10', source: '192.0.2.10', keep_spam: 'no' },
    { host: '192.0.2.11', source: '192.0.2.11', keep_spam: 'yes' },
    { host: '192.0.2.12', source: '192.0.2.12', keep_spam: 'yes' },
  ])
  expect(await api.messages('edit/fwdhost', { items: ['192.0.2.99'], attr: {} })).toEqual([
    ['danger', 'access_denied'],
  ])
})

test('true, yes and on are no numbers: a string that is not one means 0', async () => {
  await using started = await withDomain()
  const rules: Readonly<Record<string, unknown>> = JSON.parse(readData('access-rules.json'))
  const values: readonly (readonly [string, unknown])[] = [
    ["'true'", 'true'],
    ["'false'", 'false'],
    ["'yes'", 'yes'],
    ["'on'", 'on'],
    ['True', true],
    ['False', false],
    ['None', null],
  ]
  for (const [index, [shown, active]] of values.entries()) {
    const address = `a${index}@acme.test`
    await started.api.post('add/alias', { address, goto: 'anna@acme.test', active })
    const expected = rules[`alias active=${shown} ->`]
    expect([shown, await started.api.get(`get/alias/${address}`)]).toMatchObject([
      shown,
      { active: expected },
    ])
    expect(expected).toBeTypeOf('number')
  }
})

test('an alias that discards is changed only when goto_null is said again', async () => {
  await using started = await withDomain()
  const { api } = started
  await api.post('add/alias', { address: 'null@acme.test', goto_null: 1, active: 0 })
  const items = ['null@acme.test']
  expect(await api.messages('edit/alias', { items, attr: { active: 1 } })).toEqual([
    ['danger', ['goto_invalid', 'null@localhost']],
    ['success', ['alias_modified', 'null@acme.test']],
  ])
  expect(await api.get('get/alias/null@acme.test')).toMatchObject({ active: 0 })
  await api.post('edit/alias', { items, attr: { active: 1, goto_null: 1 } })
  expect(await api.get('get/alias/null@acme.test')).toMatchObject({ active: 1, goto: 'null@localhost' })
})

test('deleting a mailbox takes it out of aliases, and aliases that had no other target with it', async () => {
  await using started = await withDomain()
  const { api } = started
  for (const name of ['anna', 'ben']) await api.post('add/mailbox', mailbox(`${name}@acme.test`))
  await api.post('add/alias', { address: 'both@acme.test', goto: 'anna@acme.test,ben@acme.test', active: 1 })
  await api.post('add/alias', { address: 'one@acme.test', goto: 'anna@acme.test', active: 1 })
  await api.post('delete/mailbox', ['anna@acme.test'])
  expect(await api.get('get/alias/all/acme.test')).toMatchObject([
    { address: 'both@acme.test', goto: 'ben@acme.test' },
  ])
  // The row of the mailbox itself is gone too: the address is free for an alias.
  expect(await api.messages('add/alias', { address: 'anna@acme.test', goto: 'ben@acme.test' })).toMatchObject(
    [['success', ['alias_added', 'anna@acme.test', '5']]],
  )
})

test('a tag that is there already crashes the edit of a domain, after its other changes', async () => {
  await using started = await withDomain({ tags: ['x'] })
  const wish = { items: ['acme.test'], attr: { description: 'new', tags: ['y', 'x'] } }
  expect(await started.api.post('edit/domain', wish)).toBe('')
  expect(await started.api.get('get/domain/acme.test')).toMatchObject({
    description: 'new',
    tags: ['x', 'y'],
  })
  await started.api.post('add/mailbox', mailbox('anna@acme.test', { tags: ['x'] }))
  const again = { items: ['anna@acme.test'], attr: { tags: ['x', 'y'] } }
  expect(await started.api.messages('edit/mailbox', again)).toEqual([
    ['success', ['mailbox_modified', 'anna@acme.test']],
  ])
})

test('a name of a time-limited alias is taken', async () => {
  await using started = await withDomain()
  const { api, double } = started
  await api.post('add/mailbox', mailbox('anna@acme.test'))
  await api.post('add/time_limited_alias', { username: 'anna@acme.test', domain: 'acme.test' })
  const address = double.state.timeLimitedAliases[0]?.address ?? ''
  expect(address).toMatch(/^[a-z]+\.[a-z]+@acme\.test$/)
  expect(await api.get('get/mailbox/anna@acme.test')).toMatchObject({ spam_aliases: 1 })
  const taken = [['danger', ['is_spam_alias', address]]]
  expect(await api.messages('add/mailbox', mailbox(address))).toEqual(taken)
  expect(await api.messages('add/alias', { address, goto: 'anna@acme.test' })).toEqual(taken)
})

test('DKIM: a key is made with the domain, survives it, and an imported one is shown', async () => {
  await using started = await withDomain({ key_size: 1024 })
  const { api } = started
  const made = await api.get('get/dkim/acme.test')
  expect(made).toMatchObject({ length: '1024', dkim_selector: 'dkim', privkey: '' })
  await api.post('delete/domain', ['acme.test'])
  expect(await api.get('get/dkim/acme.test')).toEqual(made)
  expect(await api.messages('add/domain', { domain: 'acme.test' })).toEqual([
    ['success', 'domain_add_dkim_available'],
    ['success', ['domain_added', 'acme.test']],
  ])
  const wish = { domain: 'acme.test', dkim_selector: 's1', private_key_file: 'no key', overwrite_existing: 1 }
  expect(await api.messages('add/dkim_import', wish)).toMatchObject([
    ['danger', ['private_key_error', expect.any(String)]],
  ])
})
