import { mkdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Dovecot } from '../dovecot/dovecot.ts'
import type {
  AccountStore,
  AppPasswordAccount,
  MailboxAccount,
  ProtocolAccess,
} from '../mailcow/account-store.ts'
import type { AccountPassword } from './account-files.ts'
import { TestbedError } from '../errors.ts'
import { giveToMailUser } from '../mail/owner.ts'
import { homeDirectory } from '../mail/store.ts'
import { readUsage } from './maildir-usage.ts'

/** Lets the mailcow double rule over the new Dovecot: its accounts, their passwords, and the filters at delivery. */
export function dovecotAccountStore(dovecot: Dovecot): AccountStore {
  const { accounts, sideDirectory } = dovecot
  const appPasswords = new Map<string, readonly AppPasswordAccount[]>()
  const mailboxes = new Map<string, MailboxAccount>()
  const apply = async (address: string): Promise<void> => {
    const mailbox = mailboxes.get(address)
    if (mailbox === undefined) return
    await accounts.set(address, {
      active: mailbox.active,
      quotaBytes: mailbox.quotaBytes,
      passwords: [mailbox, ...(appPasswords.get(address) ?? [])].map(toPassword),
    })
  }
  const filterFile = (type: 'prefilter' | 'postfilter', address: string): string =>
    path.join(sideDirectory, 'sieve', type, `${address}.sieve`)
  const setFilter = async (
    type: 'prefilter' | 'postfilter',
    address: string,
    script: string | undefined,
  ): Promise<void> => {
    const file = filterFile(type, address)
    // Delivery keeps the compiled form beside the script and compares times by the second only.
    const compiled = file.replace(/sieve$/, 'svbin')
    if (script === undefined) await rm(file, { force: true })
    else await replaceOwned(file, script)
    await rm(compiled, { force: true })
  }
  const forget = async (address: string): Promise<void> => {
    mailboxes.delete(address)
    appPasswords.delete(address)
    await accounts.delete(address)
    for (const type of ['prefilter', 'postfilter'] as const) await setFilter(type, address, undefined)
  }
  return {
    setMailbox: async (account) => {
      checkAddress(account.address)
      mailboxes.set(account.address, account)
      await apply(account.address)
    },
    removeMailbox: async (address) => {
      checkAddress(address)
      await forget(address)
      for (const place of places(dovecot, address)) await rm(place, { recursive: true, force: true })
    },
    renameMailbox: async (from, to) => {
      checkAddress(from)
      checkAddress(to)
      const mailbox = mailboxes.get(from)
      await forget(from)
      const targets = places(dovecot, to)
      for (const [index, place] of places(dovecot, from).entries()) {
        const target = targets[index]
        if (target === undefined) continue
        await mkdir(path.dirname(target), { recursive: true })
        giveToMailUser(path.dirname(target))
        await rename(place, target).catch(ignoreMissing)
      }
      if (mailbox === undefined) return
      mailboxes.set(to, { ...mailbox, address: to })
      await apply(to)
    },
    setAppPasswords: async (address, list) => {
      appPasswords.set(address, list)
      await apply(address)
    },
    setFilters: async (address, { prefilter, postfilter }) => {
      checkAddress(address)
      await setFilter('prefilter', address, prefilter)
      await setFilter('postfilter', address, postfilter)
    },
    usage: (address) => readUsage(path.join(homeDirectory(dovecot, address), 'Maildir')),
    activeUserScript: async (address) => {
      const link = path.join(sideDirectory, 'sieve/active', `${address}.sieve`)
      try {
        return await readFile(path.resolve(path.dirname(link), await readlink(link)), 'utf8')
      } catch {
        return undefined
      }
    },
  }
}

function toPassword(entry: { passwordHash: string; access: ProtocolAccess }): AccountPassword {
  const protocols = Object.entries(entry.access)
    .filter(([, allowed]) => allowed)
    .map(([protocol]) => protocol)
  return { hash: entry.passwordHash, protocols }
}

/** Addresses become file names. */
function checkAddress(address: string): void {
  if (!/^[^/@\0]+@[^/@\0]+$/.test(address) || /(?:^|@)\.\.?(?:@|$)/.test(address))
    throw new TestbedError('usage', `${JSON.stringify(address)} is no address that the test bed can host`)
}

/** Where an account leaves traces. */
function places(dovecot: Dovecot, address: string): string[] {
  const { sideDirectory } = dovecot
  return [
    homeDirectory(dovecot, address),
    path.join(sideDirectory, 'index', address),
    path.join(sideDirectory, 'sieve/active', `${address}.sieve`),
  ]
}

async function replaceOwned(file: string, text: string): Promise<void> {
  const next = `${file}.next`
  await writeFile(next, text)
  giveToMailUser(next)
  await rename(next, file)
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
