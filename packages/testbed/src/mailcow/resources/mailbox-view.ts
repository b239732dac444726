import type { DoubleContext } from '../calls.ts'
import { findDomain, findMailbox, hasMailboxAccess, quotaInUse, rateLimit } from '../lookup.ts'
import { byKey, same, type JsonRecord, type JsonValue } from '../php-values.ts'
import type { MailboxRow, PushoverRow } from '../state.ts'
import { MIB } from './domain-view.ts'
import { validAliases } from './time-limited-alias.ts'

/** `get/mailbox`: undefined where mailcow says false. A resource reads as an object full of nulls. */
export async function mailboxDetails(
  context: DoubleContext,
  username: string,
  view: 'full' | 'reduced' = 'full',
): Promise<JsonRecord | undefined> {
  const { state } = context
  if (!hasMailboxAccess(state, username)) return undefined
  const row = findMailbox(state, username)
  const stored = row === undefined ? { bytes: 0, messages: null } : await context.accounts.usage(row.username)
  const percent = percentInUse(row, stored.bytes)
  return {
    username: row?.username ?? null,
    active: row?.active ?? null,
    active_int: row?.active ?? null,
    domain: row?.domain ?? null,
    name: row?.name ?? null,
    local_part: row?.localPart ?? null,
    quota: row?.quota ?? null,
    messages: stored.messages,
    attributes: row?.attributes ?? null,
    custom_attributes: row?.customAttributes ?? null,
    quota_used: stored.bytes,
    percent_in_use: percent,
    created: row?.created ?? null,
    modified: row?.modified ?? null,
    authsource: row?.authsource ?? 'mailcow',
    percent_class: percentClass(percent),
    last_imap_login: lastLogin(state, row, 'imap'),
    last_smtp_login: lastLogin(state, row, 'smtp'),
    last_pop3_login: lastLogin(state, row, 'pop3'),
    last_sso_login: lastLogin(state, row, 'SSO'),
    ...(view === 'full' ? fullView(context, row) : {}),
    ...(row === undefined || row.tags.length === 0 ? {} : { tags: row.tags.toSorted(byKey) }),
  }
}

/** Unix seconds; 0: never. */
function lastLogin(state: DoubleContext['state'], row: MailboxRow | undefined, service: string): number {
  const times = state.saslLog
    .filter((entry) => row !== undefined && same(entry.username, row.username) && entry.service === service)
    .map((entry) => Date.parse(`${entry.datetime.replace(' ', 'T')}Z`) / 1000)
  return Math.max(0, ...times)
}

function fullView(context: DoubleContext, row: MailboxRow | undefined): JsonRecord {
  const { state } = context
  const domain = findDomain(state, row?.domain ?? '')
  const own = rateLimit(state, row?.username ?? '')
  return {
    max_new_quota: maxNewQuota(state, row),
    spam_aliases: row === undefined ? 0 : validAliases(context, row.username).length,
    pushover_active: state.pushover.some((entry) => isActivePush(entry, row)) ? 1 : 0,
    rl: own === false ? rateLimit(state, row?.domain ?? '') : own,
    rl_scope: own === false ? 'domain' : 'mailbox',
    is_relayed: domain?.backupmx ?? null,
    sender_acl: senderAcl(state, row?.username ?? ''),
  }
}

function isActivePush(entry: PushoverRow, row: MailboxRow | undefined): boolean {
  return row !== undefined && entry.active === 1 && same(entry.username, row.username)
}

/** Bytes that the mailbox may have at most; 0 for what is no mailbox. */
export function maxNewQuota(state: DoubleContext['state'], row: MailboxRow | undefined): number {
  const domain = findDomain(state, row?.domain ?? '')
  if (row === undefined || domain === undefined) return 0
  return Math.min(domain.quota * MIB - quotaInUse(state, row.domain, row.username), domain.maxquota * MIB)
}

function senderAcl(state: DoubleContext['state'], username: string): string[] {
  return state.senderAcl
    .filter((entry) => same(entry.loggedInAs, username) && entry.external === 0)
    .map((entry) => entry.sendAs)
}

/** A number, or the string "- " for an unlimited mailbox. */
function percentInUse(row: MailboxRow | undefined, bytes: number): number | string {
  if (row === undefined || row.quota === 0) return '- '
  return Math.round((bytes / row.quota) * 100)
}

function percentClass(percent: JsonValue): string {
  if (typeof percent !== 'number') return 'info'
  if (percent >= 90) return 'danger'
  return percent >= 75 ? 'warning' : 'success'
}
