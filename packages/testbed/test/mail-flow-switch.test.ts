import { writeFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stayingDomain, stayingPassword, submit, tenant } from '../src/index.ts'
import { bounce, mailcow, makeFinal, old, outside, rcpt, stage, startFlow } from './mail-flow.ts'
import type { Flow } from './mail-flow.ts'

// The switch itself: transports, loops, the old server as a secondary, MX records, the way back.
// each test has a bed of its own, and some stop a Postfix, which takes its seconds
vi.setConfig({ testTimeout: 60_000 })

let flow: Flow
beforeEach(async () => {
  flow = await startFlow()
  await stage(flow)
})
afterEach(() => flow[Symbol.asyncDispose]())

const relayed = { backupmx: 1, relay_all_recipients: 1, relay_unknown_only: 0 }

async function addTransport(): Promise<void> {
  const { host, port } = flow.bed.old.postfix.smtp
  await flow.api('add/transport', {
    destination: 'example.at',
    nexthop: `[${host}]:${port}`,
    username: '',
    password: '',
    active: 1,
  })
}

async function deleteTransport(): Promise<void> {
  const row = flow.bed.new.mailcow.state.transports.find(({ destination }) => destination === 'example.at')
  await flow.api('delete/transport', [String(row?.id)])
}

function setMx(host: string): Promise<void> {
  return flow.bed.dns.update('example.at', [
    'update delete example.at. MX',
    `update add example.at. 300 MX 10 ${host}.`,
  ])
}

/** What an admin does: files, postmap, reload. */
async function oldRelays(nextHop: string, recipients: readonly string[]): Promise<void> {
  const { postfix } = flow.bed.old
  const file = (name: string): string => path.join(postfix.configDirectory, name)
  const without = async (name: string): Promise<void> => {
    const lines = (await readFile(file(name), 'utf8')).split('\n')
    await writeFile(file(name), lines.filter((line) => !/(?:^|@)example\.at\s/.test(line)).join('\n'))
  }
  await writeFile(file('relay_recipients'), recipients.map((address) => `${address} OK\n`).join(''))
  await writeFile(file('relay_domains'), 'example.at OK\n')
  await writeFile(file('transport'), `example.at relay:${nextHop}\n`)
  for (const name of ['valiases', 'vmailboxes', 'vdomains']) await without(name)
  const names = ['relay_recipients', 'relay_domains', 'transport', 'valiases', 'vmailboxes', 'vdomains']
  const mapped = await postfix.run('postmap', ...names.map((name) => `hash:${file(name)}`))
  expect(mapped).toMatchObject({ code: 0, stderr: '' })
  expect((await postfix.run('postfix', 'reload')).code).toBe(0)
}

const nextHop = (): string => `[${flow.bed.new.postfix.smtp.host}]:25`

test('a relayed domain whose MX is mailcow loops back to itself; a transport leads to the old server', async () => {
  await setMx('mailcow.example')
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([bounce(tenant.mailbox)])
  await expect.poll(() => flow.bed.new.postfix.log()).toContain('loops back to myself')
  await addTransport()
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
  expect(await flow.endsByMx('old-only@example.at')).toEqual([old('old-only@example.at')])
})

test('a transport wins over local delivery until it is deleted', async () => {
  await addTransport()
  await makeFinal(flow)
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
  await deleteTransport()
  expect(await flow.ends('tenant', 'bernd@example.at')).toEqual([mailcow('bernd@example.at')])
})

test('the queue manager remembers its very last recipient for half a minute', async () => {
  await addTransport()
  await makeFinal(flow)
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
  await deleteTransport()
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
  await flow.bed.new.postfix.run('postfix', 'reload')
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([mailcow('anna@example.at')])
})

test('a relay host with a password: its password goes to an old MX that asks for one, and the mail comes back', async () => {
  await flow.api('add/relayhost', {
    hostname: '[smarthost.example]:25',
    username: 'smart',
    password: 'host-secret',
  })
  const [relayHost] = flow.bed.new.mailcow.state.relayHosts
  await flow.api('edit/domain', { items: [tenant.domain], attr: { relayhost: relayHost?.id } })
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([bounce(tenant.mailbox)])
  await expect.poll(() => flow.bed.new.postfix.log()).toMatch(/dsn=5\.7\.8.*SASL authentication failed/)
  // with a transport there is no such thing
  await addTransport()
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
})

test('two exchangers, old before new, work without a transport', async () => {
  await flow.bed.dns.update('example.at', ['update add example.at. 300 MX 20 mailcow.example.'])
  expect(await flow.ends('tenant', 'anna@example.at')).toEqual([old('anna@example.at')])
})

