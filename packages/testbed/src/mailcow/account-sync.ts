import type { DoubleContext } from './calls.ts'
import { findDomain, findMailbox } from './lookup.ts'
import { same } from './php-values.ts'
import type { MailboxRow } from './state.ts'

/**
 * Carries the state's idea of an account over to the new Dovecot. mailcow's Dovecot asks the SQL tables at each login;
 * an inactive domain refuses the users' passwords but not the master user, which is what `active: 2` means to the store.
 */
export async function syncMailbox(context: DoubleContext, username: string): Promise<void> {
  const row = findMailbox(context.state, username)
  if (row === undefined) return
  await context.accounts.setMailbox({
    address: row.username,
    passwordHash: row.passwordHash,
    quotaBytes: row.quota,
    active: effectiveActive(context, row),
    access: {
      imap: row.attributes['imap_access'] === '1',
      pop3: row.attributes['pop3_access'] === '1',
      smtp: row.attributes['smtp_access'] === '1',
      sieve: row.attributes['sieve_access'] === '1',
    },
  })
}

function effectiveActive({ state }: DoubleContext, row: MailboxRow): 0 | 1 | 2 {
  if (row.active === 0) return 0
  return row.active === 1 && findDomain(state, row.domain)?.active === 1 ? 1 : 2
}

/** After a change of the domain that may open or close all of its mailboxes. */
export async function syncDomain(context: DoubleContext, domain: string): Promise<void> {
  for (const row of context.state.mailboxes.filter((mailbox) => same(mailbox.domain, domain))) {
    await syncMailbox(context, row.username)
  }
}

export async function syncAppPasswords(context: DoubleContext, mailbox: string): Promise<void> {
  const rows = context.state.appPasswords.filter((row) => same(row.mailbox, mailbox) && row.active === 1)
  await context.accounts.setAppPasswords(
    mailbox.toLowerCase(),
    rows.map(({ id, name, passwordHash, access }) => ({
      id,
      name,
      passwordHash,
      access: {
        imap: access.imap_access === 1,
        pop3: access.pop3_access === 1,
        smtp: access.smtp_access === 1,
        sieve: access.sieve_access === 1,
      },
    })),
  )
}

/** One active script of each type at most. */
export async function syncFilters(context: DoubleContext, mailbox: string): Promise<void> {
  const active = context.state.filters.filter((row) => row.active && same(row.username, mailbox))
  const prefilter = active.find((row) => row.filterType === 'prefilter')?.scriptData
  const postfilter = active.find((row) => row.filterType === 'postfilter')?.scriptData
  await context.accounts.setFilters(mailbox.toLowerCase(), {
    ...(prefilter === undefined ? {} : { prefilter }),
    ...(postfilter === undefined ? {} : { postfilter }),
  })
}
