import type { Endpoint } from '@iteg/imap-sync'
import { isMailcowError } from '@iteg/mailcow-client'
import type { Ledger } from '../ledger/ledger.ts'
import { generatePassword } from '../secrets/password.ts'
import { asking } from './mailcow-facts.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import { readPasswordPolicy } from './server-facts.ts'

/** The user sees it in his list of app passwords while a copy runs. */
const APP_PASSWORD_NAME = 'mailmove: copies your mail from the old server (removed afterwards)'

/**
 * Access to one mailbox by an app password of our own, for `new.access: appPassword`. On record and under seal before it
 * exists; one that an earlier, killed run left is used again, or made anew if mailcow does not have it.
 */
export async function acquireAppPassword(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  options: StageOptions,
): Promise<Endpoint> {
  const { domain, mailbox } = target
  const key = await migration.key()
  const name = { domain, mailbox, purpose: 'app-password' } as const
  const known = await ledger.appPasswords.get(mailbox)
  const sealed =
    known === undefined || known.state === 'removed' ? undefined : await ledger.secrets.open(key, name)
  if (known !== undefined && sealed !== undefined) {
    const there = await find(migration, mailbox, known.name, options)
    if (there !== undefined) {
      await ledger.appPasswords.markCreated(mailbox, known.name, String(there.id))
      return endpoint(migration, mailbox, sealed)
    }
  }
  const policy = await readPasswordPolicy(migration.mailcow, options)
  const password = sealed ?? generatePassword({ policy, minLength: migration.config.passwords.minLength })
  await ledger.appPasswords.intend(key, { domain, mailbox, name: APP_PASSWORD_NAME, password })
  const made = await make(migration, mailbox, password, options)
  await ledger.appPasswords.markCreated(mailbox, APP_PASSWORD_NAME, String(made.id))
  return endpoint(migration, mailbox, password)
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
  if (there !== undefined) await asking({}, (call) => migration.mailcow.appPasswords.delete(there.id, call))
  await ledger.appPasswords.markRemoved(mailbox, known.name)
}

async function make(
  migration: Migration,
  mailbox: string,
  password: string,
  options: StageOptions,
): Promise<{ readonly id: number }> {
  try {
    const settings = { mailbox, name: APP_PASSWORD_NAME, password, protocols: ['imap'] } as const
    return await migration.mailcow.appPasswords.add(settings)
  } catch (error) {
    // The answer may be lost and the password made all the same.
    const mayBeThere = isMailcowError(error) && error.effect !== 'none'
    const there = mayBeThere ? await find(migration, mailbox, APP_PASSWORD_NAME, options) : undefined
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
    const all = await migration.mailcow.appPasswords.list(mailbox, call)
    return all.find((candidate) => candidate.name === name)
  })
}

function endpoint(migration: Migration, mailbox: string, password: string): Endpoint {
  return { server: migration.config.new.imap, login: { user: mailbox, password } }
}