test('mailcow final, the old server a relay, MX switched: mail of the whole world arrives once, here', async () => {
  await flow.api('add/alias', {
    address: 'info@example.at',
    goto: 'anna@example.at,bernd@example.at',
    active: 1,
  })
  await addTransport()
  await makeFinal(flow)
  await deleteTransport()
  // both are final: harmless
  expect(await flow.endsByMx('anna@example.at')).toEqual([old('anna@example.at')])
  await oldRelays(nextHop(), ['anna@example.at', 'info@example.at', 'old-only@example.at'])
  expect(await flow.endsByMx('anna@example.at')).toEqual([mailcow('anna@example.at')])
  expect(await flow.endsByMx('info@example.at')).toEqual([
    mailcow('anna@example.at'),
    mailcow('bernd@example.at'),
  ])
  await expect(flow.endsByMx('niemand@example.at')).rejects.toThrow('550')
  // listed there and unknown here: the old server has to send it back
  expect(await flow.endsByMx('old-only@example.at')).toEqual([bounce('sender@outside.example')])
  await setMx('mailcow.example')
  const seen = (await flow.bed.old.postfix.log()).length
  expect(await flow.endsByMx('info@example.at')).toEqual([
    mailcow('anna@example.at'),
    mailcow('bernd@example.at'),
  ])
  expect((await flow.bed.old.postfix.log()).slice(seen)).not.toContain('info@example.at')
  // the others on the old server
  expect(await flow.endsByMx('info@stay.example')).toEqual([
    old('auch@stay.example'),
    old('bleibt@stay.example'),
  ])
  const [mailbox] = stayingDomain.mailboxes
  await submit(flow.bed.old.postfix.submission, {
    user: mailbox?.address ?? '',
    password: stayingPassword,
    to: 'wer@partner.example',
    raw: 'Subject: x\r\n\r\nx\r\n',
  })
  await flow.bed.settled()
  expect(flow.bed.sink.messages().map(({ to }) => to)).toContainEqual(['wer@partner.example'])
})

test('both relaying is a loop that ends in a bounce', async () => {
  await addTransport()
  await oldRelays(nextHop(), ['anna@example.at'])
  expect(await flow.endsByMx('anna@example.at')).toEqual([bounce('sender@outside.example')])
  // Either of them is the one that counts the last hop.
  const logs = async () => `${await flow.bed.old.postfix.log()}${await flow.bed.new.postfix.log()}`
  await expect.poll(logs, { timeout: 10_000 }).toMatch(/too many hops/)
})

test('the way back: an address that smtpd has seen stays what it was, until a reload', async () => {
  await makeFinal(flow)
  const { smtp } = flow.bed.new.postfix
  expect(await rcpt(smtp, 'old-only@example.at')).toMatch(/^550/)
  await flow.api('edit/domain', { items: ['example.at'], attr: relayed })
  expect(await rcpt(smtp, 'old-only@example.at')).toMatch(/^550/)
  await flow.bed.new.postfix.run('postfix', 'reload')
  expect(await rcpt(smtp, 'old-only@example.at')).toMatch(/^250/)
})

test('mail that waits because the old server is down is delivered here once mailcow is final', async () => {
  await flow.bed.old.postfix.halt()
  const { user, password, raw } = {
    user: tenant.mailbox,
    password: tenant.password,
    raw: 'X-Token: waits\r\nSubject: x\r\n\r\nx\r\n',
  }
  await submit(flow.bed.new.postfix.submission, { user, password, to: 'anna@example.at', raw })
  await expect
    .poll(() => flow.bed.new.postfix.queue(), { timeout: 15_000 })
    .toMatchObject([{ queue_name: 'deferred', recipients: [{ address: 'anna@example.at' }] }])
  await makeFinal(flow)
  // so that the queue manager looks again at once, and not in half a minute
  expect(await flow.ends('tenant', 'bernd@example.at')).toEqual([mailcow('bernd@example.at')])
  expect(await flow.bed.new.postfix.queue()).toEqual([])
  await flow.bed.old.postfix.resume()
  expect(await flow.bed.new.doveadm('fetch', '-u', 'anna@example.at', 'hdr.x-token', 'ALL')).toContain(
    'waits',
  )
})

test('as a forwarding host the old server may hand on what fails SPF and DMARC', async () => {
  await flow.bed.dns.update('outside.example', [
    `update add outside.example. 60 TXT "v=spf1 ip4:${flow.bed.sink.host} -all"`,
    'update add _dmarc.outside.example. 60 TXT "v=DMARC1; p=reject"',
  ])
  await makeFinal(flow)
  await oldRelays(nextHop(), ['anna@example.at'])
  expect(await flow.endsByMx('anna@example.at')).toEqual([mailcow('anna@example.at')])
  await flow.api('delete/fwdhost', [flow.bed.old.postfix.smtp.host])
  expect(await flow.endsByMx('anna@example.at')).toEqual([bounce('sender@outside.example')])
  // a hosted domain's own sender must pass SPF, and does no longer when its MX has moved
  const { smtp } = flow.bed.new.postfix
  const from = { from: 'anna@example.at', localAddress: flow.bed.old.postfix.smtp.host }
  expect(await rcpt(smtp, tenant.mailbox, from)).toMatch(/^250/)
  await setMx('mailcow.example')
  expect(await rcpt(smtp, tenant.mailbox, from)).toMatch(/^550 5\.7\.1 .*SPOOFED_UNAUTH/)
})

test('a redirect of the old server leaves through the old server', async () => {
  const { old: side } = flow.bed
  const home = path.join(side.mailDirectory, 'example.at/bernd')
  await flow.bed.run('sh', [
    '-c',
    'mkdir -p "$1" && printf %s "$2" >"$1/.dovecot.sieve" && chown -R --reference="$3" "$1"',
    'sieve',
    home,
    'redirect "weiter@partner.example";',
    side.mailDirectory,
  ])
  expect(await flow.endsByMx('bernd@example.at')).toEqual([outside('weiter@partner.example')])
  await expect.poll(() => side.postfix.log()).toContain('to=<weiter@partner.example>')
})
