import type { Ledger } from '../../ledger/ledger.ts'
import type { LedgerNotice } from '../../ledger/notices.ts'
import { domainSettings } from '../ascii-names.ts'
import { movingMailboxes } from '../chosen-mailboxes.ts'
import type { Migration } from '../migration.ts'
import type { WarnGate } from './notice-report.ts'

const DAY_MS = 86_400_000

/** Whom `warn` has to reach, and with what. */
interface Warned {
  readonly mailboxes: readonly string[]
  readonly contacts: readonly string[]
}

/**
 * When the waiting after the warning ends, from the ledger alone; `undefined` while somebody was not told yet, by mail or by letter,
 * or when nobody is to be told.
 */
export async function warnGate(
  migration: Migration,
  ledger: Ledger,
  domain: string,
): Promise<WarnGate | undefined> {
  const { notify } = migration.config
  if (notify === undefined) return undefined
  const wanted = await toWarn(migration, ledger, domain)
  const warnedAt = warnedSince(await ledger.notices.list(domain), wanted)
  if (warnedAt === undefined) return undefined
  return {
    warnedAt: warnedAt.toISOString(),
    daysAhead: notify.warnDaysAhead,
    cutoverFrom: new Date(warnedAt.getTime() + notify.warnDaysAhead * DAY_MS).toISOString(),
  }
}

async function toWarn(migration: Migration, ledger: Ledger, domain: string): Promise<Warned> {
  const settings = domainSettings(migration.config, domain)
  const moving = movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))
  return {
    mailboxes:
      settings.warn === 'contacts' ? [] : moving.filter(({ active }) => active).map(({ address }) => address),
    contacts: settings.contacts,
  }
}

/** Whether `warn` could reach anybody: mail can be sent, and there is a recipient. */
export async function hasSomebodyToWarn(
  migration: Migration,
  ledger: Ledger,
  domain: string,
): Promise<boolean> {
  if (migration.config.notify?.smtp === undefined) return false
  const { mailboxes, contacts } = await toWarn(migration, ledger, domain)
  return mailboxes.length + contacts.length > 0
}

/** When the last of them was first told. Pure. */
export function warnedSince(notices: readonly LedgerNotice[], wanted: Warned): Date | undefined {
  const firsts = [
    ...wanted.mailboxes.map((address) => firstTold(notices, address, 'pre-warning')),
    ...wanted.contacts.map((address) => firstTold(notices, address, 'pre-warning-contact')),
  ]
  if (firsts.length === 0) return undefined
  let last = 0
  for (const first of firsts) {
    if (first === undefined) return undefined
    last = Math.max(last, first)
  }
  return new Date(last)
}

function firstTold(notices: readonly LedgerNotice[], recipient: string, kind: string): number | undefined {
  const times = notices.flatMap((notice) =>
    notice.recipient === recipient && notice.kind === kind && notice.outcome === 'delivered'
      ? [(notice.endedAt ?? notice.intendedAt).getTime()]
      : [],
  )
  return times.length === 0 ? undefined : Math.min(...times)
}
