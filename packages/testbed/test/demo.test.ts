import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  addCorpus,
  awkwardMessages,
  demoInventory,
  demoMail,
  demoPassword,
  sampleMessages,
  startTestbed,
} from '../src/index.ts'
import type { DemoMail, Testbed } from '../src/index.ts'

let bed: Testbed
let mail: readonly DemoMail[]
beforeAll(async () => {
  bed = await startTestbed({ demo: true })
  mail = await demoMail()
})
afterAll(() => bed?.stop())

const mailboxes = demoInventory.flatMap((domain) => domain.mailboxes)

async function connect(user: string, password: string): Promise<ImapFlow> {
  const client = new ImapFlow({
    ...bed.old.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: password },
    logger: false,
  })
  await client.connect()
  return client
}

/** Folder names, without prefix, and how much is in them. */
async function counts(address: string): Promise<Record<string, number>> {
  const { user, password } = bed.old.master
  const client = await connect(`${address}*${user}`, password)
  try {
    const listed = await client.list({ statusQuery: { messages: true } })
    return Object.fromEntries(
      listed
        .filter(({ status }) => (status?.messages ?? 0) > 0)
        .map(({ path, status }) => [path.replace(/^INBOX\./, ''), status?.messages ?? 0]),
    )
  } finally {
    client.close()
  }
}

test('every mailbox holds the mail that was made for it', async () => {
  for (const { address } of mailboxes) {
    const folders =
      mail.find((one) => one.address === address)?.folders ?? new Map<string, readonly unknown[]>()
    const wanted = Object.fromEntries(
      [...folders].filter(([, list]) => list.length > 0).map(([name, list]) => [name, list.length]),
    )
    expect([address, await counts(address)]).toEqual([address, wanted])
  }
})

test('it is what the demo promises', async () => {
  const sizes = new Map(
    mail.map(({ address, folders }) => [
      address,
      [...folders.values()].flat().reduce((sum, { raw }) => sum + raw.length, 0),
    ]),
  )
  expect(demoInventory[0]?.mailboxes.length).toBeGreaterThanOrEqual(8)
  const total = mail.flatMap(({ folders }) => [...folders.values()].flat()).length
  expect(total).toBeGreaterThan(500)
  // Over the default quota of the demo's configuration, with headroom, and no quota of its own.
  const config: {
    quotas: { default: string }
    domains: Record<string, { mailboxes?: Record<string, unknown> }>
  } = parse(readFileSync(bed.config ?? '', 'utf8'))
  expect(config.quotas.default).toBe('5MiB')
  expect(sizes.get('buchhaltung@example.at')).toBeGreaterThan(1.2 * 5 * 1024 * 1024)
  expect(Object.keys(config.domains['example.at']?.mailboxes ?? {})).toEqual(['buchhaltung@example.at'])
  const overfull = mailboxes.filter(
    ({ address, quotaBytes }) => (sizes.get(address) ?? 0) > (quotaBytes ?? Infinity),
  )
  expect(overfull).toEqual([])
  const years = [...(mail.find(({ address }) => address === 'chef@example.at')?.folders.keys() ?? [])].filter(
    (name) => name.startsWith('Archiv.'),
  )
  expect(years).toHaveLength(12)
})

test('users log in with the demo’s password, but for the one who left', async () => {
  const client = await connect('anna@example.at', demoPassword)
  client.close()
  await expect(connect('alt@example.at', demoPassword)).rejects.toThrow('Command failed')
})

test('the inventory file says what was made', () => {
  expect(parse(readFileSync(`${bed.dir}/inventory.yaml`, 'utf8'))).toEqual({ domains: demoInventory })
})

test('anna has an active script, as Roundcube leaves it', async () => {
  expect(await bed.old.doveadm('sieve', 'list', '-u', 'anna@example.at')).toContain('roundcube ACTIVE')
  expect(await bed.old.doveadm('sieve', 'get', '-u', 'anna@example.at', 'roundcube')).toContain(
    'INBOX.Newsletter',
  )
})

function bytes(list: readonly DemoMail[]): string[] {
  return list.flatMap(({ folders }) => [...folders.values()].flat().map(({ raw }) => raw.toString('latin1')))
}

test('the same seed gives the same mail, another seed other mail', async () => {
  expect(bytes(await demoMail())).toEqual(bytes(mail))
  const one = await sampleMessages(1, 20)
  expect(await sampleMessages(1, 20)).toEqual(one)
  expect(one).toHaveLength(20)
  expect((await sampleMessages(2, 20)).map(({ raw }) => raw.toString())).not.toEqual(
    one.map(({ raw }) => raw.toString()),
  )
})

test('ordinary messages are what a mail program makes', async () => {
  for (const { raw, receivedAt } of await sampleMessages(3, 30)) {
    const parsed = await simpleParser(raw)
    expect(parsed.date).toEqual(receivedAt)
    expect(parsed.subject).not.toMatch(/[{}]|undefined/)
    expect(parsed.text).not.toMatch(/[{}]|undefined/)
    expect(parsed.from?.value[0]?.address).toContain('@')
    expect(raw.toString('latin1').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  }
})

test('the awkward ones are all different, in the ways their names say', () => {
  const odd = new Map(awkwardMessages().map((message) => [message.name, message]))
  expect(odd.size).toBeGreaterThan(25)
  expect(odd.get('twin, first')?.raw).toEqual(odd.get('twin, second')?.raw)
  expect(odd.get('NUL bytes in the body')?.raw.includes(0)).toBe(true)
  expect(odd.get('one line of 300 KB')?.raw.toString()).toMatch(/x{300000}/)
})

test('corpus B is the office worker’s mailbox that was described', async () => {
  const corpus = await addCorpus(bed, 'B')
  expect(corpus.messages).toBe(3000)
  expect(corpus.bytes / 2 ** 20).toBeGreaterThan(220)
  expect(corpus.bytes / 2 ** 20).toBeLessThan(270)
  const client = await connect(corpus.address, corpus.password)
  try {
    const sizes: number[] = []
    for (const { path, status } of await client.list({ statusQuery: { messages: true } })) {
      if ((status?.messages ?? 0) === 0) continue
      await client.mailboxOpen(path, { readOnly: true })
      for await (const { size = 0 } of client.fetch('1:*', { size: true })) sizes.push(size)
    }
    expect(sizes).toHaveLength(3000)
    // Dovecot believes the sizes in the file names: they must be right.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(corpus.bytes)
    expect(sizes.filter((size) => size > 5_000_000)).toHaveLength(11)
    await client.mailboxOpen('INBOX', { readOnly: true })
    for await (const message of client.fetch('1:20', { size: true, source: true }))
      expect(message.source?.length).toBe(message.size)
  } finally {
    client.close()
  }
})
