import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Testbed } from '@iteg/testbed'
import { type ParsedMail, simpleParser } from 'mailparser'
import {
  type Config,
  type DomainConfig,
  domainConfig,
  type Migration,
  type NotifyConfig,
} from '../../src/index.ts'

/** A `notify` section that sends to the bed's sink, and settings of one domain. */
export function notifying(
  testbed: Testbed,
  domain: string,
  settings: Partial<DomainConfig> = {},
  notify: Partial<NotifyConfig> = {},
) {
  return (config: Config): Config => ({
    ...config,
    notify: {
      from: '"ITEG Wien" <admin@iteg.example>',
      smtp: { host: testbed.sink.host, port: testbed.sink.port, tls: 'none', ratePerSecond: 0 },
      links: { info: 'https://www.iteg.example/umzug', webmailNew: 'https://mail.iteg.example' },
      oldMailboxDays: 30,
      warnDaysAhead: 5,
      reminders: [3, 7, 14],
      ...notify,
    },
    domains: new Map([[domain, { ...domainConfig(config, domain), ...settings }]]),
  })
}

/** What the old mailbox holds, parsed, in the order of arrival. */
export async function oldMails(testbed: Testbed, address: string): Promise<readonly ParsedMail[]> {
  const [local = '', domain = ''] = address.split('@')
  const root = join(testbed.old.mailDirectory, domain, local, 'Maildir')
  const mails: { readonly name: string; readonly mail: ParsedMail }[] = []
  for (const folder of ['new', 'cur']) {
    const names = await readdir(join(root, folder)).catch(() => [])
    for (const name of names)
      mails.push({ name, mail: await simpleParser(await readFile(join(root, folder, name))) })
  }
  return mails.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(({ mail }) => mail)
}

/** What reached the sink for one address. */
export async function sentTo(testbed: Testbed, address: string): Promise<readonly ParsedMail[]> {
  const raw = testbed.sink.messages().filter(({ to }) => to.includes(address))
  return Promise.all(raw.map((message) => simpleParser(message.raw)))
}

/** As the cut-over will: the record that opens `announce`. */
export async function recordLastDelta(migration: Migration, domain: string): Promise<void> {
  const ledger = await migration.ledger('write')
  await ledger.lastDeltas.record({ domain, verifiedAt: migration.now() })
}

/** The initial password, as the ledger has it under seal. */
export async function sealedPassword(migration: Migration, mailbox: string): Promise<string | undefined> {
  const ledger = await migration.ledger('write')
  const domain = mailbox.slice(mailbox.lastIndexOf('@') + 1)
  return ledger.secrets.open(await migration.key(), { domain, mailbox, purpose: 'initial-password' })
}
