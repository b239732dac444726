import type { Endpoint } from '@iteg/imap-sync'
import type { Ledger } from '../ledger/ledger.ts'
import { generatePassword } from '../secrets/password.ts'
import { isMailcowError } from './mailcow-error.ts'
import { asking } from './mailcow-facts.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import { readPasswordPolicy } from './server-facts.ts'

/** What an app password is for. Its name is what the user sees in his list of app passwords meanwhile. */
export interface AppPasswordUse {
  readonly name: string
  readonly protocols: readonly ['imap'] | readonly ['sieve'] | readonly ['dav']
}

const COPY: AppPasswordUse = {
  name: 'mailmove: copies your mail from the old server (removed afterwards)',
  protocols: ['imap'],
}

/** IMAP access to one mailbox by {@link acquirePassword}. */
export async function acquireAppPassword(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  options: StageOptions,
): Promise<Endpoint> {
  const password = await acquirePassword(migration, ledger, target, COPY, options)
  return { server: migration.config.new.imap, login: { user: target.mailbox, password } }
}

/**
 * Access to one mailbox by an app password of our own, for `new.access: appPassword`. On record and under seal before it
 * exists; one that an earlier, killed run left is used again, or made anew if mailcow does not have it. One that was left
 * for another use is removed first: a mailbox has one of ours at a time.
 */
export async function acquirePassword(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  use: AppPasswordUse,
  options: StageOptions,
): Promise<string> {
  const { domain, mailbox } = target
  const key = await migration.key()
  const name = { domain, mailbox, purpose: 'app-password' } as const
  const found = await ledger.appPasswords.get(mailbox)
  const isOther = found !== undefined && found.name !== use.name
  if (isOther) await releaseAppPassword(migration, ledger, mailbox)
  const known = isOther ? undefined : found
  const sealed =
    known === undefined || known.state === 'removed' ? undefined : await ledger.secrets.open(key, name)
  if (known !== undefined && sealed !== undefined) {
    const there = await find(migration, mailbox, known.name, options)
    if (there !== undefined) {
      await ledger.appPasswords.markCreated(mailbox, known.name, String(there.id))
      return sealed
    }
  }
  // Recorded, but never made (or taken away by somebody): a record of what is not there would stand in the way.
  if (known !== undefined) await ledger.appPasswords.markRemoved(mailbox, known.name)
  const policy = await readPasswordPolicy(await migration.mailcow(), options)
  const password = sealed ?? generatePassword({ policy, minLength: migration.config.passwords.minLength })
  await ledger.appPasswords.intend(key, { domain, mailbox, name: use.name, password })
  const made = await make(migration, mailbox, password, use, options)
  await ledger.appPasswords.markCreated(mailbox, use.name, String(made.id))
  return password
}

/** Removes what {@link acquireAppPassword} made. Repeatable; what is not there any more counts as removed. */
export async function releaseAppPassword(
  migration: Migration,
  ledger: Ledger,
  mailbox: string,
): Promise<void> {
  const known = await ledger.appPasswords.get(mailbox)
  if (known === undefined || known.state === 'removed') return
  // Not aborted with the run: leaving a way into somebody's mailbox behind would be worse than a second more.
  const there = await find(migration, mailbox, known.name, {})
  if (there !== undefined)
    await asking({}, async (call) => (await migration.mailcow()).appPasswords.delete(there.id, call))
  await ledger.appPasswords.markRemoved(mailbox, known.name)
}

async function make(
  migration: Migration,
  mailbox: string,
  password: string,
  { name, protocols }: AppPasswordUse,
  options: StageOptions,
): Promise<{ readonly id: number }> {
  try {
    const settings = { mailbox, name, password, protocols }
    return await (await migration.mailcow()).appPasswords.add(settings)
  } catch (error) {
    // The answer may be lost and the password made all the same.
    const mayBeThere = isMailcowError(error) && error.effect !== 'none'
    const there = mayBeThere ? await find(migration, mailbox, name, options) : undefined
    if (there !== undefined) return there
    return asking(options, () => Promise.reject(error))
  }
}

function find(
  migration: Migration,
  mailbox: string,
  name: string,
  options: StageOptions,
): Promise<{ readonly id: number } | undefined> {
  return asking(options, async (call) => {
    const all = await (await migration.mailcow()).appPasswords.list(mailbox, call)
    return all.find((candidate) => candidate.name === name)
  })
}

/**
 * Does `work` while an app password is there, and takes it away again. When that does not work `onLeftBehind` is told, with who
 * removes it later; the record of it stays for that.
 */
export async function whileLent<Value>(
  migration: Migration,
  ledger: Ledger,
  mailbox: string,
  removedBy: string,
  options: { readonly onLeftBehind: (message: string) => void },
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work()
  } finally {
    try {
      await releaseAppPassword(migration, ledger, mailbox)
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown reason'
      options.onLeftBehind(
        `The app password of ${mailbox} on mailcow could not be removed (${reason}); the next ${removedBy} removes it.`,
      )
    }
  }
}
