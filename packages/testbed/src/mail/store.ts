import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Dovecot } from '../dovecot/dovecot.ts'
import type { SampleMessage } from '../demo/sample-message.ts'
import { TestbedError } from '../errors.ts'
import { isMaildirInUse, writeMaildir } from './maildir.ts'
import type { DiskMessage } from './maildir.ts'
import { giveToMailUser } from './owner.ts'

/** `ADDRESS`'s folder on this server. */
export function homeDirectory({ mailDirectory }: Dovecot, address: string): string {
  const at = address.lastIndexOf('@')
  return path.join(mailDirectory, address.slice(at + 1), address.slice(0, at))
}

/**
 * Fills a mailbox of the old server that nobody has opened yet, straight on disk. Folders are named without the
 * `INBOX.` prefix, with `.` between levels and in plain Unicode; `INBOX` is the inbox. All are subscribed unless
 * `subscriptions` says otherwise.
 */
export function fillMailbox(
  dovecot: Dovecot,
  address: string,
  folders: ReadonlyMap<string, Iterable<SampleMessage>>,
  options: { readonly subscriptions?: readonly string[] } = {},
): void {
  const onDisk = new Map([...folders].map(([name, messages]) => [name, [...messages].map(toDisk)] as const))
  fillMailboxFromDisk(dovecot, address, onDisk, options)
}

/** As `fillMailbox`, for messages that are in a maildir's form already. */
export function fillMailboxFromDisk(
  dovecot: Dovecot,
  address: string,
  folders: ReadonlyMap<string, Iterable<DiskMessage>>,
  options: { readonly subscriptions?: readonly string[] } = {},
): void {
  const home = homeDirectory(dovecot, address)
  const maildir = path.join(home, 'Maildir')
  if (isMaildirInUse(maildir))
    throw new TestbedError('usage', `${address} is in use: only a new mailbox can be filled`)
  for (const folder of [path.dirname(home), home]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    giveToMailUser(folder)
  }
  writeMaildir(maildir, folders, options)
}

/** As Dovecot saves what comes with CRLF. */
function toDisk({ raw, receivedAt, flags }: SampleMessage): DiskMessage {
  const bytes = Buffer.from(raw.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
  let bareLineFeeds = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) bareLineFeeds += 1
  return { chunks: [bytes], bareLineFeeds, receivedAt, flags }
}
