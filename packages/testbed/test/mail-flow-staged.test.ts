import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tenant } from '../src/index.ts'
import { bounce, mailcow, old, outside, rcpt, routes, stage, startFlow } from './mail-flow.ts'
import type { Flow } from './mail-flow.ts'

// Before the cut-over: backupmx=1, relay_all_recipients=1, relay_unknown_only=0, MX on the old server, no transport.
let flow: Flow
beforeAll(async () => {
  flow = await startFlow()
  await stage(flow)
})
afterAll(() => flow[Symbol.asyncDispose]())

const alias = (address: string, goto: string, active = 1): Promise<void> =>
  flow.api('add/alias', { address, goto, active, sender_allowed: 1 })
const remove = (address: string): Promise<void> => flow.api('delete/alias', [address])

describe.for(routes)('mail of a %s', (route) => {
  test('to a mailbox goes to the old server', async () => {
    expect(await flow.ends(route, 'anna@example.at')).toEqual([old('anna@example.at')])
  })

  test('to an address that only the old server knows goes there', async () => {
    expect(await flow.ends(route, 'old-only@example.at')).toEqual([old('old-only@example.at')])
  })

  test('to an address that nobody knows comes back from mailcow', async () => {
    const sender = route === 'tenant' ? tenant.mailbox : 'sender@outside.example'
    expect(await flow.ends(route, 'niemand@example.at')).toEqual([bounce(sender)])
  })

  test('to user+tag keeps the tag', async () => {
    expect(await flow.ends(route, 'anna+tag@example.at')).toEqual([old('anna@example.at')])
    await expect.poll(() => flow.bed.old.postfix.log()).toContain('to=<anna+tag@example.at>')
  })

  test("to another tenant's alias into the domain goes to the old server", async () => {
    expect(await flow.ends(route, tenant.alias)).toEqual([old('anna@example.at')])
  })
})

test('an alias domain that mailcow does not know goes by MX, and is not relayed for strangers', async () => {
  for (const route of ['tenant', 'container'] as const)
    expect(await flow.ends(route, 'info@example.co.at')).toEqual([
      old('anna@example.at'),
      old('bernd@example.at'),
    ])
  await expect(flow.ends('outside', 'info@example.co.at')).rejects.toThrow('454')
})

test('an active alias is expanded on mailcow', async () => {
  await alias('neu@example.at', 'anna@example.at,bernd@example.at')
  for (const route of routes)
    expect(await flow.ends(route, 'neu@example.at')).toEqual([
      old('anna@example.at'),
      old('bernd@example.at'),
    ])
  // the old server never saw it
  expect(await flow.bed.old.postfix.log()).not.toContain('neu@example.at')
  await remove('neu@example.at')
})

test('an alias that leads outside is sent from mailcow, and a mixed one is split', async () => {
  await alias('hinaus@example.at', 'ext@partner.example')
  await alias('teils@example.at', 'anna@example.at,ext@partner.example')
  for (const route of routes) {
    expect(await flow.ends(route, 'hinaus@example.at')).toEqual([outside('ext@partner.example')])
    expect(await flow.ends(route, 'teils@example.at')).toEqual([
      old('anna@example.at'),
      outside('ext@partner.example'),
    ])
  }
  expect(await flow.bed.old.postfix.log()).not.toContain('ext@partner.example')
  await remove('hinaus@example.at')
  await remove('teils@example.at')
})

test('a catch-all on mailcow takes what only the old server has', async () => {
  await alias('@example.at', 'bernd@example.at')
  expect(await flow.ends('tenant', 'old-only@example.at')).toEqual([old('bernd@example.at')])
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
  await remove('@example.at')
  await alias('@example.at', 'faenger@partner.example')
  expect(await flow.ends('tenant', 'old-only@example.at')).toEqual([outside('faenger@partner.example')])
  await remove('@example.at')
})

