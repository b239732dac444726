import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { submit, tenant } from '../src/index.ts'
import {
  bounce,
  mailcow,
  makeFinal,
  outside,
  rcpt,
  routes,
  stage,
  startFlow,
  userPassword,
} from './mail-flow.ts'
import type { Flow } from './mail-flow.ts'

// After the cut-over: mailcow is final. Nothing here may reach the old server.
let flow: Flow
beforeAll(async () => {
  flow = await startFlow()
  await stage(flow)
  for (const [address, goto, active] of [
    ['info@example.at', 'anna@example.at,bernd@example.at', 1],
    ['presse@example.at', 'kontakt@agentur.example', 1],
    ['mixed@example.at', 'anna@example.at,friend@partner.example', 1],
    ['aus@example.at', 'anna@example.at', 0],
  ] as const)
    await flow.api('add/alias', { address, goto, active, sender_allowed: 1 })
  await makeFinal(flow)
})
afterAll(() => flow[Symbol.asyncDispose]())

test('backupmx=0 alone changes nothing and says that it did', async () => {
  const flags = (): unknown => {
    const row = flow.bed.new.mailcow.state.domains.find(({ domain }) => domain === 'example.at')
    return [row?.backupmx, row?.relayAllRecipients, row?.relayUnknownOnly]
  }
  expect(flags()).toEqual([0, 0, 0])
  await flow.api('edit/domain', {
    items: ['example.at'],
    attr: { backupmx: 1, relay_all_recipients: 1, relay_unknown_only: 0 },
  })
  await flow.api('edit/domain', { items: ['example.at'], attr: { backupmx: 0 } })
  expect(flags()).toEqual([1, 1, 0])
  await makeFinal(flow)
  expect(flags()).toEqual([0, 0, 0])
})

describe.for(routes)('mail of a %s', (route) => {
  test('to a mailbox, with or without a tag, is delivered here', async () => {
    expect(await flow.ends(route, 'anna@example.at')).toEqual([mailcow('anna@example.at')])
    expect(await flow.ends(route, 'bernd+tag@example.at')).toEqual([mailcow('bernd@example.at')])
    await expect.poll(() => flow.bed.new.postfix.log()).toContain('to=<bernd+tag@example.at>')
  })

  test('to aliases goes to each target', async () => {
    expect(await flow.ends(route, 'info@example.at')).toEqual([
      mailcow('anna@example.at'),
      mailcow('bernd@example.at'),
    ])
    expect(await flow.ends(route, 'presse@example.at')).toEqual([outside('kontakt@agentur.example')])
    expect(await flow.ends(route, 'mixed@example.at')).toEqual([
      mailcow('anna@example.at'),
      outside('friend@partner.example'),
    ])
    expect(await flow.ends(route, tenant.alias)).toEqual([mailcow('anna@example.at')])
  })

  test('to nobody, and to an alias that is off, is refused', async () => {
    // a container has a login's right to relay, and none to an address that is not there
    for (const address of [`niemand-${route}@example.at`, 'old-only@example.at', 'aus@example.at'])
      await expect(flow.ends(route, address)).rejects.toThrow('550')
  })
})

test('a sender that mailcow does not know is refused on port 25', async () => {
  const { smtp } = flow.bed.new.postfix
  expect(await rcpt(smtp, tenant.mailbox, { from: 'old-only@example.at' })).toMatch(/^550 5\.1\.0/)
})

test('with a catch-all everything else goes to its target', async () => {
  await flow.api('add/alias', {
    address: '@example.at',
    goto: 'bernd@example.at',
    active: 1,
    sender_allowed: 1,
  })
  for (const route of routes) {
    expect(await flow.ends(route, `irgendwer-${route}@example.at`)).toEqual([mailcow('bernd@example.at')])
    expect(await flow.ends(route, 'anna@example.at')).toEqual([mailcow('anna@example.at')])
  }
  await flow.api('delete/alias', ['@example.at'])
})

test('a mailbox that is off receives nothing, one without logins does', async () => {
  await flow.api('edit/mailbox', { items: ['office@example.at'], attr: { active: 2 } })
  expect(await flow.ends('outside', 'office@example.at')).toEqual([mailcow('office@example.at')])
  await flow.api('edit/mailbox', { items: ['office@example.at'], attr: { active: 0 } })
  // as to a name that was never there: every smtpd that knew the address has to go first
  await flow.bed.new.postfix.run('postfix', 'reload')
  await expect(flow.ends('outside', 'office@example.at')).rejects.toThrow('550')
  await flow.api('edit/mailbox', { items: ['office@example.at'], attr: { active: 1 } })
})

test('discarding aliases, resources and time-limited aliases', async () => {
  await flow.api('add/alias', { address: 'nirgends@example.at', goto_null: 1, active: 1 })
  expect(await flow.ends('outside', 'nirgends@example.at')).toEqual([])
  await flow.api('add/resource', {
    description: 'Saal',
    domain: 'example.at',
    kind: 'location',
    multiple_bookings: 0,
    active: 1,
  })
  expect(await rcpt(flow.bed.new.postfix.smtp, 'saal@example.at')).toMatch(/^250/)
  expect(await flow.ends('outside', 'saal@example.at')).toEqual([])
  await flow.api('add/time_limited_alias', { username: 'anna@example.at', domain: 'example.at', validity: 1 })
  const [limited] = flow.bed.new.mailcow.state.timeLimitedAliases
  if (limited === undefined) throw new Error('no time-limited alias')
  expect(await flow.ends('outside', limited.address)).toEqual([mailcow('anna@example.at')])
  limited.validity = 1
  await flow.bed.new.postfix.run('postfix', 'reload')
  await expect(flow.ends('outside', limited.address)).rejects.toThrow('550')
})

