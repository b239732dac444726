import type { LoggedLogin, Mailbox, MailcowClient } from '@iteg/mailcow-client'
import { isInNetworks } from '../checking/networks.ts'
import { localAddressTowards } from '../checking/probe.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { isMailcowError } from '../mailcow-error.ts'
import type { LastLogin } from '../adopt-report.ts'

/** mailcow's log of logins, of the whole server. */
export interface NewLogins {
  /** Newest first; absent: mailcow would not give it. */
  readonly log?: readonly LoggedLogin[]
  readonly problem?: string
  /** Addresses and networks that we come from. */
  readonly own: readonly string[]
}

/** Reads it once for all domains. Rejects only when aborted. */
export async function readNewLogins(migration: Migration, options: StageOptions): Promise<NewLogins> {
  const client = await migration.mailcow()
  const own = [...migration.config.adopt.ownAddresses, ...(await ownAddress(migration, options))]
  try {
    return { log: await readLog(client, options), own }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isMailcowError(error)) throw error
    return { own, problem: error.message }
  }
}

function readLog(client: MailcowClient, { signal }: StageOptions): Promise<readonly LoggedLogin[]> {
  return client.lastLogins.list(signal === undefined ? {} : { signal })
}

async function ownAddress({ config }: Migration, { signal }: StageOptions): Promise<readonly string[]> {
  const url = new URL(config.new.mailcow.url)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const address = await localAddressTowards(url.hostname.replaceAll(/[[\]]/g, ''), port, signal).catch(
    () => '',
  )
  signal?.throwIfAborted()
  return address === '' ? [] : [address]
}

export interface NewLoginFacts {
  readonly logins: NewLogins
  /** Of app passwords that are or were ours. */
  readonly ourAppPasswords: ReadonlySet<string>
  /** Before the hand-over nobody but us knew a password of the mailbox; absent: somebody did. */
  readonly from: Date | undefined
}

/** The newest login of each protocol that is not one of ours. Pure. */
export function newLogins(mailbox: Mailbox, facts: NewLoginFacts): readonly LastLogin[] {
  const { logins, ourAppPasswords, from } = facts
  const last = new Map<string, Date>()
  const add = (protocol: string, at: Date | null): void => {
    if (at === null || (from !== undefined && at < from)) return
    const known = last.get(protocol)
    if (known === undefined || at > known) last.set(protocol, at)
  }
  if (logins.log === undefined) {
    const { imap, pop3, smtp } = mailbox.lastLogin
    add('imap', imap)
    add('pop3', pop3)
    add('smtp', smtp)
  } else
    for (const login of logins.log) {
      if (login.mailbox !== mailbox.address) continue
      if (login.appPasswordId !== null && ourAppPasswords.has(String(login.appPasswordId))) continue
      if (isInNetworks(login.address, logins.own)) continue
      add(login.service, login.at)
    }
  // A login through a portal stands in no log of protocols.
  add('sso', mailbox.lastLogin.sso)
  return [...last]
    .map(([protocol, at]) => ({ protocol, at: at.toISOString() }))
    .toSorted((one, other) => (one.protocol < other.protocol ? -1 : 1))
}