test('an inactive alias is relayed as it is, and expanded by the old server', async () => {
  await alias('info@example.at', 'bernd@example.at', 0)
  await alias('@example.at', 'bernd@example.at', 0)
  for (const route of routes)
    expect(await flow.ends(route, 'info@example.at')).toEqual([
      old('anna@example.at'),
      old('bernd@example.at'),
    ])
  expect(await flow.ends('tenant', 'old-only@example.at')).toEqual([old('old-only@example.at')])
  await remove('info@example.at')
  await remove('@example.at')
})

test('an alias that both sides have leads outside twice', async () => {
  await alias('doppelt@example.at', 'mixed@example.at,friend@partner.example')
  expect(await flow.ends('tenant', 'doppelt@example.at')).toEqual([
    old('anna@example.at'),
    outside('friend@partner.example'),
    outside('friend@partner.example'),
  ])
  await remove('doppelt@example.at')
})

test('a sender that only the old server knows may write to tenants', async () => {
  const { smtp } = flow.bed.new.postfix
  expect(
    await rcpt(smtp, tenant.mailbox, {
      from: 'old-only@example.at',
      localAddress: flow.bed.old.postfix.smtp.host,
    }),
  ).toMatch(/^250/)
})

test('a mailbox that is off is still relayed', async () => {
  for (const active of [0, 2]) {
    await flow.api('edit/mailbox', { items: ['bernd@example.at'], attr: { active } })
    expect(await flow.ends('tenant', 'bernd@example.at')).toEqual([old('bernd@example.at')])
  }
  await flow.api('edit/mailbox', { items: ['bernd@example.at'], attr: { active: 1 } })
})

test('the old server forwards with and without a copy, and does not deliver to a mailbox that is off', async () => {
  expect(await flow.endsByMx('office@example.at')).toEqual([
    old('office@example.at'),
    outside('buero@partner.example'),
  ])
  expect(await flow.endsByMx('verkauf@example.at')).toEqual([outside('verkauf@vertretung.example')])
  await expect(flow.endsByMx('pension@example.at')).rejects.toThrow('550')
  await expect(flow.endsByMx('aus@example.at')).rejects.toThrow('550')
})

test('without relay_all_recipients an address, or a sender, that only the old server knows is refused', async () => {
  const attr = { backupmx: 1, relay_all_recipients: 0, relay_unknown_only: 0 }
  await flow.api('edit/domain', { items: ['example.at'], attr })
  const { smtp } = flow.bed.new.postfix
  expect(await rcpt(smtp, 'anna@example.at')).toMatch(/^250/)
  expect(await rcpt(smtp, 'old-only@example.at')).toMatch(/^550/)
  expect(await rcpt(smtp, tenant.mailbox, { from: 'old-only@example.at' })).toMatch(/^550/)
  await flow.api('edit/domain', { items: ['example.at'], attr: { ...attr, relay_all_recipients: 1 } })
})

test('relay_unknown_only delivers mailboxes here: the trap', async () => {
  const attr = { backupmx: 1, relay_all_recipients: 1, relay_unknown_only: 1 }
  await flow.api('edit/domain', { items: ['example.at'], attr })
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([mailcow('anna@example.at')])
  expect(await flow.ends('tenant', 'old-only@example.at')).toEqual([old('old-only@example.at')])
  await flow.api('edit/domain', { items: ['example.at'], attr: { ...attr, relay_unknown_only: 0 } })
})

test('switched off, the domain goes by MX for tenants and is refused from outside', async () => {
  await flow.api('edit/domain', { items: ['example.at'], attr: { active: 0 } })
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
  // an address that this smtpd has not met: it remembers what others were
  expect(await rcpt(flow.bed.new.postfix.smtp, 'noch-nie@example.at')).toMatch(/^454/)
  await flow.api('edit/domain', { items: ['example.at'], attr: { active: 1 } })
})

test('stay.example is hosted beside it all the time', async () => {
  expect(await flow.endsByMx('info@stay.example')).toEqual([
    old('auch@stay.example'),
    old('bleibt@stay.example'),
  ])
  expect(await flow.endsByMx('bleibt@stay-alias.example')).toEqual([old('bleibt@stay.example')])
})