test('forwards are prefilters, and their mail leaves through mailcow', async () => {
  for (const [username, line] of [
    ['office@example.at', 'redirect :copy "buero@partner.example";'],
    ['verkauf@example.at', 'redirect "verkauf@vertretung.example";'],
  ] as const)
    await flow.api('add/filter', {
      username,
      filter_type: 'prefilter',
      script_desc: 'forward',
      script_data: `require ["copy"];\n${line}\n`,
      active: 1,
    })
  expect(await flow.ends('outside', 'office@example.at')).toEqual([
    mailcow('office@example.at'),
    outside('buero@partner.example'),
  ])
  expect(await flow.ends('tenant', 'verkauf@example.at')).toEqual([outside('verkauf@vertretung.example')])
  await expect.poll(() => flow.bed.new.postfix.log()).toContain('to=<verkauf@vertretung.example>')
})

describe('an alias domain', () => {
  test('cannot be made while its target is relayed', async () => {
    await flow.api('edit/domain', {
      items: ['example.at'],
      attr: { backupmx: 1, relay_all_recipients: 1, relay_unknown_only: 0 },
    })
    await expect(
      flow.api('add/alias-domain', { alias_domain: 'example.co.at', target_domain: 'example.at', active: 1 }),
    ).rejects.toThrow('targetd_relay_domain')
    await makeFinal(flow)
  })

  test('leads to mailboxes; aliases need a row of their own', async () => {
    await flow.api('add/alias-domain', {
      alias_domain: 'example.co.at',
      target_domain: 'example.at',
      active: 1,
    })
    expect(await flow.ends('outside', 'anna@example.co.at')).toEqual([mailcow('anna@example.at')])
    await expect(flow.ends('outside', 'info@example.co.at')).rejects.toThrow('550')
    await flow.api('add/alias', { address: 'presse@example.co.at', goto: 'presse@example.at', active: 1 })
    expect(await flow.ends('outside', 'presse@example.co.at')).toEqual([outside('kontakt@agentur.example')])
  })

  test('whose target is relayed again rewrites mailboxes and refuses all else', async () => {
    await flow.api('edit/domain', {
      items: ['example.at'],
      attr: { backupmx: 1, relay_all_recipients: 1, relay_unknown_only: 0 },
    })
    expect(await flow.ends('outside', 'bernd@example.co.at')).toEqual(['old bernd@example.at'])
    await expect(flow.ends('outside', 'old-only@example.co.at')).rejects.toThrow('550')
    await flow.api('edit/alias-domain', { items: ['example.co.at'], attr: { active: 0 } })
    // plain MX again
    expect(await flow.ends('tenant', 'mixed@example.co.at')).toEqual([
      'old anna@example.at',
      outside('friend@partner.example'),
    ])
    await makeFinal(flow)
  })
})

function send(user: string, from: string, password = userPassword): Promise<string> {
  const raw = 'Subject: x\r\n\r\nx\r\n'
  return submit(flow.bed.new.postfix.submission, { user, password, from, to: 'wer@partner.example', raw })
}

function allow(protocols: readonly string[]): Promise<void> {
  return flow.api('edit/mailbox', { items: ['bernd@example.at'], attr: { protocol_access: protocols } })
}

describe('submission', () => {
  test('as oneself and as an alias of one’s own, not as others', async () => {
    await flow.api('add/alias', {
      address: 'ich@example.at',
      goto: 'anna@example.at',
      active: 1,
      sender_allowed: 1,
    })
    expect(await send('anna@example.at', 'anna@example.at')).toMatch(/^250/)
    expect(await send('anna@example.at', 'ich@example.at')).toMatch(/^250/)
    await expect(send(tenant.mailbox, 'anna@example.at', tenant.password)).rejects.toThrow('553')
    await expect(send('anna@example.at', 'anna@example.at', 'wrong')).rejects.toThrow('535')
  })

  test('can be withheld and given back', async () => {
    await allow(['imap', 'pop3', 'sieve'])
    await expect(send('bernd@example.at', 'bernd@example.at')).rejects.toThrow('535')
    await allow(['imap', 'pop3', 'sieve', 'smtp'])
    expect(await send('bernd@example.at', 'bernd@example.at')).toMatch(/^250/)
  })
})

test('nothing of the final domain came to the old server', async () => {
  const log = await flow.bed.old.postfix.log()
  expect(log.match(/to=<(?:info|presse|office|verkauf|niemand[^>]*)@example\.at>/g)).toBeNull()
})

test('an undeliverable message comes back to the tenant', async () => {
  // mailcow knows it, Dovecot does not
  await flow.bed.new.accounts.delete('verkauf@example.at')
  expect(await flow.ends('tenant', 'verkauf@example.at')).toEqual([bounce(tenant.mailbox)])
})
